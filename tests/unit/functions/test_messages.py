"""Messages: to all members at once, in a log that is bounded."""

import json
import threading

from tests.studies.bench.units import item_size
from tests.unit.functions.conftest import Connect, Tables
from tests.unit.functions.database import Database
from tests.unit.functions.post_sink import PostSink
from wschat.functions._room import LIST, Room
from wschat.local.gateway.limits import MESSAGE_BYTES
from wschat.protocol.events import Ack, ClientMessage, MultiMessage
from wschat.protocol.names import LOG_LENGTH, MEMBER_LIMIT, MESSAGE_LIMIT, NAME_LIMIT, ROOM_LIMIT
from wschat.protocol.requests import Request

ITEM_LIMIT = 400 * 1024  # bytes


def test_message(connect: Connect) -> None:
    """A message reaches all members, its sender included, with seq, time and the sender's id."""
    ann, bob, eve = connect("Ann", "Ops"), connect("Bob", "Ops"), connect("Eve", "Dev")
    ann.heard(), bob.heard(), eve.heard()
    ack = ann.ask("message", "hi \x1b[2J <b>")
    assert isinstance(ack, Ack)
    said = ClientMessage("Ann", "hi \x1b[2J <b>", "Ops", ack.seq or 0, ack.time or 0, "7")
    assert ann.heard() == bob.heard() == [said]
    assert eve.heard() == []


def test_posts_at_once(connect: Connect, sink: PostSink) -> None:
    """All members are posted to at the same time: nobody's post is answered before all have come."""
    members = [connect(f"user{number}", "Ops") for number in range(8)]
    sink.posted.clear()
    sink.barrier = threading.Barrier(len(members))
    assert isinstance(members[0].ask("message", "together"), Ack)
    assert all([event.type for event in member.heard()] == ["client-message"] for member in members)


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


def test_the_log_is_a_ring(connect: Connect, tables: Tables) -> None:
    """The log keeps the last hundred messages, and says when it no longer reaches back."""
    ann = connect("Ann", "Ops")
    seqs = [ann.ask("message", f"number {number}") for number in range(LOG_LENGTH + 5)]
    fetched = ann.ask("join", "Ops")
    assert isinstance(fetched, MultiMessage)
    assert [entry.content for entry in fetched.messages] == [f"number {n}" for n in range(5, LOG_LENGTH + 5)]
    assert fetched.truncated
    assert sum(key.startswith("room ops#") for key in tables()) == LOG_LENGTH + 1
    last = seqs[-2]
    assert isinstance(last, Ack)
    after = ann.ask("join", "Ops", after=last.seq)
    assert isinstance(after, MultiMessage)
    assert ([entry.content for entry in after.messages], after.truncated) == (
        [f"number {LOG_LENGTH + 4}"],
        False,
    )


def test_reply_is_capped(connect: Connect, database: Database) -> None:
    """A reply stays under the size that API Gateway sends, in the fullest room, and says what is missing."""
    ann = connect("Ann", "Ops")
    for _ in range(10):
        assert isinstance(ann.ask("message", "\x01" * MESSAGE_LIMIT), Ack)
    room = database.items()["room ops"]
    seats = {f"{number:0128}": {"S": "😀" * NAME_LIMIT} for number in range(MEMBER_LIMIT - 1)}
    database.put(room | {"users": {"M": seats | room["users"]["M"]}})
    body = ann.call("join", Request("join", "Ops", id="1").encode())["body"]
    assert len(body.encode()) < MESSAGE_BYTES
    assert json.loads(body)["truncated"]
    assert json.loads(body)["messages"]
    assert len(json.loads(body)["users"]) == MEMBER_LIMIT


def test_items_are_capped() -> None:
    """The items that grow with people and rooms stay under DynamoDB's 400 KB at their limits."""
    name, key = "😀" * NAME_LIMIT, "k" * 12 * NAME_LIMIT  # casefold makes names longer: see test_unicode
    people = {f"{number:0128}": name for number in range(MEMBER_LIMIT)}
    assert item_size(Room(key, name, 1, people).item()) < ITEM_LIMIT
    listed = {f"{number:0384}": {"S": name} for number in range(ROOM_LIMIT)}
    assert item_size({"ID": {"S": LIST}, "rooms": {"M": listed}}) < ITEM_LIMIT
