"""What nobody came back to: a room on the list, a place in a full room."""

import time
from collections.abc import Callable

import pytest

from tests.support.functions.ageing import age
from tests.support.functions.consistent import inconsistencies
from tests.support.functions.database import Database
from tests.support.functions.people import Connect, Person, Tables, code
from tests.support.functions.post_sink import PostSink
from wschat.functions.shared.seats import GRACE, RESERVED, mark
from wschat.protocol.events import DeleteRoom, Error, MultiMessage, Signup, SingleRoom, UserJoined, UserLeft


@pytest.fixture
def empty(connect: Connect, sink: PostSink) -> Person:
    """Ann, who was cut off as the only one in Ops, after she had said something."""
    ann = connect("Ann", "Ops", "secret")
    ann.ask("message", "hello")
    sink.gone.add(ann.connection)
    ann.end(1006)
    return ann


def test_in_time(connect: Connect, database: Database, tables: Tables, empty: Person) -> None:
    """Until the name is free the room is there, for its last one and for others, with what was said in it."""
    age(database, RESERVED - 5)
    zoe, since = connect("Zoe"), tables()["#rooms"]["rooms"]["M"]["ops"]
    assert zoe.ask("create", "Dev").type == "multi-message"  # its post finds that Ann's grace is over
    assert empty.connection not in tables()
    assert tables()["#rooms"]["rooms"]["M"]["ops"] == since
    assert zoe.heard() == [SingleRoom("Dev")]
    refused = zoe.ask("create", "0ps")
    assert isinstance(refused, Error)
    assert refused.message == "\\u{30}ps looks like \\u{4f}ps: a room that there is"
    back = connect()
    assert back.ask("register", "Ann", token="secret") == Signup("Ann", ("Ops", "Dev"), id="7")
    for person, users in ((back, ("Ann",)), (zoe, ("Ann", "Zoe"))):
        found = person.ask("join", "Ops")
        assert isinstance(found, MultiMessage)
        assert ([entry.content for entry in found.messages], found.users) == (["hello"], users)
        assert inconsistencies(tables()) == []


def test_somebody_else_comes(connect: Connect, database: Database, tables: Tables, empty: Person) -> None:
    """Whoever joins is there, and hears who is not; then the room is as any other."""
    age(database, GRACE)
    zoe = connect("Zoe")
    assert zoe.ask("join", "Ops").users == ("Zoe",)  # type: ignore[attr-defined]
    assert zoe.heard() == [UserLeft("Ann", "Ops")]
    age(database, RESERVED)
    assert connect("Eve").ask("create", "Dev").type == "multi-message"
    assert connect("Ann", token="secret").ask("join", "Ops").type == "multi-message"
    assert zoe.heard() == [SingleRoom("Dev"), UserJoined("Ann", "Ops")]
    assert inconsistencies(tables()) == []
    assert empty.connection not in tables()


def test_whose_name_is_another_s(connect: Connect, sink: PostSink, database: Database) -> None:
    """Who was cut off first, and lost the name since, takes no room along to which others may come back."""
    ann, bob = connect("Ann", "Ops", "secret"), connect("Bob", "Ops", "secret")
    sink.gone |= {ann.connection, bob.connection}
    ann.end(1006)
    age(database, RESERVED - GRACE)
    bob.end(1006)
    age(database, GRACE)
    assert connect("Ann", "Dev").heard() == [SingleRoom("Dev")]
    assert connect("Bob", token="secret").ask("join", "Ops").type == "multi-message"


READERS: dict[str, tuple[str, list[object]]] = {
    "join Ops": ("no-such-room", [DeleteRoom("Ops")]),
    "create Dev": ("multi-message", [DeleteRoom("Ops"), SingleRoom("Dev")]),
    "create Ops": ("multi-message", [DeleteRoom("Ops"), SingleRoom("Ops")]),
    "create 0ps": ("multi-message", [DeleteRoom("Ops"), SingleRoom("0ps")]),
}


@pytest.mark.parametrize("act", READERS)
def test_too_late(connect: Connect, database: Database, tables: Tables, empty: Person, act: str) -> None:
    """Once the name is free no list has the room; who next makes or joins one ends it, and all hear that."""
    age(database, RESERVED)
    zoe, eve = connect("Zoe"), connect("Eve")
    assert eve.ask("register", "Eve") == Signup("Eve", (), id="7")
    assert "room ops" in tables()
    reply = zoe.ask(*act.split())
    assert (code(reply) if reply.type == "error" else reply.type, eve.heard()) == READERS[act]
    assert {key for key in tables() if key.startswith("room ops#")} <= {"room ops#log"}
    assert connect("Ann", token="secret").ask("message", "x").type == "error"
    assert inconsistencies(tables()) == []
    assert empty.connection not in tables()


