"""Connections that are gone, by $disconnect or by a post that meets 410."""

from tests.unit.functions.conftest import Connect, Tables
from tests.unit.functions.post_sink import PostSink
from wschat.protocol.events import Ack, UserLeft


def test_gone_is_forgotten(connect: Connect, sink: PostSink, tables: Tables) -> None:
    """A member whose post meets 410 loses place and name, and the others hear that it left."""
    ann, bob = connect("Ann", "Ops"), connect("Bob", "Ops")
    ann.heard()
    sink.gone.add(bob.connection)
    assert isinstance(ann.ask("message", "Bob?"), Ack)
    assert [event.type for event in ann.heard()] == ["client-message", "user-left"]
    assert bob.connection not in tables()
    assert "name#bob" not in tables()
    assert set(tables()["room ops"]["users"]["M"]) == {ann.connection}
    connect("Bob", "Ops")


def test_everybody_in_a_room_is_gone(connect: Connect, sink: PostSink, tables: Tables) -> None:
    """A create tells everybody, and so finds every ghost, room by room."""
    ghosts = [connect(f"ghost{number}", f"room{number % 2}") for number in range(4)]
    sink.gone.update(ghost.connection for ghost in ghosts)
    ann = connect("Ann", "Ops")
    assert tables().keys() == {ann.connection, "name#ann", "#rooms", "room ops", "room ops#log"}
    assert [event.type for event in ann.heard()] == ["single-room", "delete-room", "delete-room"]


def test_disconnect(connect: Connect, tables: Tables) -> None:
    """A connection that closes leaves nothing; a second $disconnect finds nothing to do."""
    ann, bob = connect("Ann", "Ops"), connect("Bob", "Ops")
    ann.heard()
    assert bob.call("$disconnect", disconnectStatusCode=1001) == {"statusCode": 200}
    assert bob.call("$disconnect") == {"statusCode": 200}
    assert ann.heard() == [UserLeft("Bob", "Ops")]
    ann.call("$disconnect")
    assert tables().keys() == {"#rooms"}
