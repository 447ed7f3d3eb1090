"""The chat's state machine: wishes, races, failures, and never two requests at a time."""

from dataclasses import replace

import pytest

from tests.support.play import Play, in_room
from wschat.chat.machine.effects import Quit, Send
from wschat.chat.machine.events import Closed, Opened, ReplyTimedOut, Timer
from wschat.chat.machine.items import (
    Acknowledged,
    Failure,
    FromServer,
    Listing,
    Members,
    Message,
    Notice,
    Presence,
    Unsent,
)
from wschat.chat.machine.state import ChatState, Status
from wschat.chat.machine.update import update
from wschat.protocol import events as wire
from wschat.protocol import reader
from wschat.protocol.events import Ack, ClientMessage, Entry, Error, MultiMessage, Signup, UserJoined
from wschat.protocol.reader import GatewayError
from wschat.protocol.requests import Request

NEWS = (("a", 1), ("b", 2), ("c", 3), ("d", 4), ("e", 5))


def test_wishes_are_fulfilled_in_order() -> None:
    """Register goes first, with the token, and the room is joined when there is a name."""
    play = Play(wanted_name="ann", wanted_room="ops").feed(Opened(1))
    assert Send(Request("register", "ann", id="me-0", token="secret")) in play.effects
    assert play.feed(Signup("ann", (), "me-0")).sent == [("join", "ops")]
    play.feed(MultiMessage("ops", ("ann", "bob"), (Entry("bob", "hi", 7, 8),), id=play.id))
    assert play.room == "ops"
    assert play.state.idle
    said = ClientMessage("bob", "hi", "ops", 7, 8)
    entered = FromServer(MultiMessage("ops", ("ann", "bob")), "ann")
    assert play.shown == [entered, Message(said, "ann")]


def test_wished_room_is_created_when_there_is_none() -> None:
    """A room that does not exist is made; one made meanwhile by another is joined."""
    play = Play(wanted_name="ann", wanted_room="ops").feed(Opened(1), Signup("ann", (), "me-0"))
    assert play.feed(Error("no-such-room", "", play.id)).sent == [("create", "ops")]
    assert play.feed(Error("room-exists", "", play.id)).sent == [("join", "ops")]
    assert not play.state.refused


def test_wished_room_is_given_up() -> None:
    """A server that says now this, now that, is not asked for ever."""
    play = Play(wanted_name="ann", wanted_room="ops").feed(Opened(1), Signup("ann", (), "me-0"))
    for code in ("no-such-room", "room-exists"):
        play.feed(Error(code, "", play.id))
    play.feed(Error("no-such-room", "gone again", play.id))
    assert play.sent == []
    [failure] = play.shown
    assert isinstance(failure, Failure)
    assert (failure.about, failure.what) == ("/join ops", "gone again")
    assert play.state.refused


def test_wished_name_taken_then_room_still_joined() -> None:
    """The wished room is entered once a name is found by hand."""
    play = Play(wanted_name="ann", wanted_room="ops").feed(Opened(1), Error("name-taken", "taken", "me-0"))
    hint = "choose another: /register NAME"
    assert play.shown == [Failure("/register ann", "taken", hint, "name-taken")]
    play.feed("/register eve", Signup("eve", (), "me-1"))
    assert play.sent == [("register", "eve"), ("join", "ops")]


def test_typed_before_the_wishes_are_fulfilled() -> None:
    """Text entered while connecting waits behind the wishes."""
    play = Play(wanted_name="ann", wanted_room="ops").feed("hello", Opened(1))
    assert play.sent == [("register", "ann")]
    assert play.feed(Signup("ann", (), play.id)).sent == [("join", "ops")]
    assert play.feed(MultiMessage("ops", ("ann",), id=play.id)).sent == [("message", "hello")]


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


def test_ids_differ() -> None:
    """No two requests of a client share an id."""
    play = in_room()
    ids = {play.id for _ in range(5) if play.feed("text", Ack(id="none"))}
    for _ in range(4):
        play.feed(Ack(id=play.id))
        ids.add(play.id)
    assert len(ids) == 5


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
    assert isinstance(failure, Failure)
    assert failure.what == what
    assert "/join ROOM" in failure.hint
    assert play.given_back == ([] if line.startswith("/") else [line])
    assert play.state.refused


