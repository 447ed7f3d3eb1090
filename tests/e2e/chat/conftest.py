"""The server that whole chats talk to."""

from tests.unit.chat.conftest import server

__all__ = ["server"]
