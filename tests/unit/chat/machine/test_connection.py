"""The connection's life without a socket: opened, lost, restored, renewed, given up."""

import pytest

from tests.support.play import Play, back, in_room, named, with_bob
from wschat.chat.machine.advice import Fault
from wschat.chat.machine.connection import LIVED, MOST_POSTPONED, PAUSES, RECONNECT, Closed, Opened, Resumed
from wschat.chat.machine.effects import (
    Disconnected,
    GiveUp,
    News,
    Notice,
    Reconnected,
    RequestFailed,
    Send,
    Timer,
)
from wschat.protocol import events as wire
from wschat.protocol.events import Ack, ClientMessage, Entry, Error, MultiMessage, Pong, Signup, UserLeft
from wschat.protocol.reader import GatewayError
from wschat.protocol.requests import Request


def test_after_a_cut_all_is_as_before() -> None:
    """The name comes back by the token, the room by what was seen last; what was missed comes in order."""
    play = with_bob().feed(Closed(1, "gone"))
    assert play.state.status == "reconnecting"
    assert play.shown == [Disconnected("gone")]
    [connect] = play.connects
    assert connect.number == 2
    assert connect.after <= 1
    play.feed(Opened(2))
    assert Send(Request("register", "ann", id=play.id, token="secret")) in play.effects
    play.feed(Signup("ann", ("ops",), play.id))
    assert play.effects[0] == Send(Request("join", "ops", id=play.id, after=5))
    play.feed(ClientMessage("bob", "d", "ops", 8))
    assert play.said == []
    play.feed(MultiMessage("ops", ("ann", "eve"), (Entry("bob", "c", 7), Entry("bob", "b", 6)), id=play.id))
    assert play.shown[:2] == [
        Reconnected(missed=3),
        News((wire.UserJoined("eve", "ops"), wire.UserLeft("bob", "ops"))),
    ]
    assert play.said == ["b", "c", "d"]
    assert play.state.idle


def pause(play: Play, fault: Fault = Fault.TRANSIENT) -> float:
    """Let the newest connection end, and return the pause until the next is tried."""
    return play.feed(Closed(play.state.connections, fault=fault)).connects[0].after


