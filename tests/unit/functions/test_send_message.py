"""message: to all members at once, and into the history."""

import json

from tests.support.functions.people import Connect
from wschat.protocol.events import Ack, ClientMessage


def test_message(connect: Connect) -> None:
    """A message reaches all members, its sender included, with seq, time and the sender's id."""
    ann, bob, eve = connect("Ann", "Ops"), connect("Bob", "Ops"), connect("Eve", "Dev")
    ann.heard(), bob.heard(), eve.heard()
    ack = ann.ask("message", "hi \x1b[2J <b>")
    assert isinstance(ack, Ack)
    said = ClientMessage("Ann", "hi \x1b[2J <b>", "Ops", ack.seq or 0, ack.time or 0, "7")
    assert ann.heard() == bob.heard() == [said]
    assert eve.heard() == []


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
