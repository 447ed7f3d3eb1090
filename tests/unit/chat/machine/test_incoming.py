"""What the server says: replies, refusals, failures of the gateway, and news."""

from dataclasses import replace

import pytest

from tests.support.play import Play, back, in_room, named, with_bob
from wschat.chat.machine import effects
from wschat.chat.machine.advice import FUNCTIONS
from wschat.chat.machine.connection import Closed, Opened
from wschat.chat.machine.effects import FromServer, Listing, Reconnected, RequestFailed, Timer, Unsent
from wschat.chat.machine.incoming import Received, Sent
from wschat.lab.blueprint import FUNCTIONS as SPECS
from wschat.protocol import events as wire
from wschat.protocol.events import ClientMessage, DeleteRoom, Entry, Error, MultiMessage, Signup, SingleRoom
from wschat.protocol.lab_wire import OtherWire
from wschat.protocol.reader import GatewayError, Unknown, Unreadable
from wschat.protocol.requests import Action

NEWS = (("a", 1), ("b", 2), ("c", 3), ("d", 4), ("e", 5))


@pytest.mark.parametrize("ours", [False, True])
def test_a_room_that_is_not_there(ours: bool) -> None:  # noqa: FBT001
    """One that is wanted, or was ours, is made; if somebody else was quicker, it is joined; not for ever."""
    play = named(with_bob().feed(Closed(1)) if ours else Play(wanted_name="ann", wanted_room="ops"))
    assert play.feed(Error("no-such-room", "", play.id)).sent == [("create", "ops")]
    assert play.feed(Error("room-exists", "", play.id)).sent == [("join", "ops")]
    assert not play.state.refused
    play.feed(Error("no-such-room", "gone again", play.id))
    assert play.sent == []
    [failure] = play.shown
    assert isinstance(failure, RequestFailed)
    assert (failure.about, failure.what) == ("/join ops", "gone again")
    assert play.state.refused


def test_wished_name_taken_then_room_still_joined() -> None:
    """The wished room is entered once a name is found by hand."""
    play = Play(wanted_name="ann", wanted_room="ops").feed(Opened(1), Error("name-taken", "taken", "me-0"))
    hint = "choose another: /register NAME"
    assert play.shown == [RequestFailed("/register ann", "taken", hint, "name-taken")]
    play.feed("/register eve", Signup("eve", (), "me-1"))
    assert play.sent == [("register", "eve"), ("join", "ops")]


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("Forbidden", "Forbidden: API Gateway has no route", "wschat provision"),
        ("Internal server error", "Internal server error: the function failed", "what SendMessage raised"),
        ("Endpoint request timed out", "Endpoint request timed out: ", "how long SendMessage took"),
        ("Too Many Requests", "Too Many Requests: ", "try again"),
        ("New words", "New words", ""),
    ],
)
def test_gateway_errors(text: str, what: str, hint: str) -> None:
    """A frame of API Gateway fails the request, is explained, and the text comes back."""
    play = in_room().feed("hello", GatewayError(text))
    [failure] = play.shown
    assert isinstance(failure, RequestFailed)
    assert failure.about == "your message"
    assert failure.what.startswith(what)
    assert hint in failure.hint
    assert play.restored == ["hello"]
    assert play.state.idle
    assert play.state.refused


def test_functions() -> None:
    """What to look into exists: the function of each action is one of the lab's."""
    assert FUNCTIONS.keys() == set(Action) - {Action.PING}
    assert set(FUNCTIONS.values()) <= {spec.name for spec in SPECS}


def test_history_and_news_overlap() -> None:
    """A message that overtakes the reply to join is shown once, and in its place."""
    first, second, third, fourth, fifth = (ClientMessage("bob", text, "ops", seq) for text, seq in NEWS)
    play = Play().feed(Opened(1), "/register ann", Signup("ann", (), "me-0"), "/join Ops")
    assert play.feed(fourth, third, second).shown == []
    history = tuple(Entry(said.user, said.message, said.seq) for said in (first, second))
    play.feed(MultiMessage("ops", ("ann", "bob"), history, id=play.id))
    assert play.said == ["a", "b", "c", "d"]
    assert play.feed(first, fifth).said == ["e"]


