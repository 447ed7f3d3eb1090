"""People who register, create, join, speak, leave, drop and come back, beside a simple model of them.

`STORIES=500 python -m pytest tests/studies/functions/test_people.py -n0` tries so many stories.
"""

import os
from dataclasses import dataclass

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.support.functions.consistent import inconsistencies
from tests.support.functions.database import Database
from tests.support.functions.people import Connect, Person, code
from tests.support.functions.post_sink import PostSink
from wschat.protocol.events import Ack, ClientMessage, MultiMessage, Signup

STORIES = int(os.environ.get("STORIES", "0"))
NAMES = st.sampled_from(["Ann", "BOB", "bob", "Zoë"])
ROOMS = st.sampled_from(["Ops", "ops", "Dev", "Café"])
WHO = st.integers(0, 4)
TOKENS = st.sampled_from(["one", "two"])


@dataclass(eq=False)
class Known:
    """What is known of a connection; `gone` without $disconnect is not known to anybody else."""

    person: Person
    name: str | None = None
    token: str | None = None
    room: str | None = None
    gone: bool = False


class People(RuleBasedStateMachine):
    """Each rule is one act of somebody, with the reply that the model expects.

    `known` is what the tables should come to; `here` are those who have not dropped.
    """

    def __init__(self, connect: Connect, sink: PostSink, database: Database) -> None:
        super().__init__()
        self.connect_one, self.sink, self.database = connect, sink, database
        database.restore({})
        sink.gone.clear()
        self.known: list[Known] = []
        self.here: list[Known] = []
        for name in ("Ann", "bob", "Zoë"):  # many stories begin so
            self.connect()
            self.register(len(self.here) - 1, name, "one")
        self.create(0, "Ops")
        self.join(1, "Ops")

    def members(self, room: str | None) -> list[Known]:
        return [one for one in self.known if room and one.room == room]

    def move(self, one: Known, room: str | None = None) -> None:
        """Whoever is told that somebody left, or that a room is gone, and is a ghost, is found out."""
        old, one.room = one.room, room
        if old:
            self.tell(self.members(old) or self.known)

    def tell(self, people: list[Known]) -> None:
        for one in list(people):
            if one.gone and one in self.known:
                self.known.remove(one)
                self.move(one)

    def pick(self, who: int) -> Known:
        return self.here[who % len(self.here)]

    @rule()
    @precondition(lambda self: len(self.here) < 5)
    def connect(self) -> None:
        one = Known(self.connect_one())
        self.here.append(one)
        self.known.append(one)

    @rule(who=WHO, name=NAMES, token=TOKENS)
    @precondition(lambda self: self.here)
    def register(self, who: int, name: str, token: str) -> None:
        one = self.pick(who)
        owner = next((each for each in self.known if (each.name or "").lower() == name.lower()), None)
        rival = None if owner is one else owner
        reply = one.person.ask("register", name, token=token)
        if one.room and owner is not one:
            assert code(reply) == "in-a-room"
        elif rival and rival.token != token:
            assert code(reply) == "name-taken"
        else:
            assert isinstance(reply, Signup)
            if rival:
                one.room, rival.name, rival.room = rival.room, None, None
            if rival or not one.room:
                one.name, one.token = name, token

    @rule(who=WHO, room=ROOMS)
    @precondition(lambda self: self.here)
    def create(self, who: int, room: str) -> None:
        one = self.pick(who)
        reply = one.person.ask("create", room)
        if not one.name:
            assert code(reply) == "not-registered"
        elif self.members(room.lower()):
            assert code(reply) == "room-exists"
        else:
            assert isinstance(reply, MultiMessage)
            assert (reply.users, reply.messages) == ((one.name,), ())
            self.move(one, room.lower())
            self.tell(self.known)

    @rule(who=WHO, room=ROOMS)
    @precondition(lambda self: self.here)
    def join(self, who: int, room: str) -> None:
        one, key = self.pick(who), room.lower()
        reply = one.person.ask("join", room)
        if not one.name:
            assert code(reply) == "not-registered"
        elif not self.members(key):
            assert code(reply) == "no-such-room"
        else:
            assert isinstance(reply, MultiMessage)
            assert set(reply.users) >= {each.name for each in self.members(key) if not each.gone}
            if one.room != key:
                self.move(one, key)
                self.tell(self.members(key))

    @rule(who=WHO, text=st.text(min_size=1, max_size=20))
    @precondition(lambda self: self.here)
    def speak(self, who: int, text: str) -> None:
        one = self.pick(who)
        self.sink.posted.clear()
        reply = one.person.ask("message", text)
        if not (one.room and text.strip()):
            wanted = "not-in-a-room" if one.name else "not-registered"
            assert code(reply) == (wanted if text.strip() else "bad-request")
            return
        assert isinstance(reply, Ack)
        for other in self.here:
            heard = [event for event in other.person.heard() if isinstance(event, ClientMessage)]
            told = [(event.user, event.message, event.seq) for event in heard]
            assert told == ([(one.name, text, reply.seq)] if other.room and other.room == one.room else [])
        self.tell(self.members(one.room))

    @rule(who=WHO)
    @precondition(lambda self: self.here)
    def leave(self, who: int) -> None:
        one, room = self.pick(who), self.pick(who).room
        self.sink.posted.clear()
        reply = one.person.ask("leave")
        if not one.room:
            assert code(reply) == ("not-in-a-room" if one.name else "not-registered")
            return
        assert isinstance(reply, Ack)
        for other in self.here:
            stayed = other.room == room and other is not one
            assert stayed == any(getattr(event, "user", "") == one.name for event in other.person.heard())
        self.move(one)

    @rule(who=WHO, silently=st.booleans())
    @precondition(lambda self: self.here)
    def drop(self, who: int, silently: bool) -> None:  # noqa: FBT001
        one = self.pick(who)
        self.here.remove(one)
        self.sink.gone.add(one.person.connection)
        one.gone = True
        if not silently:
            one.person.call("$disconnect")
            self.known.remove(one)
            self.move(one)

    @invariant()
    def tables_are_the_model(self) -> None:
        """Records, names, seats and the list of rooms are what the model says, and fit together."""
        items = self.database.items()
        assert inconsistencies(items) == []
        records = {
            key: (item.get("name", {}).get("S"), item.get("room", {}).get("S"))
            for key, item in items.items()
            if "connected" in item
        }
        assert records == {one.person.connection: (one.name, one.room) for one in self.known}


def test_people(connect: Connect, sink: PostSink, database: Database) -> None:
    """Whatever people do, the replies, the tables and what is heard are the model's."""
    database.conflicts = 3
    run_state_machine_as_test(
        lambda: People(connect, sink, database),  # type: ignore[arg-type]
        settings=settings(
            max_examples=STORIES or 10,
            stateful_step_count=25,
            deadline=None,
            derandomize=not STORIES,
            database=None,
            phases=[Phase.generate],  # with Phase.shrink it finds the shortest story, in minutes
        ),
    )
