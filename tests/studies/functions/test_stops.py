"""A function that is stopped after any of its AWS calls leaves a world that others can live in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from tests.documents import ROOT
from tests.support.functions.consistent import inconsistencies
from tests.support.functions.database import Database
from tests.support.functions.gate import Gate
from tests.support.functions.people import SPECS, Connect, Person, Tables
from tests.support.functions.post_sink import PostSink
from wschat.protocol.events import Ack, ClientMessage, MultiMessage


@dataclass(frozen=True)
class World:
    """Ann and Bob in Ops, Carl alone in Dev, Dora in none; Eve is connected; Gus, in Ops, is gone."""

    ann: Person
    bob: Person
    carl: Person
    dora: Person
    eve: Person
    gus: Person


ACTS: dict[str, tuple[str, Callable[[World], object]]] = {
    "$connect, at a handshake": ("eve", lambda world: world.eve.call("$connect")),
    "register, for a new name": ("eve", lambda world: world.eve.ask("register", "Eve")),
    "register, with the token": ("eve", lambda world: world.eve.ask("register", "Ann", token="secret")),
    "create, from no room": ("dora", lambda world: world.dora.ask("create", "New")),
    "create, from a room": ("ann", lambda world: world.ann.ask("create", "New")),
    "create, as the last one out": ("carl", lambda world: world.carl.ask("create", "New")),
    "join, from no room": ("dora", lambda world: world.dora.ask("join", "Ops")),
    "join, from a room": ("ann", lambda world: world.ann.ask("join", "Dev")),
    "join, as the last one out": ("carl", lambda world: world.carl.ask("join", "Ops")),
    "message, with a ghost in the room": ("ann", lambda world: world.ann.ask("message", "hello")),
    "leave, when others stay": ("ann", lambda world: world.ann.ask("leave")),
    "leave, as the last one out": ("carl", lambda world: world.carl.ask("leave")),
    "$disconnect, when others stay": ("ann", lambda world: world.ann.call("$disconnect")),
    "$disconnect, as the last one out": ("carl", lambda world: world.carl.call("$disconnect")),
}
"""Who does what: the route, and how things are."""
WRITES = {"DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem"}


def people(connect: Connect, sink: PostSink) -> World:
    ann, bob = connect("Ann", "Ops", token="secret"), connect("Bob", "Ops")
    world = World(ann, bob, connect("Carl", "Dev"), connect("Dora"), connect(), connect("Gus", "Ops"))
    assert world.ann.ask("message", "before").type == "ack"
    assert world.carl.ask("message", "before").type == "ack"
    sink.gone.add(world.gus.connection)
    return world


@pytest.mark.parametrize("what", ACTS)
def test_stops(
    connect: Connect,
    sink: PostSink,
    tables: Tables,
    database: Database,
    gate: Gate,
    what: str,
) -> None:
    """At each stop the tables agree; a message reaches all, a join finds it, and a create ends all ghosts.

    Others go on after each write that came through: after a read or a post the tables are what they were.
    How many stops that are stands in the functions' document.
    """
    world = people(connect, sink)
    who, act = ACTS[what]
    before, calls, known = tables(), 0, set[int]()
    while True:
        database.restore(before)
        sink.posted.clear()
        with gate.stopping_after(calls):
            act(world)
            break
        assert len(gate.calls) == calls
        assert inconsistencies(tables()) == []
        writes = sum(call in WRITES for call in gate.calls)
        if writes not in known:
            known.add(writes)
            others_go_on(world, getattr(world, who), sink, tables)
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


def others_go_on(world: World, stopped: Person, sink: PostSink, tables: Tables) -> None:
    """The one who was stopped is gone by now, and the others don't know it."""
    sink.gone.add(stopped.connection)
    sink.posted.clear()
    said = world.bob.ask("message", "going on")
    assert isinstance(said, Ack)
    members = {world.bob, world.ann} - {stopped}
    if world.ann.connection not in tables()["room ops"]["users"]["M"]:
        members -= {world.ann}  # her place is with who has her token, or she has moved
    for person in members:
        texts = [event.message for event in person.heard() if isinstance(event, ClientMessage)]
        assert texts == ["going on"]
    joiner = world.carl if stopped is world.dora else world.dora
    found = joiner.ask("join", "Ops")
    assert isinstance(found, MultiMessage)
    assert found.messages[-1].content == "going on"
    assert set(found.users) <= {"Ann", "Bob", "Carl", "Dora"}
    assert joiner.ask("create", "Another").type == "multi-message"
    assert sink.gone & tables().keys() == set()
    assert not any(item.get("owner", {}).get("S") in sink.gone for item in tables().values())
    sink.gone.discard(stopped.connection)
