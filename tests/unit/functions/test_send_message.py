"""message: to all members at once, and into the history."""

import json
import threading
import time
from typing import Any, NoReturn

import pytest

from tests.support.functions.database import Database
from tests.support.functions.people import PATIENT, Connect
from tests.support.functions.post_sink import PostSink
from tests.support.plane.wire import Answer
from wschat.functions import send_message
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


def test_what_can_not_be_posted_is_stored(
    connect: Connect, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lambda may freeze a function that has ended: what it writes is waited for, though posting failed."""
    ann, ask, failed = connect("Ann", "Ops"), database.ask, threading.Event()

    def fail(*_: object) -> NoReturn:
        failed.set()
        raise RuntimeError("no way to post")

    def store_late(operation: str, params: dict[str, Any]) -> Answer:
        if operation == "PutItem":
            failed.wait(PATIENT)
            time.sleep(0.05)  # for long enough to be too late where it is not waited for
        return ask(operation, params)

    monkeypatch.setattr(database, "ask", store_late)
    monkeypatch.setattr(send_message, "broadcast", fail)
    with pytest.raises(RuntimeError, match="no way to post"):
        ann.ask("message", "hello")
    assert [key for key in database.items() if key.startswith("room ops#") and key != "room ops#log"]
