"""The connections of a chat, with a real server: what is fed, and what a closed one tells no more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.support.asynchronous import asynchronous
from tests.support.room_server import RoomServer, room_server
from wschat.chat.machine.events import Closed, Event, Fault, Opened, Received, ReplyTimedOut
from wschat.chat.network.connections import Connections
from wschat.chat.settings import Settings
from wschat.chat.start import ChatOptions
from wschat.protocol.requests import Request

NOBODY = "ws://127.0.0.1:1/x"


class Fed:
    """The events that were fed, and the connections that they are of."""

    def __init__(self, url: str, reply_timeout: float = 30.0) -> None:
        self.events: list[Event] = []
        options = ChatOptions(url, "t", Settings(), reply_timeout=reply_timeout)
        self.connections = Connections(options, self.events.append, asyncio.create_task)

    async def until(self, count: int) -> None:
        """Wait until so many are fed."""
        while len(self.events) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


@asynccontextmanager
async def connected(reply_timeout: float = 30.0) -> AsyncIterator[tuple[RoomServer, Fed]]:
    """Open a connection to a server."""
    async with room_server() as server:
        fed = Fed(server.url, reply_timeout)
        fed.connections.open(1, 0.0)
        await fed.until(1)
        assert fed.events == [Opened(1)]
        yield server, fed


@asynchronous
async def test_requests_and_replies() -> None:
    """A reply comes with its latency, once; a ping's too."""
    async with connected() as (_, fed):
        for number, request in enumerate((Request("register", "ann", id="1"), Request("ping"))):
            fed.connections.send(1, request)
            await fed.until(number + 2)
        replies = [event for event in fed.events if isinstance(event, Received)]
    assert [reply.latency is not None for reply in replies] == [True, True]


@asynchronous
async def test_a_reply_that_does_not_come() -> None:
    """It is told of the request, and not of a ping."""
    async with connected(reply_timeout=0.02) as (server, fed):
        server.tamper = lambda _frame: ""
        fed.connections.send(1, Request("register", "ann", id="1"))
        fed.connections.send(1, Request("ping"))
        await fed.until(2)
        assert fed.events[1:] == [ReplyTimedOut("1")]


@asynchronous
async def test_the_end_of_a_connection() -> None:
    """It is told why; one that was closed from here tells nothing, and what is sent on it goes nowhere."""
    async with connected() as (server, fed):
        fed.connections.open(2, 0.0)
        await fed.until(2)
        fed.connections.close(1)
        fed.connections.send(1, Request("register", "ann", id="1"))
        await server.cut(1008)
        await fed.until(3)
        [closed] = fed.events[2:]
    assert isinstance(closed, Closed)
    assert (closed.number, closed.fault) == (2, Fault.THROTTLED)


@asynchronous
async def test_a_new_attempt_ends_the_one_before() -> None:
    """Of two attempts the first is not made any more; a failed one is told with its fault."""
    fed = Fed(NOBODY)
    fed.connections.open(1, 3600.0)
    fed.connections.open(2, 0.0)
    await fed.until(1)
    [closed] = fed.events
    assert isinstance(closed, Closed)
    assert (closed.number, closed.fault) == (2, Fault.TRANSIENT)
