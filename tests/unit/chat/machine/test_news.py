"""What others do besides talking, of which a burst is told in few lines."""

from tests.support.play import Play, in_room
from wschat.chat.machine.connection import Opened
from wschat.chat.machine.effects import News, Timer
from wschat.chat.machine.news import WINDOW
from wschat.protocol.events import DeleteRoom, SingleRoom, UserJoined

BIRTHS = tuple(SingleRoom(f"room {number}") for number in range(500))


def test_a_flood_of_rooms() -> None:
    """Of rooms that are made the first is told at once, the others in one line for each window."""
    play = Play().feed(Opened(1)).feed(*BIRTHS)
    assert (play.shown, play.timers) == ([News(BIRTHS[:1])], {Timer.NEWS: WINDOW})
    play.feed(Timer.NEWS)
    assert (play.shown, play.timers) == ([News(BIRTHS[1:])], {Timer.NEWS: WINDOW})
    assert play.feed(Timer.NEWS, DeleteRoom("room 1")).shown == [News((DeleteRoom("room 1"),))]


def test_who_comes_and_rooms_together() -> None:
    """They are told in the order in which they happened, and none is lost when the chat ends."""
    play = in_room().feed(BIRTHS[0], UserJoined("bob", "ops"), BIRTHS[1], "/quit")
    assert play.shown == [News(BIRTHS[:1]), News((UserJoined("bob", "ops"), BIRTHS[1]))]
