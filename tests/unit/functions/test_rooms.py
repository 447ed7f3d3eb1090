"""Rooms: one at a time, told to all, and gone with the last one out."""

import pytest

from tests.unit.functions.conftest import Connect, Tables, code
from wschat.functions import _tables
from wschat.protocol.events import Ack, DeleteRoom, MultiMessage, SingleRoom, UserJoined, UserLeft


def test_create(connect: Connect, tables: Tables) -> None:
    """A new room has one member, and everybody hears of it."""
    ann, bob = connect("Ann"), connect()
    assert ann.ask("create", "Ops") == MultiMessage("Ops", ("Ann",), id="7")
    assert ann.heard() == bob.heard() == [SingleRoom("Ops")]
    assert tables()["#rooms"]["rooms"]["M"] == {"ops": {"S": "Ops"}}


def test_room_exists(connect: Connect) -> None:
    """Rooms are compared as names are."""
    connect("Ann", "Ops")
    assert code(connect("Bob").ask("create", "OPS")) == "room-exists"


def test_join(connect: Connect) -> None:
    """Who joins gets members and messages; the others hear of it."""
    ann = connect("Ann", "Ops")
    sent = ann.ask("message", "anybody here?")
    ann.heard()
    bob = connect("Bob")
    joined = bob.ask("join", "ops")
    assert isinstance(joined, MultiMessage)
    assert (joined.room, joined.users, joined.truncated) == ("Ops", ("Ann", "Bob"), False)
    assert isinstance(sent, Ack)
    (entry,) = joined.messages
    assert (entry.user, entry.content, entry.seq, entry.id) == ("Ann", "anybody here?", sent.seq, "7")
    assert ann.heard() == [UserJoined("Bob", "Ops")]


def test_join_again_only_fetches(connect: Connect) -> None:
    """Joining the room one is in fetches what was said after a seq, and nobody is told."""
    ann, bob = connect("Ann", "Ops"), connect("Bob", "Ops")
    first, _ = bob.ask("message", "one"), bob.ask("message", "two")
    ann.heard(), bob.heard()
    assert isinstance(first, Ack)
    fetched = ann.ask("join", "Ops", after=first.seq)
    assert isinstance(fetched, MultiMessage)
    assert [entry.content for entry in fetched.messages] == ["two"]
    assert ann.heard() == bob.heard() == []


def test_one_room_at_a_time(connect: Connect, tables: Tables) -> None:
    """Joining another room leaves the first; the last one out takes it along."""
    ann, bob = connect("Ann", "Ops"), connect("Bob", "Ops")
    ann.heard(), bob.heard()
    assert bob.ask("create", "Dev").type == "multi-message"
    assert ann.heard() == [UserLeft("Bob", "Ops"), SingleRoom("Dev")]
    bob.heard()
    assert ann.ask("join", "dev").type == "multi-message"
    assert bob.heard() == [DeleteRoom("Ops"), UserJoined("Ann", "Dev")]
    assert ann.heard() == [DeleteRoom("Ops")]
    assert {key for key in tables() if key.startswith("room ")} == {"room dev", "room dev#log"}
    assert tables()["#rooms"]["rooms"]["M"] == {"dev": {"S": "Dev"}}


def test_from_a_dying_room_into_a_new_one(connect: Connect, tables: Tables) -> None:
    """Creating a room as the last one out of another swaps the two in the list."""
    ann = connect("Ann", "Ops")
    ann.heard()
    assert ann.ask("create", "Dev") == MultiMessage("Dev", ("Ann",), id="7")
    assert ann.heard() == [DeleteRoom("Ops"), SingleRoom("Dev")]
    assert tables()["#rooms"]["rooms"]["M"] == {"dev": {"S": "Dev"}}
    assert {key for key in tables() if key.startswith("room ")} == {"room dev", "room dev#log"}


def test_leave(connect: Connect, tables: Tables) -> None:
    """Who stays hears of it; the last one out deletes the room, its messages and its entry in the list."""
    ann, bob, eve = connect("Ann", "Ops"), connect("Bob", "Ops"), connect()
    ann.ask("message", "bye")
    ann.heard(), bob.heard()
    assert bob.ask("leave") == Ack(id="7")
    assert (ann.heard(), bob.heard()) == ([UserLeft("Bob", "Ops")], [])
    assert code(bob.ask("leave")) == "not-in-a-room"
    assert ann.ask("leave") == Ack(id="7")
    assert ann.heard() == bob.heard() == eve.heard() == [DeleteRoom("Ops")]
    assert not any(key.startswith("room ") for key in tables())
    assert tables()["#rooms"]["rooms"]["M"] == {}


def test_a_room_born_again(connect: Connect) -> None:
    """A new room of an old name has no history, and its seqs rise above the old ones."""
    ann = connect("Ann", "Ops")
    before = ann.ask("message", "old")
    ann.ask("leave")
    assert ann.ask("create", "Ops") == MultiMessage("Ops", ("Ann",), id="7")
    after = ann.ask("message", "new")
    assert isinstance(before, Ack)
    assert isinstance(after, Ack)
    assert (after.seq or 0) > (before.seq or 0)
    fetched = ann.ask("join", "Ops", after=before.seq)
    assert isinstance(fetched, MultiMessage)
    assert [entry.content for entry in fetched.messages] == ["new"]


def test_what_a_stop_leaves_is_no_history(connect: Connect) -> None:
    """A message of a dead room that was not cleared away does not come back with the next room."""
    ann = connect("Ann", "Ops")
    said = ann.ask("message", "new")
    assert isinstance(said, Ack)
    stale = {"seq": {"N": "5"}, "time": {"N": "5"}, "user": {"S": "Eve"}, "content": {"S": "old"}}
    slot = {"room": {"S": f"ops#{(said.seq or 0) % 100}"}}
    _tables.dynamodb().put_item(TableName=_tables.ROOMS, Item=slot | stale)
    assert ann.ask("join", "Ops") == MultiMessage("Ops", ("Ann",), id="7")


def test_full(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full room and a full list refuse, and say so."""
    connect("Ann", "Ops")
    monkeypatch.setattr("wschat.functions.join_room.LIMIT", 1)
    monkeypatch.setattr("wschat.functions.create_room.ROOM_LIMIT", 1)
    bob = connect("Bob")
    assert code(bob.ask("join", "Ops")) == "full"
    assert code(bob.ask("create", "Dev")) == "full"
