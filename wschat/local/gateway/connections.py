"""A connection that is open, and what the @connections API answers about one."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import NamedTuple, Protocol

from wschat.local.gateway.events import ConnectionInfo
from wschat.local.gateway.options import GatewayOptions
from wschat.local.gateway.quotas import deadline
from wschat.local.gateway.responses import Close

IN_FLIGHT = 256
"""Messages of one connection that are handled at the same time; more are not read before."""


class Socket(Protocol):
    """An open WebSocket; to iterate over it is to read its messages, until it has closed."""

    def __aiter__(self) -> AsyncIterator[str | bytes]: ...

    @property
    def unsent(self) -> int:
        """The bytes that wait for the client to read."""

    @property
    def ended(self) -> Close:
        """How it was closed, by the client or because of what the client sent."""

    async def send(self, text: bytes) -> None:
        """Send a text message, which is lost if the socket has closed."""

    async def close(self, end: Close) -> None:
        """Close it, and wait until it is closed."""

    def abort(self) -> None:
        """Cut it without a close frame."""


@dataclass(eq=False)
class OpenConnection:
    """A connection that is open; times are in seconds since 1970.

    `ending` is how API Gateway itself has begun to close it. `slots` bounds the messages in flight.
    """

    connection: ConnectionInfo
    socket: Socket
    options: GatewayOptions
    active: float
    ending: Close | None = None
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(IN_FLIGHT))

    @property
    def deadline(self) -> float:
        """When it is closed for its age, or because no message came, either way."""
        return deadline(self.options, self.connection.connected_at, self.active)

    @property
    def ended(self) -> Close:
        """How it was closed, by whomever."""
        return self.ending or self.socket.ended

    async def send(self, text: bytes, now: float) -> None:
        """Send a message to the client."""
        self.active = now
        await self.socket.send(text)

    async def close(self, end: Close) -> None:
        """Close it, for a reason of API Gateway's own."""
        self.ending = self.ending or end
        await self.socket.close(end)


class ManagementResponse(NamedTuple):
    """The answer to a request about a connection; an error is named as in the service model."""

    status: int
    error: str = ""
    body: bytes = b""


GONE = ManagementResponse(HTTPStatus.GONE, "GoneException")
TOO_LARGE = ManagementResponse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "PayloadTooLargeException")
TOO_MANY = ManagementResponse(HTTPStatus.TOO_MANY_REQUESTS, "LimitExceededException")


def about(client: OpenConnection) -> bytes:
    """Return what GetConnection tells."""
    times = {"connectedAt": client.connection.connected_at, "lastActiveAt": client.active}
    told = {name: datetime.fromtimestamp(at, UTC).isoformat() for name, at in times.items()}
    return json.dumps({**told, "identity": dict(client.connection.identity)}).encode()
