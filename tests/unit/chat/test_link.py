"""The connection's life, as far as it needs no socket: when it is tried again, given up."""

import pytest

from tests.support.play import Play, back, with_bob
from wschat.chat.machine.connection import KEEPALIVE_EVERY, LONGEST_PAUSE, OFFLINE_PAUSE
from wschat.chat.machine.effects import GiveBack, GiveUp, Quit, Send
from wschat.chat.machine.events import Closed, Fault, Opened, ReplyTimedOut, Resumed, Timer
from wschat.chat.machine.items import Acknowledged, Disconnected, Failure, Presence, Reconnected, Unsent
from wschat.chat.machine.state import Status
from wschat.protocol.events import (
    Ack,
    ClientMessage,
    Entry,
    Error,
    MultiMessage,
    Pong,
    Signup,
    UserJoined,
    UserLeft,
)
from wschat.protocol.reader import GatewayError
from wschat.protocol.requests import Request


def test_after_a_cut_all_is_as_before() -> None:
    """The name comes back by the token, the room by what was seen last; what was missed comes in order."""
    play = with_bob().feed(Closed(1, "gone"))
    assert play.state.status is Status.RECONNECTING
    assert play.shown == [Disconnected("gone")]
    [connect] = play.connects
    assert connect.number == 2
    assert connect.after <= 1
    play.feed(Opened(2))
    assert Send(Request("register", "ann", id=play.id, token="secret")) in play.effects
    play.feed(Signup("ann", ("ops",), play.id))
    assert play.effects == [Send(Request("join", "ops", id=play.id, after=5))]
    play.feed(ClientMessage("bob", "d", "ops", 8))
    assert play.said == []
    play.feed(MultiMessage("ops", ("ann", "eve"), (Entry("bob", "c", 7), Entry("bob", "b", 6)), id=play.id))
    assert play.shown[:2] == [
        Reconnected(missed=3),
        Presence((UserJoined("eve", "ops"), UserLeft("bob", "ops"))),
    ]
    assert play.said == ["b", "c", "d"]
    assert play.state.idle


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


def test_an_id_that_somebody_else_took() -> None:
    """What somebody else said under our id does not pass for ours, which is sent again."""
    play = with_bob().feed("hello")
    request = play.id
    play.feed(Closed(1))
    back(play, Entry("mallory", "not hello", 6, id=request))
    assert play.sent == [("message", "hello")]


def test_more_missed_than_the_room_keeps() -> None:
    """It is said; a message that may have arrived, or not, is marked as failed and comes back."""
    play = with_bob().feed("hello", Closed(1))
    back(play, Entry("bob", "z", 200), truncated=True)
    assert Reconnected(missed=1, truncated=True) in play.shown
    assert GiveBack(Unsent("hello", doubtful=True)) in play.effects
    assert [item for item in play.shown if isinstance(item, Failure)]


def test_truncated_only_if_something_is_missing() -> None:
    """A log that reaches back to what was seen is complete, whatever it no longer has."""
    play = back(with_bob().feed(Closed(1)), Entry("bob", "b", 6), truncated=True)
    assert Reconnected(missed=1) in play.shown


def test_a_room_that_may_have_forgotten() -> None:
    """With a gap in what was seen, and a log that does not reach back to it, nothing is said twice."""
    play = with_bob().feed(ClientMessage("bob", "x", "ops", 7), Timer.REORDER, "hello", Closed(1))
    back(play, Entry("bob", "x", 7), truncated=True)
    assert play.given_back == ["hello"]
    assert not play.state.pending


def test_room_gone_meanwhile() -> None:
    """It is made again; if somebody else was quicker, it is joined."""
    play = with_bob().feed(Closed(1), Opened(2))
    play.feed(Signup("ann", (), play.id))
    assert play.feed(Error("no-such-room", "", play.id)).sent == [("create", "ops")]
    assert play.feed(Error("room-exists", "", play.id)).sent == [("join", "ops")]
    play.feed(Closed(2), Opened(3))
    play.feed(Signup("ann", (), play.id))
    play.feed(Error("no-such-room", "", play.id))
    play.feed(MultiMessage("ops", ("ann",), id=play.id))
    assert Reconnected(remade=True) in play.shown


def test_name_gone_meanwhile() -> None:
    """What waits is marked as failed, and the room is entered again once there is a name."""
    play = with_bob().feed(Closed(1), "hello", Opened(2))
    play.feed(Error("name-taken", "taken", play.id))
    assert play.given_back == ["hello"]
    assert play.state.name is None
    assert play.feed("/register eve", Signup("eve", ("ops",), "me-4")).sent[-1] == ("join", "ops")


@pytest.mark.parametrize("answer", [Error("busy", ""), GatewayError("Too Many Requests"), "no reply"])
def test_a_busy_server_is_asked_again(answer: Error | GatewayError | str) -> None:
    """What we had is asked for again, on another connection and after a longer pause."""
    play = with_bob().feed(Closed(1), Opened(2))
    play.feed(ReplyTimedOut(play.id) if isinstance(answer, str) else answer)
    assert play.closed == [2]
    assert play.state.name == "ann"
    [connect] = play.connects
    assert connect.after > 1


def test_a_server_that_is_busy_at_first_is_asked_again() -> None:
    """What the command line wishes is asked for again too; what a person types is answered."""
    play = Play(wanted_name="ann", wanted_room="ops").feed(Opened(1)).feed(Error("busy", ""))
    assert (play.closed, play.state.wanted_name, play.state.wanted_room) == ([1], "ann", "ops")
    play.feed(Opened(2))
    play.feed(Signup("ann", (), play.id))
    play.feed(Error("busy", "", play.id))
    assert (play.closed, play.state.wanted_room) == ([2], "ops")
    play.feed(Opened(3))
    play.feed(Signup("ann", (), play.id))
    assert play.feed(MultiMessage("ops", ("ann",), id=play.id)).room == "ops"
    play.feed("/create other")
    assert isinstance(play.feed(Error("busy", "later", play.id)).shown[-1], Failure)
    assert play.connects == []


