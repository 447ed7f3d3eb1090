"""Moving to a new connection, before API Gateway ends the old one."""

from tests.support.play import Play, back, with_bob
from wschat.chat.machine.connection import MOST_POSTPONED
from wschat.chat.machine.events import Closed, Fault, Opened, Timer
from wschat.chat.machine.items import Reconnected
from wschat.chat.machine.state import Status
from wschat.protocol.events import Ack, ClientMessage, Entry, MultiMessage, Signup


def moving() -> Play:
    """Return a chat that is about to move, and opens another connection beside its own."""
    play = with_bob().feed(Timer.RENEW)
    assert [connect.after for connect in play.connects] == [0]
    assert play.state.status is Status.CONNECTED
    return play


def test_moving_is_not_noticed() -> None:
    """The old connection is heard until the new one has taken over; nothing is shown."""
    play = moving().feed(Opened(2))
    assert play.state.status is Status.CONNECTED
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
    assert play.state.status is Status.CONNECTED
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
