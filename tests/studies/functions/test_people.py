"""People who register, create, join, speak, leave, drop and come back, beside the same rooms in memory.

`STORIES=500 python -m pytest tests/studies/functions/test_people.py -n0` tries so many stories.
"""

import os

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.support.functions.ageing import age
from tests.support.functions.database import Database
from tests.support.functions.people import Connect, Person
from tests.support.functions.post_sink import PostSink
from tests.support.functions.story import Story
from wschat.functions.shared.seats import GRACE, RESERVED

STORIES = int(os.environ.get("STORIES", "0"))
NAMES = st.sampled_from(["Ann", "BOB", " bob ", "Zoë", "\u0410nn"])
ROOMS = st.sampled_from(["Ops", "ops", "Dev", "Café", "0ps"])
"""Some look alike: \u0410nn, with a Cyrillic letter, and Ann; 0ps and Ops."""
WHO = st.integers(0, 4)
TOKENS = st.sampled_from(["one", "two", None])


class People(RuleBasedStateMachine):
    """Each rule is one act of somebody."""

    def __init__(self, connect: Connect, sink: PostSink, database: Database) -> None:
        super().__init__()
        self.connect_one, self.database = connect, database
        database.restore({})
        sink.gone.clear()
        sink.posted.clear()
        self.story = Story(sink.gone)
        for name in ("Ann", "bob", "Zoë"):  # many stories begin so
            self.connect()
            self.register(len(self.story.here) - 1, name, "one")
        self.create(0, "Ops")
        self.join(1, "Ops")

    def one(self, who: int) -> Person:
        if not self.story.here:
            self.connect()
        return self.story.here[who % len(self.story.here)]

    @rule()
    @precondition(lambda self: len(self.story.here) < 5)
    def connect(self) -> None:
        self.story.come(self.connect_one())

    @rule(who=WHO, name=NAMES, token=TOKENS)
    def register(self, who: int, name: str, token: str | None) -> None:
        self.story.act(self.one(who), "register", name, token)

    @rule(who=WHO, room=ROOMS)
    def create(self, who: int, room: str) -> None:
        self.story.act(self.one(who), "create", room)

    @rule(who=WHO, room=ROOMS)
    def join(self, who: int, room: str) -> None:
        self.story.act(self.one(who), "join", room)

    @rule(who=WHO, text=st.text(min_size=1, max_size=20))
    def speak(self, who: int, text: str) -> None:
        self.story.act(self.one(who), "message", text)

    @rule(who=WHO)
    def leave(self, who: int) -> None:
        self.story.act(self.one(who), "leave")

    @rule(who=WHO, code=st.sampled_from([1000, 1001, 1006, None]))
    def drop(self, who: int, code: int | None) -> None:
        self.story.drop(self.one(who), code)

    @rule(name=NAMES)
    def come_back(self, name: str) -> None:
        self.connect()
        self.register(len(self.story.here) - 1, name, "one")

    @rule()
    def pass_grace(self) -> None:
        age(self.database, GRACE)
        self.story.rooms.pass_grace()

    @rule()
    def pass_reservation(self) -> None:
        age(self.database, RESERVED)
        self.story.rooms.pass_reservation()

    @invariant()
    def tables_are_the_model(self) -> None:
        self.story.compare_tables(self.database.items())


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
