"""join: into a room that exists, or only what was missed."""

import json

import pytest

from tests.support.functions.database import Database
from tests.support.functions.people import Connect, Tables, code
from wschat.functions.shared.dynamodb import ROOMS, dynamodb
from wschat.local.gateway.quotas import MESSAGE_BYTES
from wschat.protocol.events import Ack, MultiMessage, UserJoined
from wschat.protocol.limits import LOG_LENGTH, MEMBER_LIMIT, MESSAGE_LIMIT, NAME_LIMIT
from wschat.protocol.requests import Request


def test_join(connect: Connect) -> None:
    """Who joins gets members and messages; the others hear of it."""
    ann = connect("Ann", "Ops")
    sent = ann.ask("message", "anybody here?")
    ann.heard()
    bob = connect("Bob")
    joined = bob.ask("join", "ops")
    assert isinstance(joined, MultiMessage)
    assert (joined.room, joined.users, joined.truncated) == ("Ops", ("Ann", "Bob"), False)
    assert isinstance(sent, Ack)
    (entry,) = joined.messages
    assert (entry.user, entry.content, entry.seq, entry.id) == ("Ann", "anybody here?", sent.seq, "7")
    assert ann.heard() == [UserJoined("Bob", "Ops")]


def test_join_again_only_fetches(connect: Connect) -> None:
    """Joining the room one is in fetches what was said after a seq, and nobody is told."""
    ann, bob = connect("Ann", "Ops"), connect("Bob", "Ops")
    first, _ = bob.ask("message", "one"), bob.ask("message", "two")
    ann.heard(), bob.heard()
    assert isinstance(first, Ack)
    fetched = ann.ask("join", "Ops", after=first.seq)
    assert isinstance(fetched, MultiMessage)
    assert [entry.content for entry in fetched.messages] == ["two"]
    assert ann.heard() == bob.heard() == []


def test_what_a_stop_leaves_is_no_history(connect: Connect) -> None:
    """A message of a dead room that was not cleared away does not come back with the next room."""
    ann = connect("Ann", "Ops")
    said = ann.ask("message", "new")
    assert isinstance(said, Ack)
    stale = {"seq": {"N": "5"}, "time": {"N": "5"}, "user": {"S": "Eve"}, "content": {"S": "old"}}
    slot = {"room": {"S": f"ops#{(said.seq or 0) % 100}"}}
    dynamodb().put_item(TableName=ROOMS, Item=slot | stale)
    assert ann.ask("join", "Ops") == MultiMessage("Ops", ("Ann",), id="7")


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


def test_no_such_room(connect: Connect) -> None:
    """A room that is not there can't be entered."""
    assert code(connect("Bob").ask("join", "nowhere")) == "no-such-room"


def test_full(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full room refuses one more, and says so."""
    connect("Ann", "Ops")
    monkeypatch.setattr("wschat.functions.join_room.MEMBER_LIMIT", 1)
    assert code(connect("Bob").ask("join", "Ops")) == "full"
