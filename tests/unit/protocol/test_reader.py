"""The client's reader takes old servers, API Gateway's own frames and rubbish for what they are."""

import pytest

from wschat.protocol.events import ClientMessage, Entry, MultiMessage
from wschat.protocol.reader import GatewayError, Unknown, Unreadable, decode_event


def test_old_servers_are_understood() -> None:
    """What older functions leave out has a default."""
    assert decode_event('{"type":"client-message","user":"Ann","message":"hi"}') == ClientMessage("Ann", "hi")
    old = '{"type":"multi-message","room":"Ops","messages":[{"user":"Ann","content":"hi"}]}'
    assert decode_event(old) == MultiMessage("Ops", messages=(Entry("Ann", "hi"),))


@pytest.mark.parametrize(
    "frame",
    [
        *("", "{", "null", "7", '"type"', "[]", '["type"]', "{}", '{"type":[]}', '{"type":"new"}'),
        *("[" * 100_000, '{"message":7,"requestId":"x"}', '{"message":"x","a":1,"b":2,"c":3,"d":4}'),
    ],
    ids=lambda frame: frame[:30],
)
def test_rubbish(frame: str) -> None:
    """What can't be read is kept as it came, and never raises."""
    assert decode_event(frame) == Unknown(frame)


@pytest.mark.parametrize(
    ("type_", "rest", "problem"),
    [
        ("signup", "", "signup has no name"),
        ("signup", '"name":7', "name is not a text"),
        ("ack", '"seq":"x"', "seq is not a whole number"),
        ("ack", '"seq":true', "seq is not a whole number"),
        ("multi-message", '"room":"x","users":"abc"', "users is not a list"),
        ("multi-message", '"room":"x","truncated":1', "truncated is not true or false"),
        ("multi-message", '"room":"x","messages":[7]', "one of messages is not an object"),
        ("multi-message", '"room":"x","messages":[{"user":"a"}]', "one of messages has no content"),
    ],
)
def test_known_types_in_another_form(type_: str, rest: str, problem: str) -> None:
    """It is said what is wrong in it, and what it answers, if its id can be read."""
    frame = f'{{"type":"{type_}"{rest and ","}{rest}}}'
    assert decode_event(frame) == Unreadable(frame, type_, problem)
    for given, id_ in (('"x"', "x"), ("7", None)):
        event = decode_event(f'{frame[:-1]},"id":{given}}}')
        assert isinstance(event, Unreadable)
        assert event.id == id_


def test_frames_of_the_gateway() -> None:
    """A frame of API Gateway's own shape is told from the functions' events."""
    frame = '{"message": "Internal server error", "connectionId":"c=", "requestId":"r"}'
    assert decode_event(frame) == GatewayError("Internal server error", "r")


def test_lone_surrogates_can_be_shown() -> None:
    """JSON can carry what is no text; it is replaced, so that nothing later stumbles over it."""
    event = decode_event('{"type":"client-message","user":"a\\ud800","message":"b"}')
    assert event == ClientMessage("a?", "b")
