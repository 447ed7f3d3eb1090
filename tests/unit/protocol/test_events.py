"""What is written can be read, and the longest fits."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wschat.local.gateway.quotas import FRAME_BYTES, MESSAGE_BYTES
from wschat.protocol.events import EVENTS, ClientMessage, Entry, Event, MultiMessage, Signup
from wschat.protocol.limits import ID_LIMIT, MESSAGE_LIMIT, NAME_LIMIT, ROOM_LIMIT
from wschat.protocol.reader import decode_event
from wschat.protocol.requests import Request


@pytest.mark.parametrize("kind", EVENTS.values(), ids=EVENTS)
@settings(max_examples=20, deadline=None, database=None, derandomize=True)
@given(data=st.data())
def test_events_round_trip(kind: type[Event], data: st.DataObject) -> None:
    """An event of any kind that is encoded is decoded to the same event."""
    event = data.draw(st.from_type(kind))
    assert decode_event(event.encode()) == event


def test_what_is_not_there_stays_away() -> None:
    """A field that is None is not in the frame, and in no entry of it: old clients know none of it."""
    frame = MultiMessage("Ops", messages=(Entry("Ann", "hi"),)).encode()
    entry = '{"user":"Ann","content":"hi","seq":0,"time":0}'
    assert (
        frame == f'{{"type":"multi-message","room":"Ops","users":[],"messages":[{entry}],"truncated":false}}'
    )


def test_what_is_allowed_fits() -> None:
    """The biggest message fits a frame, and the longest list of rooms a reply."""
    text, name, request = "\x01" * MESSAGE_LIMIT, "😀" * NAME_LIMIT, "\x01" * ID_LIMIT
    biggest = ClientMessage(name, text, name, 2**53, 2**53, request).encode()
    assert len(biggest.encode()) <= FRAME_BYTES
    assert len(Request("message", text, request).encode().encode()) <= FRAME_BYTES
    assert len(Signup(name, (name,) * ROOM_LIMIT, request).encode().encode()) <= MESSAGE_BYTES
