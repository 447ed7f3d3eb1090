"""message: to all members at once, and into the history."""

import json

from tests.support.functions.people import Connect
from wschat.protocol.events import ClientMessage


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
