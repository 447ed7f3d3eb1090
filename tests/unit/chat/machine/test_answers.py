"""Which request a frame answers."""

import pytest

from wschat.chat.machine.answers import answers, is_event, raw_request
from wschat.chat.machine.state import Open, PendingRequest
from wschat.protocol import events as wire
from wschat.protocol.requests import Raw, Request


@pytest.mark.parametrize(
    ("action", "type_", "id_", "is_it"),
    [
        ("join", "ack", "x", True),
        ("join", "multi-message", "y", False),
        ("join", "multi-message", None, True),
        ("create", "multi-message", None, True),
        ("join", "signup", None, False),
        ("register", "signup", None, True),
        ("leave", "ack", None, True),
        ("message", "ack", None, True),
        ("message", "error", None, True),
        ("message", "client-message", None, False),
    ],
)
def test_answers(action: str, type_: str, id_: str | None, is_it: bool) -> None:  # noqa: FBT001
    """The id decides; without one the type does, and with nothing in flight nothing is answered."""
    assert answers(PendingRequest(Request(action, "", "x")), type_, id_) is is_it
    assert not answers(None, type_, id_)


def test_raw_frames() -> None:
    """What comes next is the reply, but for news, and for the pong that a ping waits for."""
    raw = PendingRequest(Raw("raw", "{}"))
    for pings in (False, True):
        connection = Open(number=1, in_flight=raw, ping_in_flight=pings)
        assert raw_request(connection, wire.Ack()) is raw
        assert (raw_request(connection, wire.Pong()) is raw) is not pings
        assert raw_request(connection, wire.SingleRoom("x")) is None
    assert raw_request(Open(number=1), wire.Ack()) is None


def test_events_of_newer_servers() -> None:
    """They have a type; rubbish has none."""
    assert is_event('{"type":"new"}')
    assert not any(map(is_event, ("", "[]", '{"type":7}', "[" * 100_000)))
