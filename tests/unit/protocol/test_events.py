"""What is written can be read, and the longest fits."""

import pytest

from wschat.local.gateway.quotas import FRAME_BYTES, MESSAGE_BYTES
from wschat.protocol.events import (
    EVENTS,
    Ack,
    ClientMessage,
    DeleteRoom,
    Entry,
    Error,
    Event,
    MultiMessage,
    Pong,
    Signup,
    SingleRoom,
    UserJoined,
    UserLeft,
)
from wschat.protocol.limits import ID_LIMIT, MESSAGE_LIMIT, NAME_LIMIT, ROOM_LIMIT
from wschat.protocol.reader import decode_event
from wschat.protocol.requests import Request

EXAMPLES: list[Event] = [
    Signup("Ann", ("Ops", "Dev"), "1"),
    SingleRoom("Ops"),
    MultiMessage("Ops", ("Ann",), (Entry("Ann", "hi", 5, 6, "x"),), truncated=True, id="2"),
    UserJoined("Bob", "Ops"),
    UserLeft("Bob", "Ops"),
    ClientMessage("Ann", "hi", "Ops", 5, 6, "x"),
    DeleteRoom("Ops"),
    Ack(5, 6, "3"),
    Ack(id="4"),
    Pong(),
    Error("full", "no room left", "5"),
]


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.type)
def test_events_round_trip(event: Event) -> None:
    """An event that is encoded is decoded to the same event."""
    assert decode_event(event.encode()) == event


def test_all_events_have_an_example() -> None:
    """No event is left out above."""
    assert {event.type for event in EXAMPLES} == set(EVENTS)


def test_what_is_allowed_fits() -> None:
    """The biggest message fits a frame, and the longest list of rooms a reply."""
    text, name, request = "\x01" * MESSAGE_LIMIT, "😀" * NAME_LIMIT, "\x01" * ID_LIMIT
    biggest = ClientMessage(name, text, name, 2**53, 2**53, request).encode()
    assert len(biggest.encode()) <= FRAME_BYTES
    assert len(Request("message", text, request).encode().encode()) <= FRAME_BYTES
    assert len(Signup(name, (name,) * ROOM_LIMIT, request).encode().encode()) <= MESSAGE_BYTES
