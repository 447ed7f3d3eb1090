"""leave: out of the room, and the last one out takes it along."""

from tests.support.functions.people import Connect, Tables, code
from wschat.protocol.events import Ack, DeleteRoom, UserLeft


def test_leave(connect: Connect, tables: Tables) -> None:
    """Who stays hears of it; the last one out deletes the room, its messages and its entry in the list."""
    ann, bob, eve = connect("Ann", "Ops"), connect("Bob", "Ops"), connect("Eve")
    ann.ask("message", "bye")
    ann.heard(), bob.heard()
    assert bob.ask("leave") == Ack(id="7")
    assert (ann.heard(), bob.heard()) == ([UserLeft("Bob", "Ops")], [])
    assert code(bob.ask("leave")) == "not-in-a-room"
    assert ann.ask("leave") == Ack(id="7")
    assert ann.heard() == bob.heard() == eve.heard() == [DeleteRoom("Ops")]
    assert not any(key.startswith("room ") for key in tables())
    assert tables()["#rooms"]["rooms"]["M"] == {}
