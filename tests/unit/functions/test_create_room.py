"""create: a room, its counter and its entry in the list, and out of the room one was in."""

import pytest

from tests.support.functions.people import Connect, Tables, code
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


def test_full(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full list of rooms refuses one more, and says so."""
    connect("Ann", "Ops")
    monkeypatch.setattr("wschat.functions.create_room.ROOM_LIMIT", 1)
    assert code(connect("Bob").ask("create", "Dev")) == "full"
