"""What most tests of the chat need."""

from collections.abc import Iterator

import pytest

from tests.support.threaded import ThreadedServer


@pytest.fixture
def server() -> Iterator[ThreadedServer]:
    """A server that runs beside the test."""
    server = ThreadedServer()
    yield server
    server.stop()
