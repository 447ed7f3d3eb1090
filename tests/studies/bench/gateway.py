"""The local gateway's load, beside MiniStack's own WebSocket side: `python -m tests.studies.bench.gateway`.

It fails below 2.7 times MiniStack's messages a second, or above 0.8 times its latency; a median here is 3.0.
"""

import asyncio
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import AsyncExitStack, closing, contextmanager
from pathlib import Path

from websockets.asyncio.client import ClientConnection, connect

from tests.studies.line import Line
from tests.support.emulator import emulator
from tests.support.gateway import running
from tests.support.until import until
from wschat.lab.local import provision
from wschat.local.environment import clean_environment, ministack_environment
from wschat.protocol.events import Ack, ClientMessage, Error, Event, MultiMessage, Signup
from wschat.system.ports import is_in_use, listen
from wschat.target import HOST

ROOMS, MEMBERS = 10, 10
TALK_S, PATIENCE_S = 3.0, 30.0
LATENCIES = 10
ROUNDS = 9
LEAST_RATE, MOST_LATENCY = 2.7, 0.8


@contextmanager
def ministack(place: Path) -> Iterator[str]:
    """Run MiniStack as it comes, with its own WebSocket side; yield its endpoint."""
    with closing(listen(None)) as free:
        port = free.getsockname()[1]
    place.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "ministack"],
        env=clean_environment() | ministack_environment(port, place),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        until(lambda: is_in_use(port))
        yield f"http://{HOST}:{port}"
    finally:
        os.killpg(process.pid, 9)
        process.wait()


class Person(Line):
    """Somebody in a room, who notes when each message came that was said there."""

    def __init__(self, client: ClientConnection, slow: float = 0.0) -> None:
        super().__init__(client, slow)
        self.heard_at: dict[str | None, float] = {}

    def take(self, event: Event) -> None:
        if isinstance(event, ClientMessage):
            self.heard_at[event.id] = time.perf_counter()

    async def get(self, action: str, value: str) -> str:
        """Make a request, again while the server is busy; return its id."""
        reply = await self.ask(action, value)
        while isinstance(reply, Error) and reply.code == "busy":
            reply = await self.ask(action, value)
        assert isinstance(reply, Signup | MultiMessage | Ack), reply
        return str(reply.id)


async def enter(stack: AsyncExitStack, url: str, room: str, size: int) -> list[Person]:
    """Let people enter a room, one after the other."""
    people = []
    for number in range(size):
        person = await Person.to(url)
        stack.push_async_callback(person.cut, kindly=True)
        await person.get("register", f"{room}-{number}")
        await person.get("join" if number else "create", room)
        people.append(person)
    return people


async def talk(rooms: list[list[Person]]) -> float:
    """Return the messages a second when everybody talks for a while, each waiting for each reply."""
    said: list[list[str]] = [[] for _ in rooms]
    start = time.perf_counter()

    async def say(person: Person, log: list[str]) -> None:
        while time.perf_counter() < start + TALK_S:
            log.append(await person.get("message", "hello"))

    await asyncio.gather(*(say(one, log) for room, log in zip(rooms, said, strict=True) for one in room))
    took = time.perf_counter() - start
    async with asyncio.timeout(PATIENCE_S):  # all is heard, or a message is lost
        for room, log in zip(rooms, said, strict=True):
            while not all(one.heard_at.keys() >= set(log) for one in room):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    return sum(map(len, said)) / took


async def latency(room: list[Person]) -> float:
    """Return the median time, in ms, from a message's sending until everybody in the room has it."""
    times = []
    for _ in range(LATENCIES):
        start = time.perf_counter()
        said = await room[0].get("message", "hello")
        while not all(said in one.heard_at for one in room):  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        times.append(max(one.heard_at[said] for one in room) - start)
    return statistics.median(times) * 1000


async def compare(theirs: str, ours: str) -> bool:
    """Measure both in turns, a little of each at a time: who else uses the machine disturbs both.

    Tell whether the gateway is as fast as it should be.
    """
    async with AsyncExitStack() as stack:
        rooms = {
            url: await asyncio.gather(*(enter(stack, url, f"r{room}", MEMBERS) for room in range(ROOMS)))
            for url in (theirs, ours)
        }
        await asyncio.gather(*(talk(each) for each in rooms.values()))
        ms: list[float] = []
        rates: list[float] = []
        for _ in range(ROUNDS):
            their_ms, our_ms = [await latency(rooms[url][0]) for url in (theirs, ours)]
            their_rate, our_rate = [await talk(rooms[url]) for url in (theirs, ours)]
            print(f"MiniStack {their_ms:.0f} ms, {their_rate:.1f} a second;", end=" ")
            print(f"gateway {our_ms:.0f} ms, {our_rate:.1f} a second", flush=True)
            ms.append(our_ms / their_ms)
            rates.append(our_rate / their_rate)
    rate, late = statistics.median(rates), statistics.median(ms)
    print(f"in the median {rate:.2f} times MiniStack's messages a second, {late:.2f} times its latency")
    return rate >= LEAST_RATE and late <= MOST_LATENCY


async def idle(size: int) -> None:
    """Hold many idle connections, and say what they take."""
    tracemalloc.start()
    async with running() as it, AsyncExitStack() as stack:
        start = time.perf_counter()
        for _ in range(size):
            await stack.enter_async_context(connect(it.url, ping_interval=None))
        took = time.perf_counter() - start
        assert len(it.gateway.connections) == size
        kilobytes = tracemalloc.get_traced_memory()[0] / size / 1024
        print(f"{size} idle connections: {took:.1f} s to open, {kilobytes:.0f} KB each with both ends")
    tracemalloc.stop()


def main() -> int:
    """Measure both, in turns; return the exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # leaves no MiniStack behind
    asyncio.run(idle(1000))
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        with ministack(place / "theirs") as theirs, emulator() as ours:
            labs = {theirs: ("test", "test"), ours.endpoint: (ours.root.id, ours.root.secret)}
            urls = [provision(endpoint, key, lambda _: None) for endpoint, key in labs.items()]
            return int(not asyncio.run(compare(*urls)))


if __name__ == "__main__":
    sys.exit(main())
