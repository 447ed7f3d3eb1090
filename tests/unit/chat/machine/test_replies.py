"""What answers requests: replies, refusals, failures of the gateway."""

import pytest

from tests.support.play import Play, back, in_room, named, with_bob
from wschat.chat.machine.advice import FUNCTIONS
from wschat.chat.machine.connection import Closed, Opened
from wschat.chat.machine.effects import Reconnected, RequestFailed, Timer
from wschat.lab.blueprint import FUNCTIONS as SPECS
from wschat.protocol import events as wire
from wschat.protocol.events import Entry, Error, MultiMessage, Signup
from wschat.protocol.reader import GatewayError
from wschat.protocol.requests import Action


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


def test_an_answer_without_an_id() -> None:
    """It answers what is in flight if its type does."""
    play = in_room().feed("hi", Signup("ann", ()))
    assert play.state.in_flight
    assert play.feed(wire.Ack()).state.idle
    play = Play(wanted_name="ann", wanted_room="ops").feed(Opened(1), Signup("ann", ()), MultiMessage("ops"))
    assert play.room == "ops"


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
