"""Races: what others do between two calls of a function, and what DynamoDB forgets by itself."""

from typing import Any

import pytest

from tests.support.functions.consistent import inconsistencies
from tests.support.functions.gate import Gate
from tests.support.functions.people import Connect, Person, Tables, code
from tests.support.functions.post_sink import PostSink
from wschat.functions.shared.aws import ClientError
from wschat.functions.shared.dynamodb import CLIENTS
from wschat.functions.shared.dynamodb_client import dynamodb
from wschat.protocol.events import Ack, ClientMessage, Error, Event, MultiMessage, SingleRoom, UserLeft


def expire(item: str) -> None:
    """Delete an item as DynamoDB's time to live does: each by itself, whenever it likes."""
    dynamodb().call("DeleteItem", TableName=CLIENTS, Key={"ID": {"S": item}})


def test_a_room_is_born_again_before_its_log_is_cleared(
    connect: Connect, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clearing a dead room's messages takes none of a newer room of that name."""
    monkeypatch.setattr("wschat.functions.shared.history.LOG_LENGTH", 1)  # so that both use one slot
    ann, bob = connect("Ann", "Ops"), connect("Bob")
    ann.ask("message", "old")

    def reborn() -> None:
        assert bob.ask("create", "Ops").type == "multi-message"
        assert bob.ask("message", "new").type == "ack"

    gate.meanwhile("DeleteItem ops#0", reborn)
    assert ann.ask("leave") == Ack(id="7")
    assert history(bob) == ["new"]
    assert bob.ask("message", "newer").type == "ack"


def test_overtaken(connect: Connect, gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that is stored after a whole log of later ones takes the place of none."""
    monkeypatch.setattr("wschat.functions.shared.history.LOG_LENGTH", 2)
    ann, bob = connect("Ann", "Ops"), connect("Bob", "Ops")
    gate.meanwhile("PutItem", lambda: [bob.ask("message", text) for text in ("newer", "newest")])
    assert ann.ask("message", "old").type == "ack"
    assert history(bob) == ["newer", "newest"]


def history(person: Person) -> list[str]:
    """Return what was said in Ops, as somebody finds it who joins."""
    found = person.ask("join", "Ops")
    assert isinstance(found, MultiMessage)
    return [entry.content for entry in found.messages]


def test_speaking_into_the_next_room_of_the_name(connect: Connect, gate: Gate) -> None:
    """Who has left a room that died meanwhile says nothing into the next one of its name."""
    ann, bob = connect("Ann", "Ops"), connect("Bob")
    gate.meanwhile("UpdateItem ops#log", lambda: [ann.ask("leave"), bob.ask("create", "Ops")])
    assert code(ann.ask("message", "to the old room")) == "not-in-a-room"
    assert history(bob) == []


@pytest.mark.parametrize(
    ("rooms", "first", "second", "replies"),
    [
        (("Ops", "Ops", ""), "leave", "leave", "ack ack"),
        (("Ops", "", ""), "leave", "join Ops", "ack multi-message"),
        (("", "", ""), "register Carl", "register carl", "name-taken signup"),
        (("", "", ""), "register Carl", "register \u0421arl", "name-taken signup"),
        (("", "", ""), "create Ops", "create 0ps", "bad-request multi-message"),
        (("", "", ""), "create Ops", "create Dev", "multi-message multi-message"),
        (("", "", "Ops"), "create Art", "create Dev", "full multi-message"),
        (("", "", "Ops"), "join Ops", "join Ops", "full multi-message"),
    ],
    ids=[
        "last ones leave",
        "join a last one",
        "one name",
        "two that look alike",
        "rooms that do",
        "first two rooms",
        "last room",
        "last seat",
    ],
)
def test_two_at_once(
    connect: Connect,
    tables: Tables,
    gate: Gate,
    monkeypatch: pytest.MonkeyPatch,
    rooms: tuple[str, str, str],
    first: str,
    second: str,
    replies: str,
) -> None:
    """Of Ann and Bob one is first, and neither takes what the other has; Zoë looks on, perhaps in a room."""
    for module in ("join_room", "shared.overdue"):
        monkeypatch.setattr(f"wschat.functions.{module}.MEMBER_LIMIT", 2)
    monkeypatch.setattr("wschat.functions.shared.new_rooms.ROOM_LIMIT", 2)
    ann, bob, _ = map(connect, ("Ann", "Bob", "Zoë"), rooms)
    told: list[Event] = []
    gate.meanwhile("TransactWriteItems", lambda: told.append(bob.ask(*second.split())))
    told.insert(0, ann.ask(*first.split()))
    assert " ".join(event.code if isinstance(event, Error) else event.type for event in told) == replies
    assert inconsistencies(tables()) == []


def test_joining_while_the_name_is_taken_back(connect: Connect, tables: Tables, gate: Gate) -> None:
    """A place that the lost connection takes in the last moment moves along with its name."""
    connect("Bob", "Ops")
    lost, new = connect("Ann", token="secret"), connect()
    gate.meanwhile("TransactWriteItems", lambda: lost.ask("join", "Ops"))
    assert new.ask("register", "Ann", token="secret").type == "signup"
    assert new.connection in tables()["room ops"]["users"]["M"]
    assert inconsistencies(tables()) == []


def test_two_take_a_name_back(connect: Connect, tables: Tables, gate: Gate) -> None:
    """Of two who take a name back at the same time, one has it, though no record tells whose it was."""
    expire(connect("Ann", token="secret").connection)
    bob, carl = connect(), connect()
    gate.meanwhile("TransactWriteItems", lambda: carl.ask("register", "Ann", token="secret"))
    assert bob.ask("register", "Ann", token="secret").type == "signup"
    assert inconsistencies(tables()) == []


def test_leaving_while_speaking(connect: Connect, gate: Gate) -> None:
    """A message that was stored is said: the others get it, though its sender has left by then."""
    ann, bob = connect("Ann", "Ops"), connect("Bob", "Ops")
    bob.heard()
    gate.meanwhile("PutItem", lambda: ann.ask("leave"))
    assert ann.ask("message", "last words").type == "ack"
    assert {event.type for event in bob.heard()} == {"user-left", "client-message"}


@pytest.mark.parametrize(
    ("call", "speaks_first"),
    [
        *((call, True) for call in ("UpdateItem ops#log", "PutItem", "GetItem ops")),
        *((call, False) for call in ("TransactWriteItems", "GetItem ops#log")),
    ],
)
def test_joining_and_speaking(connect: Connect, gate: Gate, call: str, *, speaks_first: bool) -> None:
    """What is said beside a join is had by who joins: from the history, or by a post."""
    ann, bob = connect("Ann", "Ops"), connect("Bob")
    told: list[Event] = []
    acts = [lambda: told.append(ann.ask("message", "hello")), lambda: told.append(bob.ask("join", "Ops"))]
    gate.meanwhile(call, acts[speaks_first])
    acts[not speaks_first]()
    assert {event.type for event in told} == {"ack", "multi-message"}
    logs = [event.messages for event in told if isinstance(event, MultiMessage)]
    said = {event.message for event in bob.heard() if isinstance(event, ClientMessage)}
    assert "hello" in said | {entry.content for log in logs for entry in log}


def test_the_next_room_of_the_name_while_one_speaks(connect: Connect, gate: Gate) -> None:
    """Who makes the next room of a name meanwhile hears nothing that was said in the one before."""
    ann, bob = connect("Ann", "Ops"), connect("Bob")
    gate.meanwhile("post", lambda: [ann.ask("leave"), bob.ask("create", "Ops")])
    assert ann.ask("message", "to the old room").type == "ack"
    assert [event for event in bob.heard() if isinstance(event, ClientMessage)] == []
    assert history(bob) == []


@pytest.mark.parametrize("gone_first", [["record"], ["name"], ["record", "name"], []])
def test_ghosts_whose_items_expired(
    connect: Connect, sink: PostSink, tables: Tables, gone_first: list[str]
) -> None:
    """Whatever of a ghost DynamoDB has deleted already, the first post to it removes the rest."""
    ann, ghost = connect("Ann", "Ops"), connect("Ghost", "Ops")
    ann.heard()
    for what in gone_first:
        expire({"record": ghost.connection, "name": "name#ghost"}[what])
    sink.gone.add(ghost.connection)
    assert ann.ask("message", "anybody?").type == "ack"
    assert ann.heard()[1:] == [UserLeft("Ghost", "Ops")]
    assert set(tables()["room ops"]["users"]["M"]) == {ann.connection}
    assert ghost.connection not in tables()
    assert ann.ask("leave") == Ack(id="7")
    assert "room ops" not in tables()


def test_two_prune_one(connect: Connect, sink: PostSink, gate: Gate) -> None:
    """Of two who find the same ghost at the same time, whose record has expired, one tells that it left."""
    ann, bob, ghost = connect("Ann", "Ops"), connect("Bob", "Ops"), connect("Ghost", "Ops")
    expire(ghost.connection)
    sink.gone.add(ghost.connection)
    ann.heard()
    gate.meanwhile("TransactWriteItems", lambda: bob.ask("message", "anybody?"))
    assert ann.ask("message", "anybody?").type == "ack"
    assert [event for event in ann.heard() if isinstance(event, UserLeft)] == [UserLeft("Ghost", "Ops")]


def test_a_ghost_whose_name_is_another_s(connect: Connect, sink: PostSink, tables: Tables) -> None:
    """Forgetting a ghost leaves its former name to the one who has it now."""
    ann, ghost = connect("Ann", "Ops"), connect("Eve", "Ops")
    expire("name#eve")
    expire("name#Eve")
    eve = connect("Eve")
    sink.gone.add(ghost.connection)
    ann.ask("message", "Eve?")
    assert tables()["name#eve"]["owner"]["S"] == eve.connection
    assert set(tables()["room ops"]["users"]["M"]) == {ann.connection}


def test_a_room_lives_and_dies_while_it_is_created(connect: Connect, gate: Gate) -> None:
    """Seqs rise across a room's deaths, even if another room of the name lived during the create."""
    ann, bob = connect("Ann", "Dev"), connect("Bob")
    said: list[Any] = []

    def another_life() -> None:
        bob.ask("create", "Ops")
        said.extend(bob.ask("message", f"secret {number}") for number in range(5))
        bob.ask("leave")

    gate.meanwhile("GetItem dev", another_life)
    assert ann.ask("create", "Ops").type == "multi-message"
    new = ann.ask("message", "new")
    assert isinstance(new, Ack)
    assert (new.seq or 0) > max(ack.seq for ack in said)


def test_a_connection_opens_while_it_is_pruned(
    connect: Connect, sink: PostSink, tables: Tables, gate: Gate
) -> None:
    """Who takes another name after a post came too early for it keeps it."""
    ann, early = connect("Ann"), connect("First")
    sink.gone.add(early.connection)
    replies: list[Event] = []
    gate.meanwhile(
        f"TransactWriteItems {early.connection}", lambda: replies.append(early.ask("register", "Early"))
    )
    assert ann.ask("create", "Ops").type == "multi-message"
    assert [reply.type for reply in replies] == ["signup"]
    assert tables()["name#early"]["owner"]["S"] == early.connection
    assert early.ask("join", "Ops").type == "multi-message"


def test_a_ghost_that_can_t_be_pruned_now(connect: Connect, sink: PostSink, gate: Gate) -> None:
    """When DynamoDB refuses to forget a ghost, the others are told all the same."""
    ann, bob, ghost = connect("Ann"), connect("Bob"), connect("Ghost")
    sink.gone.add(ghost.connection)

    def throttled() -> None:
        raise ClientError("GetItem", "ThrottlingException", "slow")

    gate.meanwhile(f"GetItem {ghost.connection}", throttled)
    assert ann.ask("create", "Ops").type == "multi-message"
    assert bob.heard() == [SingleRoom("Ops")]


@pytest.mark.parametrize(("action", "room"), [("create", "Art"), ("join", "Ops"), ("leave", "")])
def test_two_frames_at_once(connect: Connect, tables: Tables, gate: Gate, action: str, room: str) -> None:
    """Whose two frames are dealt with at the same time is in one room at most afterwards."""
    connect("Bob", "Ops"), connect("Carl", "Dev")
    ann = connect("Ann", "Ops" if action == "leave" else "")
    gate.meanwhile("TransactWriteItems", lambda: ann.ask("join", "Dev"))
    ann.ask(action, room)
    assert inconsistencies(tables()) == []


def test_registered_while_it_disconnects(connect: Connect, tables: Tables, gate: Gate) -> None:
    """A name that is taken in the last moment goes with its connection."""
    ann = connect()
    gate.meanwhile("TransactWriteItems", lambda: ann.ask("register", "Ann"))
    ann.call("$disconnect")
    assert tables() == {}


def test_leaving_while_joining(connect: Connect, gate: Gate) -> None:
    """Who has left with another frame before a join is answered is not told to be in the room."""
    connect("Ann", "Ops")
    bob = connect("Bob")

    def then() -> None:
        gate.meanwhile("GetItem ops", lambda: bob.ask("leave"))

    gate.meanwhile("TransactWriteItems", then)
    assert code(bob.ask("join", "Ops")) == "no-such-room"
