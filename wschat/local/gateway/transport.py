"""A transport that sends at once what is written at once: a response's head and body, a message's frames."""

import asyncio
from typing import Any


class GatheringTransport:
    """Joins what is written until the event loop comes round, and sends it by one call of the system.

    uvicorn writes a response's head and body apart, and websockets each frame: each would take such a call
    of its own, and wake whoever waits for it. All else is the transport's own.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._written: list[bytes] = []

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever a transport has
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send it, with what else is written by then, when the event loop comes round."""
        if not self._written:
            self._loop.call_soon(self._send)
        self._written.append(data)

    def get_write_buffer_size(self) -> int:
        """Return how many bytes are not sent yet."""
        return self._transport.get_write_buffer_size() + sum(map(len, self._written))

    def write_eof(self) -> None:
        """Send all, and then the end."""
        self._send()
        self._transport.write_eof()

    def close(self) -> None:
        """Send all, and close."""
        self._send()
        self._transport.close()

    def abort(self) -> None:
        """Close at once: what is not sent is lost."""
        self._written.clear()
        self._transport.abort()

    def _send(self) -> None:
        if self._written:
            self._transport.write(b"".join(self._written))
            self._written.clear()
