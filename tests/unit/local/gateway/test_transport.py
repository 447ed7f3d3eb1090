"""What is written at once is sent at once, in order, and nothing of it is lost when a connection closes."""

import asyncio
from collections.abc import Callable
from typing import cast

import pytest

from tests.support.asynchronous import asynchronous
from wschat.local.gateway.transport import GatheringTransport


class Sent(list[object]):
    """A transport, as far as it is asked for here: what was done with it."""

    def write(self, data: bytes) -> None:
        self.append(data)

    def write_eof(self) -> None:
        self.append("eof")

    def close(self) -> None:
        self.append("close")

    def abort(self) -> None:
        self.append("abort")

    def get_write_buffer_size(self) -> int:
        return 100


@asynchronous
async def test_what_is_written_at_once() -> None:
    """A head and a body go together; what is written later goes alone; till then it is unsent."""
    sent = Sent()
    transport = GatheringTransport(cast("asyncio.Transport", sent), asyncio.get_running_loop())
    transport.write(b"head ")
    transport.write(b"body")
    assert (sent, transport.get_write_buffer_size()) == ([], 109)
    await asyncio.sleep(0)
    assert (sent, transport.get_write_buffer_size()) == ([b"head body"], 100)
    transport.write(b"more")
    await asyncio.sleep(0)
    assert sent == [b"head body", b"more"]


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (GatheringTransport.close, [b"last", "close"]),
        (GatheringTransport.write_eof, [b"last", "eof"]),
        (GatheringTransport.abort, ["abort"]),
    ],
)
@asynchronous
async def test_the_end(end: Callable[[GatheringTransport], None], expected: list[object]) -> None:
    """Before the end comes all that was written, unless the connection is cut."""
    sent = Sent()
    transport = GatheringTransport(cast("asyncio.Transport", sent), asyncio.get_running_loop())
    transport.write(b"last")
    end(transport)
    await asyncio.sleep(0)
    assert sent == expected
