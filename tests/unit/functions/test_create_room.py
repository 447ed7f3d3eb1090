"""create: a room, its counter and its entry in the list, and out of the room one was in."""

from tests.support.functions.people import Connect, Tables
from wschat.protocol.events import DeleteRoom, MultiMessage, SingleRoom, UserJoined, UserLeft


def test_create(connect: Connect, tables: Tables) -> None:
    """A new room has one member, and all with a name hear of it; the last one out takes the old one along.

    Strangers don't: each frame of one who makes and leaves rooms would become a post to all of them.
    """
    ann, bob, eve, stranger = connect("Ann", "Ops"), connect("Bob", "Ops"), connect("Eve"), connect()
    ann.heard(), bob.heard()
    assert bob.ask("create", "Dev") == MultiMessage("Dev", ("Bob",), id="7")
    assert ann.heard() == [UserLeft("Bob", "Ops"), SingleRoom("Dev")]
    assert bob.heard() == eve.heard() == [SingleRoom("Dev")]
    assert ann.ask("join", "dev").type == "multi-message"
    assert bob.heard() == [DeleteRoom("Ops"), UserJoined("Ann", "Dev")]
    assert ann.heard() == [DeleteRoom("Ops")]
    assert stranger.heard() == []
    assert {key for key in tables() if key.startswith("room ")} == {"room dev", "room dev#log"}
    assert tables()["#rooms"]["rooms"]["M"] == {"dev": {"S": "Dev"}}
