"""Races for a room in which nobody is: who comes back, who comes, who ends it, who is the last one there."""

from collections.abc import Callable

import pytest

from tests.support.functions.ageing import age
from tests.support.functions.consistent import inconsistencies
from tests.support.functions.database import Database
from tests.support.functions.gate import Gate
from tests.support.functions.people import Connect, Tables
from tests.support.functions.post_sink import PostSink
from wschat.functions.shared.seats import GRACE, RESERVED
from wschat.protocol.events import Error, Event


@pytest.fixture
def cut_off(connect: Connect, sink: PostSink, database: Database) -> Callable[[int], None]:
    """Lets Ann and Bob, who alone are in Ops, be cut off so many seconds ago."""

    def cut_off(since: int) -> None:
        for ghost in (connect("Ann", "Ops", "secret"), connect("Bob", "Ops", "secret")):
            sink.gone.add(ghost.connection)
            ghost.end(1006)
        age(database, since)

    return cut_off


@pytest.mark.parametrize(
    ("since", "first", "second", "replies"),
    [
        (0, "register Ann", "register Bob", "signup signup"),
        (0, "register Ann", "join Ops", "signup multi-message"),
        (0, "join Ops", "register Ann", "multi-message signup"),
        (0, "join Ops", "join Ops", "multi-message multi-message"),
        (GRACE, "join Ops", "create Dev", "multi-message multi-message"),
        (GRACE, "create Dev", "register Ann", "multi-message signup"),
        (RESERVED, "create Ops", "create Ops", "room-exists multi-message"),
        (RESERVED, "create Dev", "create Ops", "multi-message multi-message"),
        (RESERVED, "create Ops", "join Ops", "multi-message no-such-room"),
        (RESERVED, "join Ops", "create Ops", "multi-message multi-message"),
        (RESERVED, "join Ops", "register Ann", "no-such-room signup"),
    ],
)
def test_two_find_nobody_there(
    connect: Connect,
    cut_off: Callable[[int], None],
    tables: Tables,
    gate: Gate,
    since: int,
    first: str,
    second: str,
    replies: str,
) -> None:
    """Of two who come to a room from which all were cut off neither undoes what the other does."""
    cut_off(since)
    one, other = (
        connect("" if act.startswith("r") else name) for act, name in ((first, "Carl"), (second, "Eve"))
    )
    told: list[Event] = []
    gate.meanwhile("TransactWriteItems", lambda: told.append(other.ask(*second.split(), token="secret")))
    told.insert(0, one.ask(*first.split(), token="secret"))
    assert " ".join(event.code if isinstance(event, Error) else event.type for event in told) == replies
    assert inconsistencies(tables()) == []


def test_empty_again(connect: Connect, cut_off: Callable[[int], None], tables: Tables, gate: Gate) -> None:
    """Of a room that is overdue, and is made anew meanwhile, and empty again, the five minutes begin anew."""
    cut_off(RESERVED)
    carl, eve = connect("Carl"), connect("Eve", token="secret")

    def made_anew() -> None:
        eve.ask("create", "Ops")
        eve.end(1006)

    gate.meanwhile("TransactWriteItems", made_anew)
    assert carl.ask("create", "Dev").type == "multi-message"
    assert tables()["#rooms"]["rooms"]["M"]["ops"]["S"].startswith("Ops#")
    assert connect("Eve", token="secret").ask("join", "Ops").type == "multi-message"
    assert inconsistencies(tables()) == []


@pytest.mark.parametrize("act", ["join Ops", "register Ann", "leave", "message hello"])
def test_the_last_one_is_cut_off_meanwhile(
    connect: Connect, database: Database, tables: Tables, gate: Gate, act: str
) -> None:
    """Who comes, or is put into the place that the record tells, is there, also for the list of rooms."""
    ann, bob = connect("Ann", "Ops", "secret"), connect("Bob", "Ops", "secret")
    person = connect("Zoe") if act.startswith("join") else ann
    if act.startswith("register"):
        ann.end(1006)
        person = connect()
    if act.startswith("message"):
        items = tables()
        del items["room ops"]["users"]["M"][ann.connection]
        database.restore(items)
    gate.meanwhile("TransactWriteItems", lambda: bob.end(1006))
    assert person.ask(*act.split(), token="secret").type in {"multi-message", "signup", "ack"}
    assert inconsistencies(tables()) == []