def test_rooms_come_and_go() -> None:
    """The list of rooms follows; the room that we are in is never gone, whatever comes late."""
    play = in_room().feed(SingleRoom("dev"), SingleRoom("ops"))
    assert play.shown == [FromServer(SingleRoom("dev"))]
    assert [*play.state.rooms] == ["dev", "ops"]
    play.feed(DeleteRoom("dev"), DeleteRoom("ops"))
    assert play.state.rooms == ("ops",)
    assert play.room == "ops"


def test_unreadable_frames() -> None:
    """Events of newer servers are ignored; rubbish gets one line, and is no answer."""
    play = in_room().feed(Unknown('{"type": "new-thing"}'))
    assert play.effects == []
    assert len(play.feed(Unknown("Task timed out"), Unknown("[1]")).shown) == 2
    play = in_room().feed("hi", Unknown("Task timed out"))
    assert play.state.unsent == (Unsent("hi", doubtful=True),)


UNREADABLE = Unreadable('{"type":"ack"}', "ack", "seq is not a text")


@pytest.mark.parametrize(
    ("line", "frame", "fails"),
    [
        ("hi", UNREADABLE, True),
        ("hi", replace(UNREADABLE, id="me-2"), True),
        ("hi", replace(UNREADABLE, id="me-1"), False),
        ("hi", replace(UNREADABLE, of="user-joined"), False),
        ("/join dev", replace(UNREADABLE, of="multi-message"), True),
        ("/leave", replace(UNREADABLE, of="error"), True),
        ("/join dev", UNREADABLE, False),
        ("", UNREADABLE, False),
    ],
)
def test_an_answer_that_can_not_be_read(line: str, frame: Unreadable, fails: bool) -> None:  # noqa: FBT001
    """What waits for it fails, with what is wrong in it; whatever else it is, that is said."""
    play = in_room().feed(line, frame)
    [failure] = [item for item in play.shown if isinstance(item, RequestFailed)]
    assert "seq is not a text" in failure.what
    assert frame.frame in failure.hint
    assert bool(failure.about) is fails
    assert play.state.idle is (fails or not line)


def test_an_answer_without_an_id() -> None:
    """It answers what is in flight if its type does."""
    play = in_room().feed("hi", Signup("ann", ()))
    assert play.state.in_flight
    assert play.feed(wire.Ack()).state.idle
    play = Play(wanted_name="ann", wanted_room="ops").feed(Opened(1), Signup("ann", ()), MultiMessage("ops"))
    assert play.room == "ops"


def test_another_wire() -> None:
    """It is told of, and what is not to be had there."""
    play = in_room().feed(OtherWire("lab", ("no ids", "no acks")))
    told, listing = play.shown
    assert told == FromServer(OtherWire("lab", ("no ids", "no acks")))
    assert isinstance(listing, Listing)
    assert listing.rows == (("no ids", ""), ("no acks", ""))


def test_no_route_to_register_at() -> None:
    """Two things are possible, and both are said: ours may lack that route, and others have none."""
    play = Play(wanted_name="ann").feed(Opened(1), GatewayError("Forbidden"))
    [failure] = [item for item in play.shown if isinstance(item, RequestFailed)]
    assert "wschat provision" in failure.hint
    assert "--wire lab" in failure.hint
    assert "--wire simple" in failure.hint
    [other] = in_room().feed("hi", GatewayError("Forbidden")).shown
    assert isinstance(other, RequestFailed)
    assert "--wire" not in other.hint


def test_truncated_only_if_something_is_missing() -> None:
    """A log that reaches back to what was seen is complete, whatever it no longer has."""
    play = back(with_bob().feed(Closed(1)), Entry("bob", "b", 6), truncated=True)
    assert Reconnected(missed=1) in play.shown


def test_room_made_again() -> None:
    """Who comes back to a room that was gone is told so."""
    play = named(with_bob().feed(Closed(1))).feed(Error("no-such-room", "", "me-3"))
    play.feed(MultiMessage("ops", ("ann",), id=play.id))
    assert Reconnected(remade=True) in play.shown


