"""One stay in a room: who is there, every message in order and once, and nothing held back at its end."""

from dataclasses import replace

import pytest

from tests.support.play import Play, back, in_room, named, with_bob
from wschat.chat.machine.connection import Closed
from wschat.chat.machine.effects import (
    Acknowledged,
    Disconnected,
    FromServer,
    Message,
    News,
    Notice,
    Timer,
)
from wschat.chat.machine.news import WINDOW
from wschat.chat.machine.room import BELL_PAUSE, REORDER_WAIT
from wschat.chat.machine.update import Event
from wschat.protocol import events as wire
from wschat.protocol.events import Ack, ClientMessage, Entry, Error, MultiMessage, UserJoined, UserLeft
from wschat.protocol.reader import GatewayError

DEV = MultiMessage("dev", ("ann",))
LATE = ClientMessage("bob", "c", "ops", 7)  # after 5, the last that was said


def restoring(*events: Event | str) -> Play:
    """Return a chat that enters its room again on a new connection."""
    return named(with_bob().feed(*events, Closed(1)))


def test_a_message_that_overtakes_another() -> None:
    """It waits for the other, but not for long; one that was missed for good is asked for after a cut."""
    play = with_bob().feed(LATE)
    assert (play.shown, play.timers) == ([], {Timer.REORDER: REORDER_WAIT})
    assert play.feed(ClientMessage("bob", "b", "ops", 6)).said == ["b", "c"]
    play = with_bob().feed(LATE, Timer.REORDER)
    assert play.said == ["c"]
    named(play.feed(Closed(1)))
    assert play.state.in_flight
    assert play.state.in_flight.request.after == 5


@pytest.mark.parametrize(
    ("events", "then"),
    [
        (["/leave", Ack(id="me-2")], Acknowledged(Ack(), "leave", "ops")),
        (["/join dev", replace(DEV, id="me-2")], FromServer(DEV, "ann")),
        ([Closed(1, "gone")], Disconnected("gone")),
    ],
    ids=["left", "moved", "cut"],
)
def test_what_waits_is_shown_first(events: list[Event | wire.Event | str], then: object) -> None:
    """What is held back comes before the end of a stay or of a connection, and in its room."""
    play = with_bob().feed(UserJoined("eve", "ops"), UserJoined("max", "ops"), LATE, *events)
    gathered = News((UserJoined("max", "ops"),))
    assert play.shown[1:] == [Message(LATE, "ann"), gathered, then]
    assert play.feed(Timer.REORDER, Timer.NEWS).shown == []


@pytest.mark.parametrize("answer", [Error("full", "full", "me-2"), GatewayError("Too Many Requests")])
def test_another_room_that_can_not_be_had(answer: wire.Event) -> None:
    """Who wanted another room at a cut stays in the old one, and misses nothing of it."""
    play = restoring("/join dev")
    assert play.sent == [("join", "dev")]
    play.feed(LATE, answer)
    assert (play.said, play.sent) == ([], [("join", "ops")])
    play.feed(MultiMessage("ops", ("ann", "bob"), (Entry("bob", "b", 6),), id=play.id))
    assert (play.said, play.room) == (["b", "c"], "ops")


def test_a_room_that_is_full_meanwhile() -> None:
    """It is ours no more: there is nobody to list, and nothing more is heard of it."""
    play = restoring().feed(Error("full", "full", "me-3"), "/users")
    assert play.shown[-1] == Notice("you are in no room; /join ROOM")
    assert play.room is None
    assert play.feed(LATE, UserJoined("max", "ops"), Timer.REORDER, Timer.NEWS).shown == []


def test_a_flood_of_mentions() -> None:
    """One rings, the others of some seconds do not; nor does what was missed."""
    mentions = [ClientMessage("bob", "ann!", "ops", seq) for seq in range(6, 300)]
    play = with_bob().feed(*mentions)
    assert [item.rings for item in play.shown if isinstance(item, Message)] == [True, *[False] * 293]
    assert play.timers == {Timer.BELL: BELL_PAUSE}
    (said,) = play.feed(Timer.BELL, ClientMessage("bob", "ann?", "ops", 300)).shown
    assert isinstance(said, Message)
    assert said.rings
    missed = back(with_bob().feed(Closed(1)), Entry("bob", "ann!", 6)).shown[-1]
    assert isinstance(missed, Message)
    assert not missed.rings


def test_members_come_and_go() -> None:
    """Join and leave notices change the list, once each; other rooms are not heard."""
    play = in_room()
    joined, left = UserJoined("bob", "OPS"), UserLeft("bob", "ops")
    assert play.feed(joined, joined).shown == [News((UserJoined("bob", "ops"),))]
    assert play.timers == {Timer.NEWS: WINDOW}
    assert play.members == ["ann", "bob"]
    elsewhere = UserLeft("bob", "other"), ClientMessage("bob", "hi", "other", 9)
    assert play.feed(*elsewhere, UserLeft("ann", "ops")).shown == []
    assert play.feed(left, Timer.NEWS).shown == [News((left,))]
    assert play.members == ["ann"]


def test_bursts_of_notices_fold() -> None:
    """The first is shown at once, the others in one line; nobody speaks before they have joined."""
    play = in_room().feed(*(UserJoined(name, "ops") for name in "bcdef"))
    assert play.shown == [News((UserJoined("b", "ops"),))]
    play.feed(ClientMessage("b", "hi", "ops", 1))
    assert play.said == ["hi"]
    play.feed(ClientMessage("e", "hi", "ops", 2))
    assert play.shown[0] == News(tuple(UserJoined(name, "ops") for name in "cdef"))
    assert play.feed(Timer.NEWS).shown == []
    assert play.feed(UserLeft("b", "ops")).shown == [News((UserLeft("b", "ops"),))]
