"""People who register, create, join, speak, leave, drop and come back, beside the same rooms in memory.

`STORIES=500 python -m pytest tests/studies/functions/test_people.py -n0` tries so many stories.
"""

import os
from collections import Counter
from dataclasses import replace

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
from tests.support.functions.people import Connect, Person
from tests.support.functions.post_sink import PostSink
from tests.support.rooms import Rooms
from wschat.protocol.events import Ack, ClientMessage, Error, Event, MultiMessage, Signup
from wschat.protocol.names import fold
from wschat.protocol.requests import Request

STORIES = int(os.environ.get("STORIES", "0"))
NAMES = st.sampled_from(["Ann", "BOB", " bob ", "Zoë"])
ROOMS = st.sampled_from(["Ops", "ops", "Dev", "Café"])
WHO = st.integers(0, 4)
TOKENS = st.sampled_from(["one", "two", None])


def plain(event: Event) -> Event:
    """Return an event without times and wording, and with users and rooms in order."""
    match event:
        case Error():
            return replace(event, message="")
        case Signup(rooms=rooms):
            return replace(event, rooms=tuple(sorted(rooms)))
        case MultiMessage(users=users, messages=messages):
            said = tuple(replace(entry, seq=0, time=0) for entry in messages)
            return replace(event, users=tuple(sorted(users)), messages=said)
        case ClientMessage() | Ack(seq=int()):
            return replace(event, seq=0, time=0)
    return event


class People(RuleBasedStateMachine):
    """Each rule is one act of somebody: what is replied and posted is what the rooms in memory say.

    `here` are those who have not dropped; of who did it silently nobody else knows.
    """

    def __init__(self, connect: Connect, sink: PostSink, database: Database) -> None:
        super().__init__()
        self.connect_one, self.sink, self.database = connect, sink, database
        database.restore({})
        sink.gone.clear()
        sink.posted.clear()
        self.rooms = Rooms(gone=sink.gone)  # type: ignore[arg-type]
        self.here: list[Person] = []
        for name in ("Ann", "bob", "Zoë"):  # many stories begin so
            self.connect()
            self.register(len(self.here) - 1, name, "one")
        self.create(0, "Ops")
        self.join(1, "Ops")

    def act(self, who: int, action: str, value: str = "", token: str | None = None) -> None:
        one = self.here[who % len(self.here)]
        reply = one.ask(action, value, token=token)
        wanted = self.rooms.answer(one.connection, Request(action, value, id="7", token=token))
        assert plain(reply) == plain(wanted)
        for event in self.compare_posts():
            assert not isinstance(event, ClientMessage) or (isinstance(reply, Ack) and event.seq == reply.seq)

    def compare_posts(self) -> list[Event]:
        heard = [(one.connection, event) for one in self.here for event in one.heard()]
        wanted = Counter((to, plain(event)) for to, event in self.rooms.posts)
        assert Counter((to, plain(event)) for to, event in heard) == wanted
        self.rooms.posts.clear()
        return [event for _, event in heard]

    @rule()
    @precondition(lambda self: len(self.here) < 5)
    def connect(self) -> None:
        self.here.append(self.connect_one())
        self.rooms.names[self.here[-1].connection] = ""

    @rule(who=WHO, name=NAMES, token=TOKENS)
    @precondition(lambda self: self.here)
    def register(self, who: int, name: str, token: str | None) -> None:
        self.act(who, "register", name, token)

    @rule(who=WHO, room=ROOMS)
    @precondition(lambda self: self.here)
    def create(self, who: int, room: str) -> None:
        self.act(who, "create", room)

    @rule(who=WHO, room=ROOMS)
    @precondition(lambda self: self.here)
    def join(self, who: int, room: str) -> None:
        self.act(who, "join", room)

    @rule(who=WHO, text=st.text(min_size=1, max_size=20))
    @precondition(lambda self: self.here)
    def speak(self, who: int, text: str) -> None:
        self.act(who, "message", text)

    @rule(who=WHO)
    @precondition(lambda self: self.here)
    def leave(self, who: int) -> None:
        self.act(who, "leave")

    @rule(who=WHO, silently=st.booleans())
    @precondition(lambda self: self.here)
    def drop(self, who: int, silently: bool) -> None:  # noqa: FBT001
        one = self.here.pop(who % len(self.here))
        self.sink.gone.add(one.connection)
        if not silently:
            one.call("$disconnect")
            one.call("$disconnect")  # AWS may say it twice
            self.rooms.forget(one.connection)
        self.compare_posts()

    @invariant()
    def tables_are_the_model(self) -> None:
        """Records, names, seats and the list of rooms are what the model says, and fit together."""
        items = self.database.items()
        assert inconsistencies(items) == []
        records = {
            key: (item.get("name", {}).get("S", ""), item.get("room", {}).get("S"))
            for key, item in items.items()
            if "connected" in item
        }
        seats = {one: fold(room.name) for room in self.rooms.rooms.values() for one in room.members}
        assert records == {one: (name, seats.get(one)) for one, name in self.rooms.names.items()}


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
