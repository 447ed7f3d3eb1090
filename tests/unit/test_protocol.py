"""The wire: what is written can be read, rubbish is told as such, and names are compared as people do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wschat.local.gateway.limits import FRAME_BYTES, MESSAGE_BYTES
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
from wschat.protocol.names import (
    ID_LIMIT,
    MEMBER_LIMIT,
    MESSAGE_LIMIT,
    NAME_LIMIT,
    ROOM_LIMIT,
    clean_name,
    fold,
)
from wschat.protocol.reader import GatewayError, Unknown, decode_event
from wschat.protocol.refusals import ErrorCode, Refused
from wschat.protocol.requests import Request, decode_request

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


def test_requests_round_trip() -> None:
    """A request that is encoded is decoded to the same request."""
    request = Request("join", "Ops", "1", "secret", 5)
    assert decode_request(request.encode()) == request


def test_old_servers_are_understood() -> None:
    """What the lab's own functions leave out has a default."""
    assert decode_event('{"type":"client-message","user":"Ann","message":"hi"}') == ClientMessage("Ann", "hi")
    old = '{"type":"multi-message","room":"Ops","messages":[{"user":"Ann","content":"hi"}]}'
    assert decode_event(old) == MultiMessage("Ops", messages=(Entry("Ann", "hi"),))


@pytest.mark.parametrize(
    "frame",
    [
        *(
            "",
            "{",
            "null",
            "7",
            '"type"',
            "[]",
            '["type"]',
            "{}",
            '{"type":[]}',
            '{"type":"new"}',
            "[" * 100_000,
        ),
        *(
            '{"type":"ack","seq":"x"}',
            '{"type":"ack","seq":true}',
            '{"type":"signup"}',
            '{"type":"signup","name":7}',
        ),
        *(
            '{"type":"multi-message","room":"x","users":"abc"}',
            '{"type":"multi-message","room":"x","messages":[7]}',
        ),
        *('{"message":7,"requestId":"x"}', '{"message":"x","a":1,"b":2,"c":3,"d":4}'),
    ],
    ids=lambda frame: frame[:30],
)
def test_rubbish(frame: str) -> None:
    """What can't be read is kept as it came, and never raises."""
    assert decode_event(frame) == Unknown(frame)


def test_frames_of_the_gateway() -> None:
    """A frame of API Gateway's own shape is told from the functions' events."""
    frame = '{"message": "Internal server error", "connectionId":"c=", "requestId":"r"}'
    assert decode_event(frame) == GatewayError("Internal server error", "r")


def test_lone_surrogates_can_be_shown() -> None:
    """JSON can carry what is no text; it is replaced, so that nothing later stumbles over it."""
    event = decode_event('{"type":"client-message","user":"a\\ud800","message":"b"}')
    assert event == ClientMessage("a?", "b")


@pytest.mark.parametrize(
    "other",
    ["bob", "BOB", "b\u200cob", "bo\u200db", "bob\ufe0f", "b\u034fob", "\u202ebob", "bo\u17b4b", "bob\ufff0"],
)
def test_one_name(other: str) -> None:
    """Names are compared without case and without what can't be seen."""
    assert fold(other) == fold("Bob")


@pytest.mark.parametrize(
    "name",
    ["", "  ", "\u3164", "\u17b5\U000e0fff", "\u200b\u200d", "a#b", "a\nb", "a\x1bb", "a\u2028b", "x" * 33],
)
def test_no_name(name: str) -> None:
    """What can't be seen, typed or kept apart is no name."""
    with pytest.raises(Refused) as refused:
        clean_name(name)
    assert refused.value.code in {ErrorCode.BAD_REQUEST, ErrorCode.TOO_LONG}


@pytest.mark.parametrize("name", [" Ann ", "Zoë", "Zoe\u0308", "می\u200cشود", "小明", "👩\u200d🚀", "x" * 32])
def test_a_name(name: str) -> None:
    """Names in any language are names, trimmed and composed."""
    assert clean_name(name) == {"Zoe\u0308": "Zoë"}.get(name, name.strip())


def test_what_is_allowed_fits() -> None:
    """The biggest message fits a frame, and the longest lists a reply."""
    text, name, request = "\x01" * MESSAGE_LIMIT, "😀" * NAME_LIMIT, "\x01" * ID_LIMIT
    biggest = ClientMessage(name, text, name, 2**53, 2**53, request).encode()
    assert len(biggest.encode()) <= FRAME_BYTES
    assert len(Request("message", text, request).encode().encode()) <= FRAME_BYTES
    assert len(Signup(name, (name,) * ROOM_LIMIT, request).encode().encode()) <= MESSAGE_BYTES
    assert len(MultiMessage(name, (name,) * MEMBER_LIMIT).encode().encode()) <= MESSAGE_BYTES // 2 + 4096


STRANGE = [
    "👩‍👩‍👧‍👦",
    "e\u0301",
    "ﬃ",
    "İ",
    "ß",
    "\u202eevil",
    "\u200b",
    "\u3164",
    "\uff21",
    "\u0345",
    "a" * 33,
    "\ufeff",
]


@pytest.mark.parametrize("text", [*STRANGE, "\U0001d504" * 32], ids=ascii)
@settings(max_examples=15, deadline=None, database=None, derandomize=True)
@given(noise=st.text(max_size=40))
def test_clean_names_stay_clean(text: str, noise: str) -> None:
    """Whatever a name is made of: a clean one stays as it is when cleaned again, and compares to itself."""
    for each in (text, noise, text + noise):
        try:
            name = clean_name(each)
        except Refused:
            continue
        assert clean_name(name) == name
        assert fold(fold(name)) == fold(name)
        assert len(name.encode()) <= 4 * 32
        assert 0 < len(fold(name).encode()) <= 12 * 32
