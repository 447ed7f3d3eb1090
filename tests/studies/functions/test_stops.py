"""A function that is stopped after any of its AWS calls leaves a world that others can live in."""

import time
from collections.abc import Sequence

import pytest

from tests.documents import ROOT
from tests.support.functions.ageing import age
from tests.support.functions.consistent import inconsistencies
from tests.support.functions.database import Database
from tests.support.functions.gate import Gate
from tests.support.functions.people import SPECS, Connect, Person, Tables
from tests.support.functions.post_sink import PostSink
from wschat.functions.shared.seats import GRACE, RESERVED
from wschat.protocol.events import Ack, ClientMessage, MultiMessage

World = dict[str, Person]
"""Ann and Bob in Ops, Carl alone in Dev, Dora in none; Eve is connected; Gus, in Ops, is gone."""
ACTS: dict[str, tuple[str, str, int] | tuple[str, str]] = {
    "$connect, at a handshake": ("Eve", ""),
    "register, for a new name": ("Eve", "Eve"),
    "register, with the token": ("Eve", "Ann"),
    "register, back to a room without anybody": ("Eve", "Zed", 0),
    "create, from no room": ("Dora", "New"),
    "create, from a room": ("Ann", "New"),
    "create, as the last one out": ("Carl", "New"),
    "create, when another room is overdue": ("Dora", "New", RESERVED),
    "join, from no room": ("Dora", "Ops"),
    "join, from a room": ("Ann", "Dev"),
    "join, as the last one out": ("Carl", "Ops"),
    "join, of a room without anybody": ("Dora", "Zoo", GRACE),
    "join, of one that is overdue": ("Dora", "Zoo", RESERVED),
    "message, with a ghost in the room": ("Ann", "hello"),
    "leave, when others stay": ("Ann", ""),
    "leave, as the last one out": ("Carl", ""),
    "$disconnect, when others stay": ("Ann", "1000"),
    "$disconnect, as the last one out": ("Carl", "1000"),
    "$disconnect, cut off": ("Ann", "1006"),
    "$disconnect, cut off as the last one": ("Carl", "1006"),
}
"""The route, and how things are: who uses it, with which value, and when Zed, alone in Zoo, was cut off."""
WRITES = {"DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem"}


def people(connect: Connect, sink: PostSink) -> World:
    rooms = {"Ann": "Ops", "Bob": "Ops", "Carl": "Dev", "Dora": "", "": "", "Gus": "Ops"}
    world = {
        name or "Eve": connect(name, room, token=None if name == "Gus" else "secret")
        for name, room in rooms.items()
    }
    for speaker in ("Ann", "Carl"):
        assert world[speaker].ask("message", "before").type == "ack"
    sink.gone.add(world["Gus"].connection)
    return world


@pytest.mark.parametrize("what", ACTS)
def test_stops(
    connect: Connect, sink: PostSink, tables: Tables, database: Database, gate: Gate, what: str
) -> None:
    """At each stop the tables agree; a message reaches all, a join finds it, a create ends named ghosts.

    Others go on after each write that came through: after a read or a post the tables are what they were.
    How many stops that are stands in the functions' document.
    """
    world = people(connect, sink)
    who, value, *since = ACTS[what]
    for ago in since:
        zed = connect("Zed", "Zoo", token="secret")
        zed.end(1006)
        sink.gone.add(zed.connection)
        age(database, ago)
    person, route = world[who], what.partition(",")[0]
    before, calls, known = tables(), 0, set[int]()
    while True:
        database.restore(before)
        sink.posted.clear()
        with gate.stopping_after(calls):
            if route == "$disconnect":
                person.end(int(value))
            elif route.startswith("$"):
                person.call(route)
            else:
                person.ask(route, value, **{"token": "secret"} if route == "register" else {})
            break
        assert len(gate.calls) == calls
        assert inconsistencies(tables()) == []
        writes = sum(call in WRITES for call in gate.calls)
        if writes not in known:
            known.add(writes)
            others_go_on(world, person, sink, database)
            assert inconsistencies(tables()) == []
        calls += 1
    assert calls == len(gate.calls) >= 1
    assert row(what, gate.calls) in (ROOT / "wschat/functions/README.md").read_text()


def row(what: str, calls: Sequence[str]) -> str:
    """Return the document's row for an act that was stopped after none, one, … of these calls."""
    route, _, when = what.partition(", ")
    writes, posts = sum(call in WRITES for call in calls), calls.count("post")
    cells = [SPECS[route].name, when, len(calls) - writes - posts, writes, posts, len(calls), len(calls)]
    return f"| {' | '.join(map(str, cells))} |\n"


def others_go_on(world: World, stopped: Person, sink: PostSink, database: Database) -> None:
    """The one who was stopped is gone by now, and the others don't know it; soon nobody's place is kept."""
    sink.gone.add(stopped.connection)
    sink.posted.clear()
    said = world["Bob"].ask("message", "going on")
    assert isinstance(said, Ack)
    members = {world["Bob"], world["Ann"]} - {stopped}
    if world["Ann"].connection not in database.items()["room ops"]["users"]["M"]:
        members -= {world["Ann"]}  # her place is with who has her token, or she has moved
    for person in members:
        texts = [event.message for event in person.heard() if isinstance(event, ClientMessage)]
        assert texts == ["going on"]
    joiner = world["Carl"] if stopped is world["Dora"] else world["Dora"]
    found = joiner.ask("join", "Ops")
    assert isinstance(found, MultiMessage)
    assert found.messages[-1].content == "going on"
    assert set(found.users) <= {"Ann", "Bob", "Carl", "Dora"}
    for room in ("Another", "One more"):  # who is met at the first is gone at the second
        assert joiner.ask("create", room).type == "multi-message"
        age(database, GRACE)
    left = [item for key, item in database.items().items() if key in sink.gone]
    assert all("expires" in item for item in left)
    assert not any("name" in item for item in left), "nobody posts to one without a name"
    names = [item for item in database.items().values() if item.get("owner", {}).get("S") in sink.gone]
    assert all(int(item["expires"]["N"]) <= time.time() + RESERVED - GRACE for item in names)
    sink.gone.discard(stopped.connection)
