"""The people of the storm: each acts in a task of its own, and keeps a diary of what it should have."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.studies.line import Line, Lost
from wschat.protocol.events import Ack, ClientMessage, Entry, Error, Event, MultiMessage, Signup

ACTS = {"speak": 60, "join": 12, "create": 8, "leave": 6, "cut": 8, "two at once": 10}
SLOW = 0.15  # of the people
SLOWEST = 0.06  # seconds for each frame: who reads slower than a room talks misses what it keeps no longer
LATE = 5_000  # milliseconds for which a message may come into the log later than one of a higher seq
LOOK = 30  # messages after which one looks whether some are missing: a room keeps a hundred


@dataclass
class Stay:
    """A time in a room: from a reply that said so, until just before it ends (or is not sure any more).

    `has` are the texts by their seqs: what comes again is dropped. Up to `settled` nothing is missing.
    """

    room: str
    start: float
    end: float = float("inf")
    has: dict[int, str] = field(default_factory=dict)
    settled: int = 0
    unlooked: int = 0


NOWHERE = Stay("", 0.0, 0.0)


@dataclass(frozen=True)
class Said:
    """A message that was acked: when it was sent, and when its ack came."""

    room: str
    text: str
    seq: int
    start: float
    end: float


class Somebody:
    """One of the people; `act` is called again and again."""

    def __init__(self, url: str, name: str, rooms: int, seed: int) -> None:
        self.url, self.name, self.token = url, name, f"secret of {name}"
        self.rooms = [f"room {number}" for number in range(rooms)]
        self.chance = random.Random(f"{seed} {name}")  # noqa: S311
        self.line: Line | None = None
        self.stays: list[Stay] = []
        self.said: list[Said] = []
        self.counts: Counter[str] = Counter()
        self.slow = self.chance.uniform(0.02, SLOWEST) if self.chance.random() < SLOW else 0.0

    @property
    def stay(self) -> Stay | None:
        """The stay that goes on."""
        return self.stays[-1] if self.stays and self.stays[-1].end == float("inf") else None

    async def act(self) -> None:
        """Do something at random, after taking in what has come."""
        try:
            line = self.line or await self.come_back()
            await self.read(line)
            what = self.chance.choices(list(ACTS), list(ACTS.values()))[0]
            self.counts[what] += 1
            await getattr(self, what.replace(" ", "_"))(line)
        except Lost:
            self.counts["no reply"] += 1
            if self.line:
                await self.cut(self.line)

    async def come_back(self) -> Line:
        """Connect, and take the name back with the token; the place in the room may come along."""
        self.line = line = await Line.to(self.url, self.slow)
        while not isinstance(reply := await line.ask("register", self.name, token=self.token), Signup):
            self.counts[f"register: {_code(reply)}"] += 1
            await asyncio.sleep(0.05)
        if self.stays:
            await self.settle(line, self.stays[-1].room)
        return line

    async def settle(self, line: Line, room: str) -> None:
        """Go into a room, or into none, from where one was put by what one does not know the end of."""
        await self.join(line, room)
        if not self.stay:
            await line.ask("leave")

    async def read(self, line: Line) -> None:
        """Take in what came; look now and then whether something is missing."""
        if stay := self.stay:
            self.hear(line, stay)
            if stay.unlooked > LOOK or self.chance.random() < 0.1:
                await self.fetch(line, stay)

    def hear(self, line: Line, stay: Stay) -> None:
        """Take in what came."""
        for event in line.heard():
            if isinstance(event, ClientMessage) and event.room == stay.room:
                last = max(stay.has, default=0)
                self.counts["came again, and dropped" if event.seq in stay.has else "heard"] += 1
                self.counts["heard after a later one"] += event.seq < last and event.seq not in stay.has
                stay.has[event.seq] = event.message
                stay.unlooked += 1

    async def fetch(self, line: Line, stay: Stay) -> None:
        """Ask for what was said since all was known."""
        reply = await line.ask("join", stay.room, after=stay.settled)
        if isinstance(reply, MultiMessage):
            assert not (reply.truncated and stay.settled), "more was said between two looks than a log keeps"
            self.take(stay, reply.messages)

    def take(self, stay: Stay, entries: Iterable[Entry]) -> None:
        """Add what was fetched."""
        found = {entry.seq: entry.content for entry in entries}
        assert [entry.seq for entry in entries] == sorted(found), "a reply has each once, and in order"
        self.counts["fetched"] += len(found.keys() - stay.has.keys())
        stay.has |= found
        stay.unlooked = 0
        newest = max((entry.time for entry in entries), default=0)
        stay.settled = max([stay.settled, *(each.seq for each in entries if each.time < newest - LATE)])

    async def speak(self, line: Line) -> None:
        """Say something to the room; go into one if one is in none, and make it if there is none."""
        stay = self.stay
        if stay is None:
            room = self.chance.choice(self.rooms)
            await self.join(line, room)
            if not self.stay:
                await self.enter(line, "create", room)
            return
        start, text = time.monotonic(), f"{self.name} says {self.counts.total()}"
        reply = await line.ask("message", text)
        if isinstance(reply, Ack):
            self.said.append(Said(stay.room, text, reply.seq or 0, start, time.monotonic()))
        else:
            self.counts[f"speak: {_code(reply)}"] += 1

    async def join(self, line: Line, room: str | None = None) -> None:
        """Go into a room; one stays where one is if that can't be."""
        await self.enter(line, "join", room or self.chance.choice(self.rooms))

    async def create(self, line: Line) -> None:
        """Make a room, if there is none of the name."""
        await self.enter(line, "create", self.chance.choice(self.rooms))

    async def enter(self, line: Line, action: str, room: str) -> None:
        """Leave one room for another; what is said from the reply on is to be had."""
        old = await self.finish(line)
        reply = await line.ask(action, room)
        if isinstance(reply, MultiMessage):
            stay = Stay(room, time.monotonic())
            self.take(stay, reply.messages)
        else:
            self.counts[f"{action}: {_code(reply)}"] += 1
            stay = NOWHERE
            if old and _code(reply) in {"room-exists", "no-such-room", "full", "busy"}:
                stay = Stay(old.room, time.monotonic())
                await self.fetch(line, stay)
        self.stays.append(stay)

    async def finish(self, line: Line) -> Stay | None:
        """End the stay after a last look at what is missing; return it."""
        stay = self.stay
        if stay:
            stay.end = time.monotonic()
            self.hear(line, stay)
            await self.fetch(line, stay)
        return stay

    async def leave(self, line: Line) -> None:
        """Leave the room."""
        await self.finish(line)
        self.counts[f"leave: {_code(await line.ask('leave'))}"] += 1
        self.stays.append(NOWHERE)

    async def two_at_once(self, line: Line) -> None:
        """Send two frames at the same time, from a room or from none: AWS runs them at the same time."""
        await self.finish(line)
        self.stays.append(NOWHERE)
        if self.chance.random() < 0.5:
            await line.ask("leave")
        await asyncio.gather(*(line.ask(*self.any_request()) for _ in range(2)))
        await self.settle(line, self.chance.choice(self.rooms))

    def any_request(self) -> tuple[str, str]:
        """Return an action and its value."""
        action = self.chance.choice(["message", "join", "join", "create", "leave"])
        said = f"{self.name} hurries {self.chance.random()}"
        return action, said if action == "message" else self.chance.choice(self.rooms)

    async def end(self) -> None:
        """Be gone at the end, as a quarter is, or be there, and have all that one should have."""
        if self.chance.random() < 0.25:
            if self.line:
                await self.cut(self.line)
        else:
            await self.finish(self.line or await self.come_back())

    async def cut(self, line: Line) -> None:
        """Lose the connection."""
        if stay := self.stay:
            stay.end = 0.0  # what came last is not known: the stay counts for nothing
        self.line, self.stays = None, self.stays or [NOWHERE]  # a place may be kept from what had no reply
        await line.cut(kindly=self.chance.random() < 0.5)
        self.counts["connections cut"] += 1


def _code(event: Event) -> str:
    return event.code if isinstance(event, Error) else event.type
