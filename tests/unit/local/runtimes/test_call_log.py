"""Of a call's log all is read, and of a very long one its beginning and its end are kept."""

import asyncio

from tests.support.asynchronous import asynchronous
from tests.support.websocket_api import PATIENCE_S
from wschat.local.runtimes.call_log import KEPT, CallLog

AT_ONCE = 0.0


def came(*parts: bytes) -> CallLog:
    """Return the log of which these parts have come."""
    log = CallLog("MARK")
    for part in parts:
        log.data_received(part)
    return log


@asynchronous
async def test_one_call_after_the_other() -> None:
    """Each has what comes before its mark, in whatever parts that comes."""
    log = came(b"one\nMA", b"R", b"K\ntwoMARK\nthr")
    assert await log.take(PATIENCE_S) == b"one\n"
    assert await log.take(PATIENCE_S) == b"two"
    taking = asyncio.create_task(log.take(PATIENCE_S))
    await asyncio.sleep(0)
    log.data_received(b"eeMARK")
    await asyncio.sleep(0)
    assert not taking.done()
    log.data_received(b"\n")
    async with asyncio.timeout(PATIENCE_S / 2):
        assert await taking == b"three"
    assert await log.take(AT_ONCE) == b""


@asynchronous
async def test_its_end() -> None:
    """What a worker had logged that ended is all there is, now and later."""
    log = came(b"last")
    assert await log.take(AT_ONCE) == b"last"
    log.connection_lost(None)
    async with asyncio.timeout(PATIENCE_S / 2):
        assert [await log.take(PATIENCE_S) for _ in range(2)] == [b"", b""]


@asynchronous
async def test_a_flood() -> None:
    """A function, or what it has started, may log without end: so much is kept, and what is not is told."""
    line = b"x" * 99 + b"\n"
    log = came(b"first\n", *[line * 2600] * 100, b"last\n")
    held = len(log._first) + len(log._last)
    assert held <= 3 * KEPT + 260_000
    log.data_received(b"MARK\nanother's")
    told = await log.take(PATIENCE_S)
    begin, left_out, end = told.split(b"... ")[0], told.split(b"... ")[1], told[-5:]
    assert (begin[:6], end) == (b"first\n", b"last\n")
    assert left_out.startswith(b"%d bytes of this call's log" % (26_000_011 - held))
    assert await log.take(AT_ONCE) == b"another's"
