"""A connection that is open, and all that are."""

import asyncio
import json
import random
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from wschat.local.gateway.events import ConnectionInfo
from wschat.local.gateway.quotas import SENT_FRAME_BYTES, GatewayOptions
from wschat.local.gateway.responses import DROPPED, GOING_AWAY, NO_CODE, RESTART, Close

IN_FLIGHT = 256
"""Messages of one connection that are handled at the same time; more are not read before."""


def split(text: bytes) -> list[bytes]:
    """Split a reply, or a post, into the frames to send: of 4,096 bytes, and two for what is left over.

    AWS sends no larger ones, and now and then sends even a short reply in two (recorded, us-east-1, 2026-09:
    903 bytes as 420 and 483). Here each that can be is, so that who takes a frame for a message sees it.
    """
    starts = range(0, len(text), SENT_FRAME_BYTES)
    *full, rest = [text[start : start + SENT_FRAME_BYTES] for start in starts] or [text]
    half = (len(rest) + 1) // 2
    return [*full, rest[:half], rest[half:]] if len(rest) > 1 else [*full, rest]


async def send_frames(websocket: ServerConnection, frames: list[bytes]) -> None:
    """Send one text message in these frames, of which the last one ends it.

    Raises:
        ConnectionClosed: the connection has closed.
    """
    first, *others = frames
    async with websocket.send_context():
        websocket.protocol.send_text(first, fin=not others)
        for number, frame in enumerate(others, 2):
            websocket.protocol.send_continuation(frame, fin=number == len(frames))


@dataclass(eq=False)
class OpenConnection:
    """A connection that is open; times are in seconds since 1970.

    `active` is when the last message came or went. `aged` are the seconds by which it is older than by the
    clock. `ending` is how API Gateway itself has begun to close it. `slots` bounds the messages in flight.
    """

    info: ConnectionInfo
    websocket: ServerConnection
    options: GatewayOptions
    active: float
    aged: float = 0.0
    ending: Close | None = None
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(IN_FLIGHT))
    _older: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def deadline(self) -> float:
        """When it is closed for its age, or because no message came, either way."""
        born = self.info.connected_at - self.aged
        return min(born + self.options.max_age, self.active + self.options.idle_timeout)

    @property
    def unsent(self) -> int:
        """The bytes in the send buffer, which the client has yet to read."""
        return self.websocket.transport.get_write_buffer_size()

    @property
    def ended(self) -> Close:
        """How it was closed: by API Gateway, by the client, or because of what the client sent."""
        if self.ending:
            return self.ending
        protocol = self.websocket.protocol
        sent, received = protocol.close_sent, protocol.close_rcvd
        if sent and not protocol.close_rcvd_then_sent:
            return Close(sent.code, sent.reason)
        if received is None:
            return DROPPED
        return NO_CODE if received.code == NO_CODE.code else Close(received.code, received.reason)

    async def send(self, frames: list[bytes], now: float) -> None:
        """Send a text message in these frames, which is lost if the connection has closed."""
        self.active = now
        with suppress(ConnectionClosed):
            await send_frames(self.websocket, frames)

    def age(self, seconds: float) -> None:
        """Make it older, and longer idle."""
        self.aged += seconds
        self.active -= seconds
        self._older.set()

    async def close_in_time(self) -> None:
        """Close it for its age, or because no message came, either way."""
        while (left := self.deadline - time.time()) > 0:
            self._older.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._older.wait()
        await self.close(GOING_AWAY)

    async def close(self, end: Close) -> None:
        """Close it for a reason of API Gateway's own, and wait until it is closed."""
        self.ending = self.ending or end
        await self.websocket.close(*end)

    def describe(self) -> bytes:
        """Return the body of GetConnection's response, laid out as AWS's."""
        told: dict[str, object] = {"identity": dict(self.info.identity)}
        for name, at in (("connectedAt", self.info.connected_at), ("lastActiveAt", self.active)):
            told[name] = f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%S}.{int(at * 1000) % 1000:03}Z"
        return json.dumps(told, indent=2, separators=(",", " : ")).encode()


class OpenConnections(dict[str, OpenConnection]):
    """Those of all APIs, by their ids."""

    def told(self) -> list[dict[str, Any]]:
        """Return of each its id, API and stage; without those that are about to be closed."""
        now = time.time()
        return [
            {"id": id_, "api": each.info.api, "stage": each.info.stage}
            for id_, each in self.items()
            if not each.ending and each.deadline > now
        ]

    def age(self, seconds: float) -> None:
        """Let so much time have passed for all."""
        for each in self.values():
            each.age(seconds)

    async def drop_at_random(self, per_minute: float) -> None:
        """Cut connections without a close frame, so many a minute, for ever."""
        while per_minute:
            await asyncio.sleep(random.expovariate(per_minute / 60))
            if self:
                random.choice([*self.values()]).websocket.transport.abort()  # noqa: S311

    async def shut_down(self) -> None:
        """Close all, because the gateway ends; no `$disconnect` follows."""
        await asyncio.gather(*(each.close(RESTART) for each in self.values()))
