"""message: to all members at once, and into the history."""

import json

from tests.support.functions.people import Connect
from tests.support.functions.post_sink import PostSink
from wschat.protocol.events import Ack, ClientMessage, Event


def test_name_and_room_in_the_frame_count_for_nothing(connect: Connect) -> None:
    """Who speaks and where comes from the connection's record."""
    ann, bob = connect("Ann", "Ops"), connect("Bob", "Dev")
    ann.heard(), bob.heard()
    body = {"action": "dispatch", "value": "as Bob", "name": "Bob", "room": "Dev"}
    assert json.loads(ann.call("dispatch", json.dumps(body))["body"])["type"] == "ack"
    (said,) = ann.heard()
    assert isinstance(said, ClientMessage)
    assert (said.user, said.room) == ("Ann", "Ops")
    assert bob.heard() == []


def test_the_ack_tells_how_many_were_reached(connect: Connect, sink: PostSink) -> None:
    """Of those who are there: who is gone is no member, and neither is who has left to hear of that."""
    ann, bob, ghost = (connect(name, "Ops") for name in ("Ann", "Bob", "Ghost"))
    sink.gone.add(ghost.connection)
    sink.throttled.add(bob.connection)
    assert reach(ann.ask("message", "hello")) == (1, 2)
    sink.throttled.clear()
    assert reach(ann.ask("message", "hello")) == (2, 2)
    sink.refused = '{"message": "not authorized to perform execute-api:ManageConnections"}'
    assert reach(ann.ask("message", "hello")) == (0, 2)


def reach(reply: Event) -> tuple[int | None, int | None]:
    assert isinstance(reply, Ack)
    return reply.reached, reply.members
