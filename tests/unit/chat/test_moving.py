"""Moving to a new connection, before API Gateway ends the old one."""

from wschat.chat.link import PATIENCE
from wschat.chat.state import Status
from wschat.chat.vocabulary import Alarm, Back, Closed, Effect, Fault, Opened
from wschat.protocol.events import Ack, ClientMessage, Entry, MultiMessage, Signup

from .play import Play
from .test_link import back, in_room


def moving() -> Play:
    """Return a chat that is about to move, and opens another connection beside its own."""
    play = in_room().feed(Alarm.MOVE)
    assert [connect.after for connect in play.connects] == [0]
    assert play.state.status is Status.OPEN
    return play


def test_moving_is_not_noticed() -> None:
    """The old connection is heard until the new one has taken over; nothing is shown."""
    play = moving().feed(Opened(2))
    shown: list[Effect] = []
    assert play.state.status is Status.OPEN
    play.feed(Signup("ann", ("ops",), play.id), ClientMessage("bob", "b", "ops", 6))
    assert play.shown == []
    play.feed(MultiMessage("ops", ("ann", "bob"), (Entry("bob", "b", 6),), id=play.id))
    assert play.said == ["b"]
    assert len(play.shown) == 1
    assert play.dropped == [1]
    assert play.feed(Closed(1)).effects == shown


def test_moving_waits_for_a_quiet_moment() -> None:
    """While somebody speaks it waits, but not for ever."""
    play = in_room()
    for seq in range(6, 6 + PATIENCE):
        play.feed(ClientMessage("bob", "b", "ops", seq), Alarm.MOVE)
        assert play.connects == []
        assert Alarm.MOVE in play.alarms
    play.feed(ClientMessage("bob", "b", "ops", 6 + PATIENCE), Alarm.MOVE)
    assert play.connects


def test_moving_that_fails() -> None:
    """The old connection serves on, and it is tried again; if it is cut, the new one is there."""
    play = moving().feed(Closed(2, "refused", fault=Fault.LASTING))
    assert play.state.status is Status.OPEN
    assert Alarm.MOVE in play.alarms
    play = moving().feed(Closed(1, "cut"))
    assert play.connects == []
    assert Back() in back(play).shown


def test_entered_while_moving() -> None:
    """A message that is in flight when the new connection opens is looked for, and its late ack counts."""
    play = moving().feed("hello")
    request = play.id
    play.feed(Opened(2), Ack(6, 1, request))
    assert play.state.unsent == ()
    play.feed(Signup("ann", ("ops",), play.id))
    play.feed(MultiMessage("ops", ("ann", "bob"), (Entry("ann", "hello", 6, id=request),), id=play.id))
    assert (play.said, play.sent) == (["hello"], [])
