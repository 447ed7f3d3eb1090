import asyncio
import json
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from tests.support.asynchronous import asynchronous
from tests.support.room_server import RoomServer, room_server
from wschat.chat.machine.advice import Fault
from wschat.chat.machine.connection import Closed, Opened
from wschat.chat.machine.incoming import Received, Sent
from wschat.chat.machine.update import Event
from wschat.chat.network.connection import GOODBYE, HUNG_UP
from wschat.chat.network.connections import Connections
from wschat.chat.settings import Settings
from wschat.chat.start import ChatOptions
from wschat.protocol.requests import Request


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[RoomServer, Connections, asyncio.Queue[Event]]]:
    """Open a connection to a server; yield what it is fed, too."""
    async with room_server() as server:
        events = asyncio.Queue[Event]()
        options = ChatOptions(server.url, "t", Settings())
        connections = Connections(options, events.put_nowait, asyncio.create_task)
        connections.open(1, 0.0)
        assert await events.get() == Opened(1)
        yield server, connections, events


@asynchronous
async def test_requests_and_replies() -> None:
    """A reply comes with its latency, and as it was written; a ping's too. What was sent is told as well."""
    async with connected() as (_, connections, events):
        for request, answer in ((Request("register", "ann", id="1"), "signup"), (Request("ping"), "pong")):
            connections.send(1, request)
            sent, reply = await events.get(), await events.get()
            assert isinstance(sent, Sent)
            assert isinstance(reply, Received)
            assert reply.latency is not None
            assert (sent.text, json.loads(reply.text)["type"]) == (request.encode(), answer)
            assert 0 < sent.time <= reply.time


@asynchronous
async def test_the_end_of_a_connection() -> None:
    """It is told why; one that was closed from here tells nothing, and what is sent on it goes nowhere.

    Of two attempts the first is not made any more.
    """
    async with connected() as (server, connections, events):
        connections.open(2, 3600.0)
        connections.open(3, 0.0)
        assert await events.get() == Opened(3)
        assert 2 not in connections._tasks
        connections.close(1)
        connections.send(1, Request("register", "ann", id="1"))
        await server.cut(1008)
        closed = await events.get()
    assert isinstance(closed, Closed)
    assert (closed.number, closed.fault, events.empty()) == (3, Fault.THROTTLED, True)


@asynchronous
async def test_goodbye() -> None:
    """Who is cancelled, as when a chat ends, says goodbye; who is closed does not: another one follows."""
    tasks = list[asyncio.Task[None]]()

    def spawn(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        tasks.append(asyncio.create_task(work))
        return tasks[-1]

    async with room_server() as server:
        events = asyncio.Queue[Event]()
        connections = Connections(ChatOptions(server.url, "t", Settings()), events.put_nowait, spawn)
        for number, code in ((1, HUNG_UP), (2, GOODBYE)):
            connections.open(number, 0.0)
            assert await events.get() == Opened(number)
            (there,) = server.people
            if code == HUNG_UP:
                connections.close(number)
            else:
                tasks[-1].cancel()
            await there.wait_closed()
            assert there.close_code == code
            while server.people:  # noqa: ASYNC110
                await asyncio.sleep(0)
