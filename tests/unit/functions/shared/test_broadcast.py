"""Broadcast: posts to many, and the stale connections among them."""

import json

import pytest

from tests.support.functions.people import Connect, Tables
from tests.support.functions.post_sink import PostSink
from wschat.functions.shared import broadcast
from wschat.functions.shared.broadcast import POSTING_TIME
from wschat.functions.shared.management_api import ManagementApi
from wschat.lab import blueprint
from wschat.protocol.events import Ack

TIMEOUT = ManagementApi.READ_TIMEOUT


def test_everybody_in_a_room_is_gone(connect: Connect, sink: PostSink, tables: Tables) -> None:
    """A create tells everybody, and so finds every ghost, room by room."""
    ghosts = [connect(f"ghost{number}", f"room{number % 2}") for number in range(4)]
    assert ghosts[0].ask("message", "last words").type == "ack"
    sink.gone.update(ghost.connection for ghost in ghosts)
    ann = connect("ann", "Ops")
    assert tables().keys() == {ann.connection, "name#ann", "#rooms", "room ops", "room ops#log"}
    assert [event.type for event in ann.heard()] == ["single-room", "delete-room", "delete-room"]


def test_a_connection_that_was_never_issued(
    connect: Connect, sink: PostSink, tables: Tables, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that a made-up event has left in the tables is forgotten, as one that is gone."""
    ann, made_up = connect("Ann", "Ops"), connect("made-up", "Ops")
    sink.never_issued.add(made_up.connection)
    capsys.readouterr()
    assert isinstance(ann.ask("message", "hello"), Ack)
    line = json.loads(capsys.readouterr().out)
    assert (line["posted"], line["invalid"]) == (2, 1)  # the message, and that it has left
    assert tables().keys() & {made_up.connection, "name#made-up"} == set()
    assert [event.type for event in ann.heard()][-2:] == ["client-message", "user-left"]


def test_connections_are_kept_alive(sink: PostSink) -> None:
    """What posts to a stage, over connections that it keeps, is the same in the next invocation."""
    assert broadcast.management_api("api", sink.stage) is broadcast.management_api("api", sink.stage)


@pytest.mark.parametrize("kept", [0, 11], ids=["new", "kept alive"])
def test_slow_stuck_and_throttled(
    connect: Connect,
    sink: PostSink,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    kept: int,
) -> None:
    """Members that are stuck or throttled are counted, keep their places, and delay nobody."""
    ann = connect("Ann", "Ops")
    stuck = [connect(f"stuck{number}", "Ops") for number in range(3)]
    members = [connect(f"user{number}", "Ops") for number in range(6)]
    slow = connect("Slow", "Ops")
    api = broadcast.management_api("api", sink.stage)
    api.close()
    monkeypatch.setattr(ManagementApi, "READ_TIMEOUT", TIMEOUT)  # as it is on AWS, and of new connections
    while len(api._idle) < kept:
        ann.ask("message", "one connection more")
    sink.posted.clear()
    sink.order.clear()
    sink.stuck.update(one.connection for one in stuck)
    sink.throttled.add(slow.connection)
    capsys.readouterr()
    said = ann.ask("message", "hello")
    assert isinstance(said, Ack)
    assert (said.reached, said.members) == (7, 11)
    line = json.loads(capsys.readouterr().out)
    assert (line["posted"], line["timeout"], line["slow"]) == (7, 3, 1)
    assert set(sink.order[:7]) == {one.connection for one in (ann, *members)}
    sink.stuck.clear()
    sink.throttled.clear()
    assert isinstance(ann.ask("message", "again"), Ack)
    assert all(one.heard() for one in (*stuck, slow))
    broadcast.management_api("api", sink.stage).close()


def test_why_not_is_logged(connect: Connect, sink: PostSink, capsys: pytest.CaptureFixture[str]) -> None:
    """The log's line counts refusals by their status, and tells why one was."""
    ann = connect("Ann", "Ops")
    sink.refused = '{"Message":"You may not."}'
    capsys.readouterr()
    assert isinstance(ann.ask("message", "hello"), Ack)
    line = json.loads(capsys.readouterr().out)
    assert (line["status 403"], line["why"]) == (1, "You may not.")


def test_there_is_time_to_answer() -> None:
    """What a function posts ends before Lambda stops it, even if the last post gets stuck.

    It may do so three times: while it connects, while it agrees on a key, and while it waits for the answer.
    """
    assert POSTING_TIME + 2 * ManagementApi.CONNECT_TIMEOUT + TIMEOUT < blueprint.TIMEOUT
