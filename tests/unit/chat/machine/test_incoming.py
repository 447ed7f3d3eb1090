"""What the server says: news, frames that can not be read, frames that are shown."""

from dataclasses import replace

import pytest

from tests.support.play import Play, in_room, with_bob
from wschat.chat.machine import effects
from wschat.chat.machine.connection import Closed, Opened
from wschat.chat.machine.effects import FromServer, Listing, News, RequestFailed, Timer, Unsent
from wschat.chat.machine.incoming import Received, Sent
from wschat.protocol import events as wire
from wschat.protocol.events import ClientMessage, DeleteRoom, Entry, Error, MultiMessage, Signup, SingleRoom
from wschat.protocol.lab_wire import OtherWire
from wschat.protocol.reader import GatewayError, Unknown, Unreadable

NEWS = (("a", 1), ("b", 2), ("c", 3), ("d", 4), ("e", 5))


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
    """The list of rooms follows."""
    play = in_room().feed(SingleRoom("dev"), SingleRoom("ops"))
    assert play.shown == [News((SingleRoom("dev"),))]
    assert [*play.state.rooms] == ["dev", "ops"]
    play.feed(DeleteRoom("dev"))
    assert [*play.state.rooms] == ["ops"]


def test_our_room_is_gone() -> None:
    """It is asked for, since such news may be late: then nothing is said; else it is left."""
    play = with_bob().feed(DeleteRoom("ops"))
    assert (play.sent, play.shown) == ([("join", "ops")], [])
    assert play.feed(MultiMessage("ops", ("ann", "bob"), id=play.id)).shown == []
    play.feed(DeleteRoom("ops")).feed(Error("busy", "", play.id))
    assert (play.shown, play.room) == ([], "ops")
    play.feed(DeleteRoom("ops")).feed(Error("no-such-room", "", play.id))
    assert play.shown == [News((DeleteRoom("ops"),))]
    assert (play.room, play.state.rooms, play.state.refused) == (None, {}, False)
    play = with_bob().feed("/leave", DeleteRoom("ops"), wire.Ack(id="me-2"))
    assert (play.room, play.sent) == (None, [("leave", "")])


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


def test_another_wire() -> None:
    """It is told of, and what is not to be had there."""
    play = in_room().feed(OtherWire("lab", ("no ids", "no acks")))
    told, listing = play.shown
    assert told == FromServer(OtherWire("lab", ("no ids", "no acks")))
    assert isinstance(listing, Listing)
    assert listing.rows == (("no ids", ""), ("no acks", ""))


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
