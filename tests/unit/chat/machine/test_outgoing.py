"""Requests: one at a time, checked before they go, and looked for after a cut."""

import pytest

from tests.support.play import Play, back, in_room, named, with_bob
from wschat.chat.machine.connection import Closed, Opened
from wschat.chat.machine.effects import (
    Acknowledged,
    FromServer,
    Reconnected,
    RequestFailed,
    RestoreInput,
    Timer,
    Unsent,
)
from wschat.chat.machine.update import Event, Requested
from wschat.protocol import events as wire
from wschat.protocol.events import Ack, ClientMessage, Entry, Error, Signup
from wschat.protocol.reader import GatewayError


def test_one_request_at_a_time() -> None:
    """The next request waits for the reply to the one before; the echo of a message is no reply."""
    play = in_room().feed("one", "two", "three")
    assert play.sent == [("message", "one")]
    assert play.feed(ClientMessage("ann", "one", "ops", 1, 1, play.id)).sent == []
    assert play.feed(Ack(id="somebody-else")).sent == []
    assert play.feed(Ack(id=play.id)).sent == [("message", "two")]
    assert play.feed(GatewayError("Internal server error")).sent == [("message", "three")]
    assert play.feed(Ack(id=play.id)).sent == []
    assert play.state.idle


@pytest.mark.parametrize(
    ("line", "registered", "what"),
    [
        ("hello", False, "you have no name yet"),
        ("/join ops", False, "you have no name yet"),
        ("hello", True, "you are in no room"),
        ("/leave", True, "you are in no room"),
    ],
)
def test_too_early(line: str, registered: bool, what: str) -> None:  # noqa: FBT001
    """What can't work yet is sent nowhere; a text is given back with a hint."""
    play = Play().feed(Opened(1))
    if registered:
        play.feed("/register ann", Signup("ann", (), "me-0"))
    play.feed(line)
    assert play.sent == []
    [failure] = play.shown
    assert isinstance(failure, RequestFailed)
    assert failure.what == what
    assert "/join ROOM" in failure.hint
    assert play.restored == ([] if line.startswith("/") else [line])
    assert play.state.refused


@pytest.mark.parametrize("line", ["/register " + "x" * 33, "/join a#b", "x" * 4001])
def test_refused_before_sending(line: str) -> None:
    """What the server would refuse for its form is not sent."""
    play = in_room().feed(line)
    assert (play.sent, play.state.refused) == ([], True)
    assert isinstance(play.shown[0], RequestFailed)


@pytest.mark.parametrize("arrived", [True, False])
def test_cut_between_a_message_and_its_ack(arrived: bool) -> None:  # noqa: FBT001
    """What the room has is not sent again; what it does not have is, with the same id; both appear once."""
    play = with_bob().feed("hello", "next")
    request = play.id
    play.feed(Closed(1))
    assert [asked.line for asked in play.state.pending] == ["hello", "next"]
    back(play, *([Entry("ann", "hello", 6, id=request)] if arrived else []))
    assert play.said == (["hello"] if arrived else [])
    assert play.sent == [("message", "next" if arrived else "hello")]
    if not arrived:
        assert play.id == request
        assert play.feed(ClientMessage("ann", "hello", "ops", 6, id=request), Ack(6, 1, request)).said == [
            "hello"
        ]
    assert play.feed(ClientMessage("ann", "hello", "ops", 9, id=request)).said == []


def test_more_missed_than_the_room_keeps() -> None:
    """It is said; a message that may have arrived, or not, is marked as failed and comes back."""
    play = with_bob().feed("hello", Closed(1))
    back(play, Entry("bob", "z", 200), truncated=True)
    assert Reconnected(missed=1, truncated=True) in play.shown
    assert RestoreInput(Unsent("hello", doubtful=True)) in play.effects
    assert [item for item in play.shown if isinstance(item, RequestFailed)]


def test_asked_for_at_the_cut() -> None:
    """A room or name that was asked for is asked for again."""
    assert named(with_bob().feed("/join dev", Closed(1))).sent == [("join", "dev")]
    play = Play().feed(Opened(1), "/register ann", Closed(1), Opened(2))
    assert play.sent[-1] == ("register", "ann")
    play = with_bob().feed("/register eve", Closed(1), Opened(2))
    assert play.feed(Error("in-a-room", "", play.id)).sent == [("register", "ann")]


@pytest.mark.parametrize(("action", "code"), [("join", "no-such-room"), ("create", "room-exists")])
def test_a_room_asked_for_at_the_cut(action: str, code: str) -> None:
    """It is asked for again with its ids, and nothing else for it; refused, the room of before comes back."""
    play = with_bob().feed(Requested("line", action, "dev", "mine")).feed(Closed(1))
    assert play.state.unsent == (Unsent("line", doubtful=True, id="mine"),)
    named(play)
    assert (play.sent, play.id) == ([(action, "dev")], "me-2")
    assert play.feed(wire.MultiMessage("dev", ("ann",), id="me-2")).room == "dev"
    assert FromServer(wire.MultiMessage("dev", ("ann",), id="mine"), "ann") in play.shown
    for refusal in (Error(code, "", "me-2"), GatewayError("Forbidden")):
        play = named(with_bob().feed(Requested("line", action, "dev", "mine")).feed(Closed(1))).feed(refusal)
        assert [item.tag for item in play.shown if isinstance(item, RequestFailed)] == ["mine"]
        assert play.sent == [("join", "ops")]
        assert play.feed(wire.MultiMessage("ops", ("ann", "bob"), id=play.id)).state.idle


def test_a_name_asked_for_at_the_cut() -> None:
    """Its answer has the program's id; refused, the chat goes on without one."""
    play = Play().feed(Opened(1), Requested("line", "register", "ann", "mine"), Closed(1), Opened(2))
    assert FromServer(Signup("ann", (), "mine"), "ann") in play.feed(Signup("ann", (), "me-0")).shown
    play = Play().feed(Opened(1), Requested("line", "register", "ann", "mine"), Closed(1), Opened(2))
    assert play.feed(Error("name-taken", "", "me-0")).state.status == "connected"


@pytest.mark.parametrize("end", [Closed(1), GatewayError("Internal server error"), Timer.REPLY])
def test_a_message_that_came_back_without_its_ack(end: Event | wire.Event) -> None:
    """What the room has told of did arrive, whatever becomes of the reply: it is not sent again."""
    play = with_bob().feed("hello", ClientMessage("ann", "hello", "ops", 6, id="me-2")).feed(end)
    assert Acknowledged(Ack(), "message", "ops") in play.effects
    assert (play.state.unsent, play.restored) == ((), [])
    assert not play.state.refused
