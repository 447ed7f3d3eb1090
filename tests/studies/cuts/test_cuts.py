"""Cuts of real sockets: what the person saw, how long until back, nothing lost, nothing doubled.

`python -m tests.studies.cuts` prints it as a table.
"""

import asyncio
import io
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.room_server import RoomServer, room_server, texts
from wschat.chat.settings import Settings
from wschat.chat.start import Environment, chat
from wschat.errors import ConnectError, ExitCode, LostError

ANN = Settings(name="ann", room="ops")
LINES = [f"line {number}" for number in range(8)]


@dataclass
class Person:
    """A person whose terminal is a text, who types a line as soon as the one before is done."""

    server: RoomServer
    out: "Paper"

    @property
    def seen(self) -> str:
        return self.out.getvalue()

    @property
    def said(self) -> list[str]:
        """What Ann saw of her own words."""
        return [line.partition("> ")[2] for line in self.seen.splitlines() if "<ann>" in line]

    async def until(self, text: str, *, times: int = 1) -> None:
        """Wait until a text is seen."""
        while self.seen.count(text) < times:  # noqa: ASYNC110  the text is a StringIO
            await asyncio.sleep(0.005)


class Paper(io.StringIO):
    """What a person sees, and when a connection was lost and was back."""

    lost_at = back_at = 0.0

    def write(self, text: str) -> int:
        """Keep it."""
        if "connecting again" in text:
            self.lost_at = time.monotonic()
        if text.startswith("-- back"):
            self.back_at = time.monotonic()
        return super().write(text)


async def talk(server: RoomServer, environment: Environment) -> ExitCode:
    """Chat as Ann in the room ops."""
    return await chat(server.url, ANN, json_lines=False, history=Path("/none"), environment=environment)


Cut = Callable[[Person], Coroutine[Any, Any, None]]


async def network(person: Person) -> None:
    """The network fails."""
    await person.server.cut(None)


async def idle(person: Person) -> None:
    """1001, as after 10 idle minutes or 2 hours."""
    await person.server.cut(1001, "Going away")


async def restart(person: Person) -> None:
    """1012, the service restarts."""
    await person.server.cut(1012)


async def blind(person: Person) -> None:
    """The network fails, and the server does not notice."""
    person.server.blind = True
    await person.server.cut(None)


async def refused(person: Person) -> None:
    """1001, then 429, 503, 500 at the handshake."""
    person.server.statuses = [429, 503, 500]
    await person.server.cut(1001)


async def garbage(person: Person) -> None:
    """Rubbish comes, and then the network fails."""
    await person.server.tell("\x00 rubbish {")
    await person.server.cut(None)


async def gone(person: Person, seconds: float = 0.3) -> None:
    """The server is gone, and comes back."""
    await person.server.close()
    tries = len(person.server.handshakes)
    await person.until("connecting again")
    await asyncio.sleep(seconds)  # in which nobody can connect
    assert len(person.server.handshakes) == tries
    await person.server.listen()


async def gone_for_long(person: Person) -> None:
    """The server is gone for 8 s."""
    await gone(person, 8)


async def stalled(person: Person) -> None:
    """No reply comes, and then the network fails."""
    await asyncio.sleep(0.3)
    await person.server.cut(None)


CUTS: list[Cut] = [network, idle, restart, blind, refused, garbage, gone, stalled]
WHEN = ["before", "after"]


async def play(
    cut: Cut, when: str, *, lasting: bool = True, jitter: Callable[[], float] = lambda: 0.1
) -> tuple[Person, ExitCode]:
    """Say some lines; cut at the fourth, before or after the server has done it, but before its ack."""
    server, out = RoomServer(lasting=lasting), Paper()
    environment = Environment(
        stdin=io.StringIO("".join(f"{line}\n" for line in LINES)),
        stdout=out,
        jitter=jitter,
        reconnect_limit=60.0,
    )
    person = Person(server, out)
    cutting: list[asyncio.Task[None]] = []

    def tamper(frame: dict[str, Any]) -> str | None:
        if frame.get("value") != LINES[3] or cutting:
            return None
        if when == "after":
            server.logs["ops"].append(stored(server, frame))
        cutting.append(asyncio.ensure_future(cut(person)))
        return ""

    server.tamper = tamper
    async with room_server(server), asyncio.timeout(60):
        code = await talk(server, environment)
        await asyncio.gather(*cutting, return_exceptions=True)
    return person, code


