"""The people of the storm: each acts in a thread of its own, and keeps a diary of what it should have."""

import random
import threading
import time
from dataclasses import dataclass, field

from tests.storm.lines import Lab, Line, Lost
from wschat.protocol import Ack, ClientMessage, Error, Event, MultiMessage, Signup

ROOMS = [f"room {number}" for number in range(8)]
ACTS = {"speak": 60, "join": 12, "create": 8, "leave": 6, "cut": 8, "two at once": 6}
SILENT = 1 / 3  # of the cuts are without $disconnect
SLOW = 0.15  # of the people
LATE = 5_000  # milliseconds for which a message may come into the log later than one of a higher seq


@dataclass
class Stay:
    """A time in a room: from a reply that said so, until just before it ends (or is not sure any more)."""

    room: str
    start: float
    end: float = float("inf")
    has: set[int] = field(default_factory=set)
    settled: int = 0


@dataclass(frozen=True)
class Said:
    """A message that was acked: when it was sent, and when its ack came."""

    room: str
    seq: int
    start: float
    end: float


class Somebody:
    """One of the people; `act` is called again and again."""

    def __init__(self, lab: Lab, name: str) -> None:
        self.lab, self.name, self.token = lab, name, f"secret of {name}"
        self.chance = random.Random(name)  # noqa: S311
        self.line: Line | None = None
        self.stays: list[Stay] = []
        self.said: list[Said] = []
        self.counts: dict[str, int] = {}
        self.slow = self.chance.uniform(0.02, 0.2) if self.chance.random() < SLOW else 0.0

    @property
    def stay(self) -> Stay | None:
        """The stay that goes on."""
        return self.stays[-1] if self.stays and self.stays[-1].end == float("inf") else None

    @property
    def room(self) -> str | None:
        """The room one is in."""
        return self.stay.room if self.stay else None

    def act(self) -> None:
        """Do something at random, after taking in what has come."""
        line = self.line or self.come_back()
        self.read(line)
        what = self.chance.choices(list(ACTS), list(ACTS.values()))[0]
        self.count(what)
        try:
            getattr(self, what.replace(" ", "_"))(line)
        except Lost:
            self.count("lost")
            self.cut(line)

    def count(self, what: str) -> None:
        """Count something."""
        self.counts[what] = self.counts.get(what, 0) + 1

    def come_back(self) -> Line:
        """Connect, and take the name back with the token; the place in the room may come along."""
        self.line = line = self.lab.open(self.slow)
        while not isinstance(reply := line.ask("register", self.name, token=self.token), Signup):
            self.count(f"register: {_code(reply)}")
            time.sleep(0.05)
        if self.stays:
            self.join(line, self.stays[-1].room)
            if not self.room:
                line.ask("leave")  # from where one was put by what one does not know the end of
        return line

    def read(self, line: Line) -> None:
        """Take in what came; fetch what is missing, as a client does that sees a gap."""
        stay, gap = self.stay, False
        for event in line.heard():
            if stay and isinstance(event, ClientMessage) and event.room == stay.room:
                self.count("received twice" if event.seq in stay.has else "received")
                stay.has.add(event.seq)
                gap = gap or event.seq > stay.settled + len(stay.has)
        if stay and (gap or self.chance.random() < 0.1):
            self.fetch(line, stay)

    def fetch(self, line: Line, stay: Stay) -> None:
        """Ask for what was said since all was known."""
        reply = line.ask("join", stay.room, after=stay.settled)
        if isinstance(reply, MultiMessage):
            self.take(stay, reply)

    def take(self, stay: Stay, reply: MultiMessage) -> None:
        """Add what was fetched."""
        seqs = [entry.seq for entry in reply.messages]
        assert seqs == sorted(set(seqs)), "a reply's messages are in order, each once"
        self.counts["fetched"] = self.counts.get("fetched", 0) + len(set(seqs) - stay.has)
        assert not (reply.truncated and stay.settled), "more was said between two looks than a log keeps"
        stay.has |= set(seqs)
        newest = max((entry.time for entry in reply.messages), default=0)
        stay.settled = max(
            [stay.settled, *(each.seq for each in reply.messages if each.time < newest - LATE)]
        )

    def speak(self, line: Line) -> None:
        """Say something to the room, or find one if there is none."""
        stay = self.stay
        if stay is None:
            return self.join(line, self.chance.choice(ROOMS))
        start = time.monotonic()
        reply = line.ask("message", f"{self.name} says something")
        if isinstance(reply, Ack):
            self.said.append(Said(stay.room, reply.seq or 0, start, time.monotonic()))
        else:
            self.count(f"speak: {_code(reply)}")
        return None

    def join(self, line: Line, room: str | None = None) -> None:
        """Go into a room; one stays where one is if that can't be."""
        self.enter(line, "join", room or self.chance.choice(ROOMS))

    def create(self, line: Line) -> None:
        """Make a room, if there is none of the name."""
        self.enter(line, "create", self.chance.choice(ROOMS))

    def enter(self, line: Line, action: str, room: str) -> None:
        """Leave one room for another; what is said from the reply on is to be had."""
        old = self.finish(line)
        reply = line.ask(action, room)
        if isinstance(reply, MultiMessage):
            stay = Stay(room, time.monotonic())
            self.take(stay, reply)
        elif old and _code(reply) in {"room-exists", "no-such-room", "full", "busy"}:
            self.count(f"{action}: {_code(reply)}")
            stay = Stay(old.room, time.monotonic())
            self.fetch(line, stay)
        else:
            self.count(f"{action}: {_code(reply)}")
            stay = Stay("", time.monotonic(), 0.0)
        self.stays.append(stay)

    def finish(self, line: Line) -> Stay | None:
        """End the stay after a last look at what is missing; return it."""
        stay = self.stay
        if stay:
            stay.end = time.monotonic()
            for event in line.heard():
                if isinstance(event, ClientMessage) and event.room == stay.room:
                    stay.has.add(event.seq)
            self.fetch(line, stay)
        return stay

    def leave(self, line: Line) -> None:
        """Leave the room."""
        self.finish(line)
        self.count(f"leave: {line.ask('leave').type}")
        self.stays.append(Stay("", time.monotonic(), 0.0))

    def two_at_once(self, line: Line) -> None:
        """Send two frames at the same time: AWS runs them at the same time."""
        room, old = self.chance.choice(ROOMS), self.finish(line)
        hurry = threading.Thread(target=_quietly, args=(line, "message", "in a hurry"))
        hurry.start()
        joined = isinstance(line.ask("join", room), MultiMessage)
        hurry.join()
        stay = Stay(room, time.monotonic()) if joined else Stay(old.room if old else "", time.monotonic())
        if stay.room:
            self.fetch(line, stay)
        self.stays.append(stay if stay.room else Stay("", 0.0, 0.0))

    def cut(self, line: Line) -> None:
        """Lose the connection; a third of the times nobody is told."""
        if stay := self.stay:
            stay.end = 0.0  # what came last is not known: the stay counts for nothing
        self.line = None
        silent = self.chance.random() < SILENT
        self.count("cut, silently" if silent else "cut, with $disconnect")
        line.cut(None if silent else self.chance.uniform(0, 0.5))


def _quietly(line: Line, action: str, value: str) -> None:
    try:
        line.ask(action, value)
    except Lost:
        return


def _code(event: Event) -> str:
    return event.code if isinstance(event, Error) else event.type
