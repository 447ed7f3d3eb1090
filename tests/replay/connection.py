"""A connection that was recorded, beside the same at the local gateway."""

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.replay.recorded import Line
from wschat.local.gateway.responses import Result

SETTLED_PINGS = 3
"""Pings that are answered after a message until what it leads to has been sent."""


@dataclass
class Connection:
    """A connection that was recorded, and the same at the local gateway.

    `lines` are those that are still to come, `got` what the local gateway sent, `expected` the recorded lines
    that it should answer with, `returns` what functions return to the messages under way, by their text.
    """

    handshake: Line
    lines: list[Line]
    socket: ClientConnection | None = None
    id_here: str = ""
    got: list[Line] = field(default_factory=list)
    expected: list[Line] = field(default_factory=list)
    returns: dict[str, Result] = field(default_factory=dict)
    last: float = 0.0

    def hear(self, _kind: str, _at: float, **facts: Any) -> None:  # noqa: ANN401
        """Take a message as it would be recorded."""
        texts = {name: value.decode() for name, value in facts.items() if isinstance(value, bytes)}
        self.got.append(facts | texts)

    async def settle(self) -> None:
        """Wait until what was said has led to what it leads to, but for functions that are under way."""
        with suppress(ConnectionClosed):
            for _ in range(SETTLED_PINGS if self.socket else 0):
                await (await self.socket.ping())  # type: ignore[union-attr]

    async def drain(self) -> None:
        """Read on, until the end: what is read is heard by its frames."""
        if self.socket:
            with suppress(ConnectionClosed):
                async for _ in self.socket:
                    pass