def test_pauses_grow() -> None:
    """They grow to a bound, begin anew once all is as before, and obey who wants more of them."""
    play = with_bob().feed(Closed(1))
    pauses = [play.connects[0].after]
    for _ in range(9):
        play.feed(Closed(play.state.connections))
        pauses.append(play.connects[0].after)
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
    play.feed(Opened(play.state.connections), Closed(play.state.connections))  # it is open, and of no use
    assert play.connects[0].after == LONGEST_PAUSE
    back(play).feed(Closed(play.state.connections))
    assert play.connects[0].after <= 1
    assert play.feed(Closed(play.state.connections, fault=Fault.BUSY)).connects[0].after >= 4
    assert play.feed(Closed(play.state.connections, fault=Fault.THROTTLED)).connects[0].after >= 60
    for _ in range(5):
        assert (
            play.feed(Closed(play.state.connections, fault=Fault.OFFLINE)).connects[0].after == OFFLINE_PAUSE
        )


def test_pauses_grow_without_a_name_too() -> None:
    """Who has no name yet can't tell whether the server does its work, until it answers a ping."""
    play = Play().feed(Opened(1))
    pauses = []
    for _ in range(4):
        pauses.append(play.feed(Closed(play.state.connections)).connects[0].after)
        play.feed(Opened(play.state.connections))
    assert pauses == sorted(set(pauses))
    play.feed(Pong())
    assert play.feed(Closed(play.state.connections)).connects[0].after == pauses[0]


def test_pauses_stay_short_while_the_server_answers() -> None:
    """A cut on the way back into the room is soon mended, however many there were; not if it is busy."""
    play = with_bob().feed(Closed(1))
    for _ in range(9):
        play.feed(Closed(play.state.connections))

    def on_the_way() -> Play:
        play.feed(Opened(play.state.connections))
        return play.feed(Signup("ann", ("ops",), play.id))

    pauses = [on_the_way().feed(Closed(play.state.connections)).connects[0].after for _ in range(3)]
    assert max(pauses) < 3
    pauses = [on_the_way().feed(Error("busy", "", play.id)).connects[0].after for _ in range(3)]
    assert pauses == sorted(set(pauses))
    assert on_the_way().feed(Closed(play.state.connections)).connects[0].after < 3


def test_what_is_in_vain_ends_the_chat() -> None:
    """A lasting fault ends it, as does the first connection if it can't be opened, unless that is busy."""
    assert with_bob().feed(Closed(1, "kicked", "ask", Fault.PERMANENT)).effects == [GiveUp("kicked", "ask")]
    assert Play().feed(Closed(1, "nobody", "")).effects == [GiveUp("nobody", "", was_open=False)]
    assert Play().feed(Closed(1, "busy", "", Fault.BUSY)).connects
    play = with_bob(reconnect_limit=7.0).feed(Closed(1, "gone"))
    assert play.timers[Timer.GIVE_UP] == 7
    assert play.feed(Timer.GIVE_UP).effects == [GiveUp("no way back: gone", "try again later")]
    assert back(with_bob(reconnect_limit=7.0).feed(Closed(1))).feed(Timer.GIVE_UP).effects == []


def test_sleep() -> None:
    """After a sleep the old connection is not trusted, and a pause is not waited for."""
    play = with_bob().feed(Resumed())
    assert play.closed == [1]
    assert [connect.after for connect in play.connects] == [0]
    play.feed(Closed(play.state.connections, fault=Fault.BUSY), Resumed())
    assert play.connects[-1].after == 0
    assert Play().feed(Resumed()).effects == []


def test_keepalive() -> None:
    """A ping goes every five minutes, answered or not; an old lab's refusal of it is no news."""
    play = with_bob()
    assert play.feed(Timer.KEEPALIVE).effects[0] == Send(Request("ping"))
    assert play.timers == {Timer.KEEPALIVE: KEEPALIVE_EVERY}
    for answer in (Pong(), GatewayError("Forbidden"), Error("unknown-action", "no")):
        assert play.feed(Timer.KEEPALIVE, answer).shown == []
    assert play.feed(GatewayError("Forbidden")).shown
    play.feed("hello", Timer.KEEPALIVE, GatewayError("Forbidden"))
    assert play.state.in_flight


def test_leave_in_flight() -> None:
    """It is done after the cut, though the room had to be entered again."""
    play = back(with_bob().feed("/leave", Closed(1)))
    assert play.sent == [("leave", "")]
    assert Acknowledged(Ack(), "leave", "ops") in play.feed(Ack(id=play.id)).shown


def test_asked_for_at_the_cut() -> None:
    """A room or name that was asked for is asked for again."""
    play = with_bob().feed("/join dev", Closed(1), Opened(2))
    assert play.feed(Signup("ann", (), play.id)).sent == [("join", "dev")]
    play = Play().feed(Opened(1), "/register ann", Closed(1), Opened(2))
    assert play.sent[-1] == ("register", "ann")
    play = with_bob().feed("/register eve", Closed(1), Opened(2))
    assert play.feed(Error("in-a-room", "", play.id)).sent == [("register", "ann")]


def test_quitting_without_a_connection() -> None:
    """What waits is told; a second /quit ends it."""
    play = with_bob().feed(Closed(1), "hello", "/quit")
    assert Quit() not in play.effects
    assert Quit() in play.feed("/quit").effects
    assert play.state.unsent == (Unsent("hello"),)
