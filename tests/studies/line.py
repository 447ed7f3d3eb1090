"""One connection to a lab's gateway, as somebody has it who may read slowly, and may lose it."""

import asyncio
from contextlib import suppress
from itertools import count
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from wschat.protocol.events import ClientMessage, Event
from wschat.protocol.reader import decode_event
from wschat.protocol.requests import Request

REPLY_S = 60.0
IDS = count(1)


class Lost(Exception):  # noqa: N818
    """The connection is gone, or no reply came."""


class Line:
    """A WebSocket, with what came on it: replies apart from what came unasked.

    `slow` is how many seconds each frame takes to read.
    """

    def __init__(self, client: ClientConnection, slow: float = 0.0) -> None:
        self._client, self._slow = client, slow
        self._replies: dict[str, asyncio.Future[Event]] = {}
        self._unasked: list[Event] = []
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def to(cls, url: str, slow: float = 0.0) -> Self:
        """Connect."""
        return cls(await connect(url, open_timeout=REPLY_S, ping_interval=None), slow)

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for frame in self._client:
                event = decode_event(str(frame))
                asked = None if isinstance(event, ClientMessage) else getattr(event, "id", None)
                if reply := self._replies.pop(asked or "", None):
                    reply.set_result(event)
                else:
                    self.take(event)
                await asyncio.sleep(self._slow)

    def take(self, event: Event) -> None:
        """Take what came unasked."""
        self._unasked.append(event)

    async def ask(self, action: str, value: str = "", **fields: Any) -> Event:  # noqa: ANN401
        """Send a request; return the reply.

        Raises:
            Lost: there is no reply.
        """
        number = f"{next(IDS)}"
        reply = self._replies[number] = asyncio.get_running_loop().create_future()
        try:
            await self._client.send(Request(action, value, id=number, **fields).encode())
            return await asyncio.wait_for(reply, REPLY_S)
        except (ConnectionClosed, OSError) as error:  # or TimeoutError, which is one
            raise Lost(action) from error

    def heard(self) -> list[Event]:
        """Return what came unasked since the last time."""
        heard, self._unasked = self._unasked, []
        return heard

    async def cut(self, *, kindly: bool) -> None:
        """End it, with a close frame or as when a cable is pulled; return when the gateway knows."""
        self._slow = 0.0
        if kindly:
            await self._client.close()
        else:
            self._client.transport.write_eof()
        await asyncio.wait_for(self._reading, REPLY_S)