def test_name_gone_meanwhile() -> None:
    """What waits is marked as failed, and the room is entered again once there is a name."""
    play = with_bob().feed(Closed(1), "hello", Opened(2))
    play.feed(Error("name-taken", "taken", play.id))
    assert play.restored == ["hello"]
    assert play.state.name is None
    assert play.feed("/register eve", Signup("eve", ("ops",), "me-4")).sent[-1] == ("join", "ops")


@pytest.mark.parametrize("answer", [Error("busy", ""), GatewayError("Too Many Requests"), "no reply"])
def test_a_busy_server_is_asked_again(answer: Error | GatewayError | str) -> None:
    """What we had is asked for again, on another connection and after a longer pause."""
    play = with_bob().feed(Closed(1), Opened(2))
    play.feed(*([Timer.REPLY] * 2 if isinstance(answer, str) else [answer]))
    assert play.closed == [2]
    assert play.state.name == "ann"
    [connect] = play.connects
    assert connect.after > 1


def test_a_server_that_is_busy_at_first_is_asked_again() -> None:
    """What the command line wishes is asked for again too; what a person types is answered."""
    play = Play(wanted_name="ann", wanted_room="ops").feed(Opened(1)).feed(Error("busy", "later"))
    assert play.state.connection.trouble == "later"
    assert (play.closed, play.state.wanted_name, play.state.wanted_room) == ([1], "ann", "ops")
    named(play).feed(Error("busy", "", play.id))
    assert (play.closed, play.state.wanted_room) == ([2], "ops")
    named(play)
    assert play.feed(MultiMessage("ops", ("ann",), id=play.id)).room == "ops"
    play.feed("/create other")
    assert isinstance(play.feed(Error("busy", "later", play.id)).shown[-1], RequestFailed)
    assert play.connects == []


def came(event: wire.Event, text: str = "it") -> Received:
    """Return that an event came, in a frame of this text."""
    return Received(event, None, text, 7)


@pytest.mark.parametrize(
    "reply", [Unknown("echo"), wire.Signup("bob", ()), wire.Ack(), GatewayError("Forbidden"), wire.Pong()]
)
def test_a_raw_frame(reply: wire.Event) -> None:
    """It goes as it was typed, without a name too; the reply is shown as it came, and nothing else of it."""
    play = Play().feed(Opened(1), "/raw  nonsense")
    (sent,) = (effect.request for effect in play.effects if isinstance(effect, effects.Send))
    assert (sent.encode(), play.timers[Timer.REPLY]) == (" nonsense", play.state.reply_wait)
    before = play.state
    assert play.feed(wire.SingleRoom("ops")).state.in_flight, "news are no reply"
    assert play.feed(came(reply)).shown == [effects.Frame(sent=False, text="it", time=7)]
    assert (play.state.idle, play.state.name) == (True, before.name)


def test_a_raw_frame_without_a_reply() -> None:
    """What comes after it waits until it is clear that no reply comes; after a cut it is not sent again."""
    play = in_room().feed("/raw {}", "hello")
    assert play.sent == [("raw", "{}")]
    play.feed(Timer.REPLY)
    assert play.sent == [("message", "hello")]
    assert isinstance(play.shown[0], effects.Notice)
    play.feed(wire.Ack(id=play.id), "/raw {}", Closed(1, "cut"))
    assert any(isinstance(item, RequestFailed) and item.about == "/raw {}" for item in play.shown)
    assert not play.state.outbox


def test_half_a_character() -> None:
    """What is no text is not sent."""
    play = in_room().feed("/raw \ud800")
    assert (play.sent, play.state.refused) == ([], True)


def test_frames() -> None:
    """Frames are shown as they are, but for credentials, beside what they mean; else not at all."""
    for frames_shown, shown in ((True, 2), (False, 0)):
        play = in_room(frames=frames_shown).feed(
            Sent('{"token":"secret"}', 1), came(wire.ClientMessage("eve", "hi", "ops", 1), "in")
        )
        frames = [item for item in play.shown if isinstance(item, effects.Frame)]
        assert len(frames) == shown
        assert "secret" not in str(frames)
        assert play.said == ["hi"]
    known = in_room(frames=True).feed(Received(wire.ClientMessage("eve", "hi", "ops", 1)))
    assert not any(isinstance(item, effects.Frame) for item in known.shown), "it came in no frame"