def test_many(connect: Connect, database: Database, tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    """One request ends some, first the one that is asked for: each takes a scan, and posts to all."""
    monkeypatch.setattr("wschat.functions.shared.overdue.AT_ONCE", 2)
    names = ("a", "b", "c", "d", "e")
    for one in [connect(name, f"room {name}", "secret") for name in names]:
        one.end(1006)
    age(database, RESERVED)
    zoe, left = connect("Zoe"), set(names)
    for name in ("d", "b"):
        assert code(zoe.ask("join", f"room {name}")) == "no-such-room"
        left &= {key.removeprefix("room ") for key in tables()["#rooms"]["rooms"]["M"]}
        assert name not in left
    assert len(left) == 1
    assert zoe.ask("create", "room e").type == "multi-message"
    assert list(tables()["#rooms"]["rooms"]["M"]) == ["room e"]
    assert inconsistencies(tables()) == []


def test_a_full_list(
    connect: Connect, database: Database, tables: Tables, empty: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody fills it without staying: it keeps a room as long as a place, but for who comes back."""
    for module in ("overdue", "new_rooms"):
        monkeypatch.setattr(f"wschat.functions.shared.{module}.ROOM_LIMIT", 2)
    connect("Bob", "Dev", "secret").end(1006)
    zoe = connect("Zoe")
    age(database, GRACE - 5)
    assert code(zoe.ask("create", "News")) == "full"
    age(database, 5)
    back = connect("Ann", token="secret")
    assert [entry.content for entry in back.ask("join", "Ops").messages] == ["hello"]  # type: ignore[attr-defined]
    assert zoe.ask("create", "News").type == "multi-message"
    assert set(tables()["#rooms"]["rooms"]["M"]) == {"ops", "news"}
    assert inconsistencies(tables()) == []
    assert empty.connection not in tables()


def test_on_the_list_alone(connect: Connect, database: Database, tables: Tables) -> None:
    """What the list says of who is there counts for nothing beside the room, and is mended."""
    ann, long_ago = connect("Ann", "Ops"), int(time.time()) - RESERVED
    items = tables()
    items["#rooms"]["rooms"]["M"] = {key: {"S": mark(key, long_ago)} for key in ("ops", "nowhere")}
    database.restore(items)
    ann.heard()
    assert connect("Zoe").ask("create", "Dev").type == "multi-message"
    assert tables()["#rooms"]["rooms"]["M"] == {"ops": {"S": "Ops"}, "dev": {"S": "Dev"}}
    assert ann.heard() == [SingleRoom("Dev")]


@pytest.mark.parametrize("act", ["join Ops", "create Ops"])
@pytest.mark.parametrize("lost", ["record", "list"])
def test_half_of_it_is_gone(
    connect: Connect, database: Database, tables: Tables, empty: Person, act: str, lost: str
) -> None:
    """A room without the records of its members, or that nobody lists, is left or taken like any other."""
    items = tables()
    del items[{"record": empty.connection, "list": "#rooms"}[lost]]
    database.restore(items)
    zoe = connect("Zoe")
    if act.startswith("create"):
        assert code(zoe.ask("create", "Ops")) == "room-exists"
    assert zoe.ask("join", "Ops").type == "multi-message"
    age(database, GRACE)
    assert zoe.ask("message", "anybody?").reached == 1  # type: ignore[attr-defined]
    assert zoe.ask("message", "nobody").members == 1  # type: ignore[attr-defined]
    assert inconsistencies(tables()) == []


def marked(database: Database, person: Person) -> None:
    """Mark the place of somebody who is there."""
    room = database.items()["room ops"]
    room["users"]["M"][person.connection] = {"S": "Bob#7"}
    database.put(room)


def cut(database: Database, person: Person) -> None:
    """Cut somebody off, longer ago than the grace."""
    person.end(1006)
    age(database, GRACE)


@pytest.mark.parametrize(("how", "reply"), [(cut, "multi-message"), (marked, "full")])
def test_full(
    connect: Connect,
    sink: PostSink,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    how: Callable[[Database, Person], None],
    reply: str,
) -> None:
    """Whose grace is over has no place that somebody else needs; who is there has, whatever the room says."""
    for module in ("join_room", "shared.overdue"):
        monkeypatch.setattr(f"wschat.functions.{module}.MEMBER_LIMIT", 2)
    ann, bob, zoe = connect("Ann", "Ops"), connect("Bob", "Ops", "secret"), connect("Zoe")
    assert code(zoe.ask("join", "Ops")) == "full"
    how(database, bob)
    if how is cut:
        sink.gone.add(bob.connection)
    ann.heard()
    found = zoe.ask("join", "Ops")
    assert (code(found) if found.type == "error" else found.type) == reply
    assert ann.heard() == ([UserLeft("Bob", "Ops"), UserJoined("Zoe", "Ops")] if how is cut else [])
    assert bob.ask("message", "I am here").type == ("error" if how is cut else "ack")
