"""A connection that is open."""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from wschat.local.gateway.events import ConnectionInfo
from wschat.local.gateway.quotas import SENT_FRAME_BYTES, GatewayOptions
from wschat.local.gateway.responses import DROPPED, NO_CODE, Close

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

    `active` is when the last message came or went. `ending` is how API Gateway itself has begun to close it.
    `slots` bounds the messages in flight.
    """

    info: ConnectionInfo
    websocket: ServerConnection
    options: GatewayOptions
    active: float
    ending: Close | None = None
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(IN_FLIGHT))

    @property
    def deadline(self) -> float:
        """When it is closed for its age, or because no message came, either way."""
        return min(self.info.connected_at + self.options.max_age, self.active + self.options.idle_timeout)

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
