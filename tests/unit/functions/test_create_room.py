"""create: a room, its counter and its entry in the list, and out of the room one was in."""

from tests.support.functions.people import Connect, Tables
from wschat.protocol.events import DeleteRoom, MultiMessage, SingleRoom, UserJoined, UserLeft


def test_create(connect: Connect, tables: Tables) -> None:
    """A new room has one member, and everybody hears of it."""
    ann, bob = connect("Ann"), connect()
    assert ann.ask("create", "Ops") == MultiMessage("Ops", ("Ann",), id="7")
    assert ann.heard() == bob.heard() == [SingleRoom("Ops")]
    assert tables()["#rooms"]["rooms"]["M"] == {"ops": {"S": "Ops"}}


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
