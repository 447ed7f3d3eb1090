"""The log of a function's calls, as it comes from a worker's pipe: all is read, and so much is kept."""

import asyncio
from contextlib import suppress

KEPT = 2**18
"""How many bytes are kept of a call's log from its beginning, and at least so many from its end."""
LEFT_OUT = "\n... {} bytes of this call's log were left out here ...\n"


class CallLog(asyncio.Protocol):
    """Reads a log in which a mark ends each call's; of a very long one the middle is left out.

    It is read at once, since a function that had to wait until it is would never answer. To keep all that one
    logs that does nothing else would stop the lab, which has to write it.
    """

    def __init__(self, mark: str) -> None:
        self._mark = f"{mark}\n".encode()
        self._first, self._last, self._left_out = bytearray(), bytearray(), 0
        self._read = b""
        self._over = asyncio.Event()
        self._closed = False

    def data_received(self, data: bytes) -> None:
        """Keep it, while there is room; note where a mark ends."""
        read = self._read + data
        if self._mark in read:
            self._over.set()
        self._read = read[1 - len(self._mark) :]
        room = KEPT - len(self._first)
        self._first += data[:room]
        self._last += data[room:]
        if len(self._last) > 2 * KEPT:
            self._left_out += len(self._last) - KEPT
            del self._last[:-KEPT]

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002  asyncio's
        """Let nobody wait for more."""
        self._closed = True
        self._over.set()

    async def take(self, seconds: float) -> bytes:
        """Return what has come up to the first mark, or all of it once there is no more, or time is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._over.wait()
        told = LEFT_OUT.format(self._left_out).encode() if self._left_out else b""
        log, _, rest = (self._first + told + self._last).partition(self._mark)
        self._first, self._last, self._left_out, self._read = bytearray(), bytearray(), 0, b""
        if not self._closed:
            self._over.clear()
        self.data_received(bytes(rest))
        return bytes(log)
