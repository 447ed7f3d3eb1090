"""Messages: to all members at once, in a log that is bounded."""

import json
import threading

from tests.functions.conftest import Connect, Tables
from tests.functions.post_sink import PostSink
from wschat.protocol import (
    LOG_LENGTH,
    MESSAGE_LIMIT,
    REPLY_LIMIT,
    Ack,
    ClientMessage,
    MultiMessage,
    Request,
)


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


def test_reply_is_capped(connect: Connect) -> None:
    """A reply stays under the size that API Gateway sends, and says that something is missing."""
    ann = connect("Ann", "Ops")
    for _ in range(10):
        assert isinstance(ann.ask("message", "\x01" * MESSAGE_LIMIT), Ack)
    body = ann.call("join", Request("join", "Ops", id="1").encode())["body"]
    assert len(body.encode()) < REPLY_LIMIT
    assert json.loads(body)["truncated"]
    assert json.loads(body)["messages"]