def test_pauses_grow() -> None:
    """They grow to a bound, begin anew once a connection has lived, and obey who wants more of them."""
    play = with_bob()
    pauses = [pause(play) for _ in range(10)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == RECONNECT.longest
    play.feed(Opened(play.state.connections))  # it is open, and of no use
    assert pause(play.feed(Timer.LIVED)) == RECONNECT.longest
    assert pause(back(play).feed(Timer.LIVED)) <= 1
    assert pause(play, Fault.BUSY) >= 4
    assert pause(play, Fault.THROTTLED) >= 60
    assert {pause(play, Fault.OFFLINE) for _ in range(5)} == {PAUSES[Fault.OFFLINE][1]}


@pytest.mark.parametrize("wanted_name", ["ann", None])
def test_who_answers_and_hangs_up(wanted_name: str | None) -> None:
    """In 20 s it is dialled 6 times at most, by who has a name and a room and by who has none."""
    play = with_bob() if wanted_name else Play().feed(Opened(1))

    def restored() -> Play:
        return back(play) if wanted_name else play.feed(Opened(play.state.connections))

    now, dialled = 0.0, 0
    while (now := now + pause(play) * 0.5) < 20:  # with the least jitter
        dialled += 1
        assert restored().timers[Timer.LIVED] == LIVED
    assert dialled <= 6
    assert pause(restored().feed(Timer.LIVED)) <= 1


def test_what_is_in_vain_ends_the_chat() -> None:
    """A lasting fault ends it, as does the first connection if it can't be opened, unless that is busy."""
    assert with_bob().feed(Closed(1, "kicked", "ask", Fault.PERMANENT)).effects == [GiveUp("kicked", "ask")]
    assert Play().feed(Closed(1, "nobody", "")).effects == [GiveUp("nobody", "", was_open=False)]
    assert Play().feed(Closed(1, "busy", "", Fault.BUSY)).connects
    play = with_bob(reconnect_limit=7.0).feed(Closed(1, "gone"))
    assert play.timers[Timer.GIVE_UP] == 7
    assert play.feed(Timer.GIVE_UP).effects == [GiveUp("no way back: gone", "try again later")]
    assert back(with_bob(reconnect_limit=7.0).feed(Closed(1))).feed(Timer.GIVE_UP).effects == []


def test_no_reply() -> None:
    """It is said, with the likely cause; then a message is sent again on another connection, then it fails.

    What follows on the same route fails the first time. Nothing is taken from a connection that was given up:
    what came late could answer something else.
    """
    assert in_room().feed(Timer.REPLY).effects == []
    play = in_room().feed("hello", Timer.REPLY)
    (said,) = play.shown
    assert isinstance(said, Notice)
    assert said.text.startswith("no answer to your message yet: perhaps its route has no route response")
    assert "SendMessage hangs (`wschat logs`), or the network does" in said.text
    assert (play.closed, play.timers) == ([], {Timer.REPLY: 5.0})
    play.feed(Timer.REPLY)
    assert play.restored == []
    assert play.closed == [1]
    play.feed(Opened(2), Signup("ann", ("ops",), "me-3"), MultiMessage("ops", ("ann",), id="me-4"))
    assert play.sent[-1] == ("message", "hello")
    play.feed(Timer.REPLY)
    assert (play.restored, play.closed) == (["hello"], [2])
    assert play.feed(Ack(id="me-2")).effects == []
    back(play).feed("again", "/leave", Timer.REPLY)
    assert (play.restored, play.closed) == (["again"], [3])
    back(play).feed(Timer.REPLY)
    assert (play.restored, play.closed) == ([], []), "another route"
    play = back(play.feed(Timer.REPLY)).feed(Timer.REPLY)
    back(play).feed("answered")
    assert play.feed(Ack(id=play.id), "later", Timer.REPLY).restored == [], "it is silent no more"


def test_no_reply_to_what_the_chat_asks_for() -> None:
    """It is said once, and asked for again on another connection; then what we never had fails.

    So what comes after it, such as from a pipe, is refused, and does not wait without an end.
    """
    play = Play(wanted_name="ann").feed(Opened(1), "hello", Timer.REPLY)
    (said,) = play.shown
    assert isinstance(said, Notice)
    assert "no answer to /register ann yet" in said.text
    assert play.feed(Timer.REPLY).closed == [1]
    assert play.feed(Opened(2), Timer.REPLY).closed == [2]
    (failed,) = (item for item in play.shown if isinstance(item, RequestFailed))
    assert (failed.about, failed.what) == ("/register ann", "no answer came")
    assert play.feed(Opened(3)).restored == ["hello"]
    assert play.state.refused
    play = named(Play(wanted_name="ann", wanted_room="ops")).feed(Timer.REPLY, Timer.REPLY)
    assert named(play).feed(Timer.REPLY).closed == [2]
    assert named(play).state.idle, "without the room"
    play = with_bob().feed(Closed(1))
    for number in (2, 3, 4):
        play.feed(Opened(number), Timer.REPLY, Timer.REPLY)
        assert (play.closed, play.state.name, play.state.refused) == ([number], "ann", False), "we had it"


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
    assert play.timers == {Timer.KEEPALIVE: 300}
    for answer in (Pong(), GatewayError("Forbidden"), Error("unknown-action", "no")):
        assert play.feed(Timer.KEEPALIVE, answer).shown == []
    assert play.feed(GatewayError("Forbidden")).shown  # which is about nothing
    assert not play.state.refused
    play.feed("hello", Timer.KEEPALIVE, GatewayError("Forbidden"))
    assert play.state.in_flight


def moving() -> Play:
    """Return a chat that is about to move, and opens another connection beside its own."""
    play = with_bob().feed(Timer.RENEW)
    assert [connect.after for connect in play.connects] == [0]
    assert play.state.status == "connected"
    return play


def test_moving_is_not_noticed() -> None:
    """The old connection is heard until the new one has taken over; nothing is shown."""
    play = moving().feed(Opened(2))
    assert play.state.status == "connected"
    play.feed(Signup("ann", ("ops",), play.id), ClientMessage("bob", "b", "ops", 6))
    assert play.shown == []
    play.feed(MultiMessage("ops", ("ann", "bob"), (Entry("bob", "b", 6),), id=play.id))
    assert play.said == ["b"]
    assert len(play.shown) == 1
    assert play.closed == [1]
    assert play.feed(Closed(1)).effects == []


def test_moving_waits_for_a_quiet_moment() -> None:
    """While somebody speaks it waits, but not for ever."""
    play = with_bob()
    for seq in range(6, 6 + MOST_POSTPONED):
        play.feed(ClientMessage("bob", "b", "ops", seq), Timer.RENEW)
        assert play.connects == []
        assert Timer.RENEW in play.timers
    play.feed(ClientMessage("bob", "b", "ops", 6 + MOST_POSTPONED), Timer.RENEW)
    assert play.connects


def test_moving_that_fails() -> None:
    """The old connection serves on, and it is tried again; if it is cut, the new one is there."""
    play = moving().feed(Closed(2, "refused", fault=Fault.PERMANENT))
    assert play.state.status == "connected"
    assert Timer.RENEW in play.timers
    play = moving().feed(Closed(1, "cut"))
    assert play.connects == []
    assert Reconnected() in back(play).shown


def test_entered_while_moving() -> None:
    """A message that is in flight when the new connection opens is looked for, and its late ack counts."""
    play = moving().feed("hello")
    request = play.id
    play.feed(Opened(2), Ack(6, 1, request))
    assert play.state.unsent == ()
    play.feed(Signup("ann", ("ops",), play.id))
    play.feed(MultiMessage("ops", ("ann", "bob"), (Entry("ann", "hello", 6, id=request),), id=play.id))
    assert (play.said, play.sent) == (["hello"], [])


@pytest.mark.parametrize("code", ["not-registered", "not-in-a-room"])
@pytest.mark.parametrize("remade", [True, False])
def test_the_server_has_forgotten_us(code: str, remade: bool) -> None:  # noqa: FBT001
    """Name and room are taken again, once, and it is said; what was refused is asked again, with its id."""
    play = with_bob().feed("hello", "next").feed(Error(code, "", "me-2"))
    (said,) = play.shown
    assert said == Notice("the server has forgotten you: your name and your room are taken again")
    assert (play.sent, play.restored, play.state.status) == ([("register", "ann")], [], "connected")
    play.feed(Signup("ann", ("ops",), play.id))
    assert play.sent == [("join", "ops")]
    if remade:
        assert play.feed(Error("no-such-room", "", play.id)).sent == [("create", "ops")]
    play.feed(MultiMessage("ops", ("ann",), id=play.id))
    assert play.shown == ([Reconnected(remade=True), News((UserLeft("bob", "ops"),))] if remade else [])
    assert (play.sent, play.id) == ([("message", "hello")], "me-2")
    assert play.feed(Error(code, "", play.id)).restored == ["hello"], "once"
    assert play.sent == [("message", "next")]


def test_forgotten_on_the_way() -> None:
    """A room that is asked for is entered then; who is in no room has left; a name that is taken is gone."""
    play = with_bob().feed("/join dev", Error("not-registered", "", "me-2"), Signup("ann", (), "me-3"))
    assert play.feed(MultiMessage("ops", ("ann",), id=play.id)).sent == [("join", "dev")]
    play = with_bob().feed("/leave", Error("not-in-a-room", "", "me-2"))
    assert (play.room, play.state.idle, play.state.refused) == (None, True, False)
    play = with_bob().feed("hello", Error("not-registered", "", "me-2"), Error("name-taken", "", "me-3"))
    assert (play.state.name, play.room, play.restored) == (None, None, ["hello"])