def test_slash_texts() -> None:
    """Two slashes at the start send one; the line that is given back is as typed."""
    play = in_room().feed("//etc/passwd")
    assert play.sent == [("message", "/etc/passwd")]
    assert play.feed(Error("too-long", "", play.id)).given_back == ["//etc/passwd"]


@pytest.mark.parametrize("line", ["", "   ", "\t"])
def test_blank_lines(line: str) -> None:
    """Nothing is sent for a line without text."""
    assert in_room().feed(line).effects == []


@pytest.mark.parametrize("line", ["/register " + "x" * 33, "/join a#b", "x" * 4001])
def test_refused_before_sending(line: str) -> None:
    """What the server would refuse for its form is not sent."""
    play = in_room().feed(line)
    assert play.sent == []
    assert play.state.refused
    assert isinstance(play.shown[0], Failure)


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("Forbidden", "Forbidden: API Gateway has no route", "wschat provision"),
        ("Internal server error", "Internal server error: the function failed", "/aws/lambda/SendMessage"),
        ("Endpoint request timed out", "Endpoint request timed out: ", "/aws/lambda/SendMessage"),
        ("Too Many Requests", "Too Many Requests: ", "try again"),
        ("New words", "New words", ""),
    ],
)
def test_gateway_errors(text: str, what: str, hint: str) -> None:
    """A frame of API Gateway fails the request, is explained, and the text comes back."""
    play = in_room().feed("hello", GatewayError(text))
    [failure] = play.shown
    assert isinstance(failure, Failure)
    assert failure.about == "your message"
    assert failure.what.startswith(what)
    assert hint in failure.hint
    assert play.given_back == ["hello"]
    assert play.state.idle
    assert play.state.refused


def test_gateway_error_about_nothing() -> None:
    """A frame of API Gateway that comes too late is shown and fails nothing."""
    play = in_room().feed(GatewayError("Internal server error"))
    assert play.shown
    assert not play.state.refused


def test_no_reply() -> None:
    """A message without a reply is sent again on another connection, then counts as failed."""
    play = in_room().feed("/join dev", ReplyTimedOut("me-0"))
    assert play.effects == [Send(Request("join", "dev", id="me-2"))]
    play = in_room().feed("hello", ReplyTimedOut("me-2"))
    assert play.given_back == []
    assert play.closed == [1]
    play.feed(Opened(2), Signup("ann", ("ops",), "me-3"), MultiMessage("ops", ("ann",), id="me-4"))
    assert play.sent[-1] == ("message", "hello")
    play.feed(ReplyTimedOut("me-2"))
    assert play.given_back == ["hello"]
    assert play.state.idle
    assert play.feed(Ack(id="me-2")).effects == []


def test_error_without_id() -> None:
    """The $default route echoes no id: its error is about the request that waits."""
    play = in_room().feed("hello", Error("unknown-action", "no such action"))
    assert play.given_back == ["hello"]
    assert play.state.idle


def test_history_and_news_overlap() -> None:
    """A message that overtakes the reply to join is shown once, and in its place."""
    first, second, third, fourth, fifth = (ClientMessage("bob", text, "ops", seq) for text, seq in NEWS)
    play = Play().feed(Opened(1), "/register ann", Signup("ann", (), "me-0"), "/join Ops")
    assert play.feed(fourth, third, second).shown == []
    history = tuple(Entry(said.user, said.message, said.seq) for said in (first, second))
    play.feed(MultiMessage("ops", ("ann", "bob"), history, id=play.id))
    assert play.said == ["a", "b", "c", "d"]
    assert play.feed(first, fifth).said == ["e"]


def test_other_rooms_are_not_heard() -> None:
    """A message from a room that was left is not shown."""
    assert in_room().feed(ClientMessage("bob", "hi", "old", 9)).shown == []


