"""The connections of a chat, with a real server: what is fed, and what a closed one tells no more."""

import asyncio
from collections.abc import Callable

from tests.support.room_server import RoomServer, room_server
from wschat.chat.machine.events import Closed, Event, Fault, Opened, Received, ReplyTimedOut
from wschat.chat.network.connections import Connections
from wschat.chat.start import Environment
from wschat.protocol.events import Pong, Signup
from wschat.protocol.requests import Request

NOBODY = "ws://127.0.0.1:1/x"


class Fed:
    """The events that were fed, and the connections that they are of."""

    def __init__(self, url: str, **environment: float) -> None:
        self.events: list[Event] = []
        where = Environment(**environment)  # type: ignore[arg-type]
        self.connections = Connections(url, where, self.events.append, asyncio.create_task)

    async def until(self, is_it: Callable[[Event], bool]) -> Event:
        """Wait until one is fed."""
        while not (found := [event for event in self.events if is_it(event)]):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        return found[0]


def fed_by(play: Callable[[RoomServer, Fed], object], **environment: float) -> list[Event]:
    """Return what is fed while this is played on an open connection."""

    async def run() -> list[Event]:
        async with room_server() as server, asyncio.timeout(10):
            fed = Fed(server.url, **environment)
            fed.connections.open(1, 0.0)
            await fed.until(lambda event: event == Opened(1))
            await play(server, fed)  # type: ignore[misc]
            return [*fed.events]

    return asyncio.run(run())


def test_requests_and_replies() -> None:
    """A reply comes with its latency, once; a ping's too."""

    async def play(_server: RoomServer, fed: Fed) -> None:
        fed.connections.send(1, Request("register", "ann", id="1"))
        await fed.until(lambda event: isinstance(event, Received) and isinstance(event.event, Signup))
        fed.connections.send(1, Request("ping"))
        await fed.until(lambda event: isinstance(event, Received) and isinstance(event.event, Pong))

    replies = [event for event in fed_by(play) if isinstance(event, Received)]
    assert [reply.latency is not None for reply in replies] == [True, True]


def test_a_reply_that_does_not_come() -> None:
    """It is told of the request, and not of a ping."""

    async def play(server: RoomServer, fed: Fed) -> None:
        server.tamper = lambda _frame: ""
        fed.connections.send(1, Request("register", "ann", id="1"))
        fed.connections.send(1, Request("ping"))
        await fed.until(lambda event: isinstance(event, ReplyTimedOut))

    assert fed_by(play, reply_timeout=0.02) == [Opened(1), ReplyTimedOut("1")]


def test_the_end_of_a_connection() -> None:
    """It is told why; one that was closed from here tells nothing, and what is sent on it goes nowhere."""

    async def play(server: RoomServer, fed: Fed) -> None:
        fed.connections.open(2, 0.0)
        await fed.until(lambda event: event == Opened(2))
        fed.connections.close(1)
        fed.connections.send(1, Request("register", "ann", id="1"))
        await server.cut(1008)
        await fed.until(lambda event: isinstance(event, Closed))

    _, _, closed = fed_by(play)
    assert isinstance(closed, Closed)
    assert (closed.number, closed.fault) == (2, Fault.THROTTLED)


def test_a_new_attempt_ends_the_one_before() -> None:
    """Of two attempts the first is not made any more; a failed one is told with its fault."""

    async def run() -> list[Event]:
        fed = Fed(NOBODY)
        fed.connections.open(1, 3600.0)
        fed.connections.open(2, 0.0)
        async with asyncio.timeout(10):
            await fed.until(lambda event: isinstance(event, Closed))
        return fed.events

    [closed] = asyncio.run(run())
    assert isinstance(closed, Closed)
    assert (closed.number, closed.fault) == (2, Fault.TRANSIENT)