def stored(server: RoomServer, frame: dict[str, Any]) -> dict[str, Any]:
    """Return a message as the server keeps it."""
    log = server.logs["ops"]
    seq = log[-1]["seq"] + 1
    return {"user": "ann", "seq": seq, "time": seq, "id": frame["id"], "content": frame["value"]}


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("cut", CUTS, ids=lambda cut: cut.__name__)
def test_cut(cut: Cut, when: str) -> None:
    """Whatever the cut, each line is said and shown once, in order, and what happened is seen."""
    person, code = asyncio.run(play(cut, when))
    assert list(dict.fromkeys(texts(person.server.requests))) == LINES, person.seen
    assert person.said == LINES, person.seen
    assert "connecting again" in person.seen
    assert "-- back" in person.seen
    assert code is ExitCode.OK


def test_cut_in_a_room_that_dies() -> None:
    """Who was alone makes the room again, and what was in flight is said there."""
    person, code = asyncio.run(play(network, "after", lasting=False))
    assert person.said == LINES, person.seen
    assert "the room was gone and is made again" in person.seen
    assert code is ExitCode.OK


@pytest.mark.parametrize("code", [1000, 1003, 1009])
def test_closes_that_stop(code: int) -> None:
    """These end the chat, with a reason and advice, and nobody connects again."""

    async def kick(person: Person) -> None:
        await person.server.cut(code)

    with pytest.raises(LostError) as caught:
        asyncio.run(play(kick, "before"))
    assert str(code) in caught.value.what
    assert caught.value.hint


@pytest.mark.parametrize("status", [401, 403, 404])
def test_handshakes_that_stop(status: int) -> None:
    """These end the chat at once when it begins, and when it comes back."""

    async def cut(person: Person) -> None:
        person.server.statuses = [status]
        await person.server.cut(1001)

    with pytest.raises(LostError, match=f"HTTP {status}"):
        asyncio.run(play(cut, "before"))
    with pytest.raises(ConnectError, match=f"HTTP {status}"):
        asyncio.run(first_refused(status))


async def first_refused(status: int) -> None:
    server = RoomServer(statuses=[status])
    environment = Environment(stdin=io.StringIO("hi\n"), stdout=io.StringIO())
    async with room_server(server), asyncio.timeout(10):
        await talk(server, environment)


def test_a_busy_first_handshake_is_tried_again() -> None:
    """429 and 503 at the start are no reason to end."""

    async def begin() -> RoomServer:
        server, out = RoomServer(statuses=[429, 503]), io.StringIO()
        environment = Environment(stdin=io.StringIO("hi\n"), stdout=out, jitter=lambda: 0.01)
        async with room_server(server), asyncio.timeout(10):
            await talk(server, environment)
        return server

    assert texts(asyncio.run(begin()).requests) == ["hi"]


def test_sleep_is_noticed() -> None:
    """When the time of day has jumped, as after hours of sleep, there is a new connection at once."""

    async def sleep() -> None:
        server, out = RoomServer(), Paper()
        offset = 0.0
        reading, writing = io.StringIO(), out
        environment = Environment(stdin=reading, stdout=writing, time_of_day=lambda: time.time() + offset)
        keyboard = asyncio.Event()
        async with room_server(server), asyncio.timeout(10):
            environment = replace(environment, stdin=Silent(keyboard, asyncio.get_running_loop()))
            talking = asyncio.create_task(talk(server, environment))
            person = Person(server, out)
            await person.until("you are in ops")
            offset = 3 * 3600.0
            await person.until("-- back")
            keyboard.set()
            await talking

    asyncio.run(sleep())


class Silent(io.StringIO):
    """A keyboard that nobody touches, until the end."""

    def __init__(self, done: asyncio.Event, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._done, self._loop = done, loop

    def readline(self, _size: int | None = -1, /) -> str:  # type: ignore[override]
        """Wait, and end."""
        asyncio.run_coroutine_threadsafe(self._done.wait(), self._loop).result()
        return ""