def test_members_come_and_go() -> None:
    """Join and leave notices change the list, once each."""
    play = in_room()
    joined, left = UserJoined("bob", "OPS"), wire.UserLeft("bob", "ops")
    assert play.feed(joined, joined).shown == [Presence((UserJoined("bob", "ops"),))]
    assert play.members == ["ann", "bob"]
    assert play.feed(left, wire.UserLeft("bob", "other"), Timer.PRESENCE).shown == [
        Presence((wire.UserLeft("bob", "ops"),))
    ]
    assert play.members == ["ann"]


def test_bursts_of_notices_fold() -> None:
    """The first is shown at once, the others in one line; nobody speaks before they have joined."""
    play = in_room().feed(*(UserJoined(name, "ops") for name in "bcdef"))
    assert play.shown == [Presence((UserJoined("b", "ops"),))]
    play.feed(ClientMessage("b", "hi", "ops", 1))
    assert play.said == ["hi"]
    play.feed(ClientMessage("e", "hi", "ops", 2))
    assert play.shown[0] == Presence(tuple(UserJoined(name, "ops") for name in "cdef"))
    assert play.feed(Timer.PRESENCE).shown == []
    assert play.feed(wire.UserLeft("b", "ops")).shown == [Presence((wire.UserLeft("b", "ops"),))]


def test_rooms_come_and_go() -> None:
    """The list of rooms follows; the room that we are in is never gone, whatever comes late."""
    play = in_room().feed(wire.SingleRoom("dev"), wire.SingleRoom("ops"))
    assert play.shown == [FromServer(wire.SingleRoom("dev"))]
    play.feed(wire.DeleteRoom("dev"), wire.DeleteRoom("ops"))
    assert play.state.rooms == ("ops",)
    assert play.room == "ops"


def test_leave() -> None:
    """The ack of leave empties the room; that of a message doesn't."""
    play = in_room().feed("hi", Ack(1, 2, "me-2"))
    assert play.room == "ops"
    play.feed("/leave", Ack(id="me-3"))
    assert play.room is None
    assert play.shown == [Acknowledged(Ack(), "leave", "ops")]


def test_unreadable_frames() -> None:
    """Events of newer servers are ignored; rubbish gets one line, and is no answer."""
    play = in_room().feed(reader.Unknown('{"type": "new-thing"}'), wire.Pong())
    assert play.effects == []
    assert len(play.feed(reader.Unknown("Task timed out"), reader.Unknown("[1]")).shown) == 2
    play = in_room().feed("hi", reader.Unknown("Task timed out"))
    assert play.state.unsent == (Unsent("hi", doubtful=True),)


def test_welcome_and_lists() -> None:
    """Without a name the three steps are shown; lists come without asking the server."""
    play = Play().feed(Opened(1), "/help", "/rooms", "/users")
    assert [type(item) for item in play.shown] == [Listing, Listing, Notice, Notice]
    assert play.sent == []
    assert in_room(["ann", "bob"]).feed("/users").shown == [Members("ops", ("ann", "bob"))]


def test_quit_waits_for_replies() -> None:
    """What was sent is waited for; a second /quit does not wait."""
    assert in_room().feed("/quit").effects == [Quit()]
    assert Play().feed("/quit").effects == [Quit()]
    assert Quit() not in Play().feed("/register ann", "/quit").effects
    play = in_room().feed("bye", "/quit")
    assert Quit() not in play.effects
    assert play.feed(Ack(id=play.id)).effects[-1] == Quit()
    assert Quit() in in_room().feed("bye", "/quit", "/quit").effects


def test_lost_connection_keeps_what_was_typed() -> None:
    """The message that was in flight and those behind it are known after the cut, wishes are none of them.

    Only of the first nobody knows whether it arrived.
    """
    play = in_room().feed("one", "two", Closed(1))
    assert play.state.status is Status.RECONNECTING
    assert play.state.unsent == (Unsent("one", doubtful=True), Unsent("two"))
    assert Play(wanted_name="ann").feed(Opened(1)).state.unsent == ()


def test_state_is_a_value() -> None:
    """An update changes no state but returns another."""
    state = ChatState("me", "secret")
    before = replace(state)
    update(state, Opened(1))
    assert state == before
