"""The commands that no server is asked for."""

import pytest

from tests.support.play import Play, back, in_room, named, with_bob
from wschat.chat.machine.client_commands import CLIENT_COMMANDS
from wschat.chat.machine.commands import COMMANDS
from wschat.chat.machine.connection import Closed
from wschat.chat.machine.effects import Listing, Message, News, Notice, Reconnected, Timer, Whole
from wschat.protocol.events import ClientMessage, Entry, MultiMessage, UserJoined, UserLeft
from wschat.protocol.requests import Action


def test_the_table_is_whole() -> None:
    """Each command is asked of the server, or done here."""
    asked = {"raw", *Action} - {Action.PING, Action.MESSAGE}
    assert {command.name for command in COMMANDS} == {*CLIENT_COMMANDS, *asked}


def ignoring(*names: str) -> Play:
    """Return a chat with Bob in which nobody wants to hear these."""
    return with_bob().feed(*(f"/ignore {name}" for name in names))


def test_ignore() -> None:
    """Nothing of them is shown, whatever they say or do, in whatever case; others are heard."""
    play = ignoring("BOB", "max").feed(
        ClientMessage("bob", "hello ann", "ops", 6),
        UserLeft("bob", "ops"),
        UserJoined("Max", "ops"),
        UserJoined("eve", "ops"),
        ClientMessage("eve", "hi", "ops", 7),
    )
    assert play.shown == [
        News((UserJoined("eve", "ops"),)),
        Message(ClientMessage("eve", "hi", "ops", 7), "ann"),
    ]
    assert Timer.BELL not in play.timers
    assert play.members == ["ann", "Max", "eve"], "they are there all the same"


def test_ignored_after_a_cut() -> None:
    """What they said meanwhile is not missed."""
    play = ignoring("bob").feed(Closed(1))
    back(play, Entry("bob", "b", 6), Entry("eve", "c", 7))
    assert (play.said, play.shown[0]) == (["c"], Reconnected(missed=1))
    named(play.feed(Closed(2)))
    assert play.feed(MultiMessage("ops", ("ann",), id=play.id)).shown == [Reconnected()], "nor that they went"


def test_who_is_ignored() -> None:
    """It is listed, each once, and they are heard again; nobody ignores themselves."""
    play = ignoring("bob", "Bob", "eve")
    assert play.feed("/ignore").shown == [Listing("ignored:", (("Bob", ""), ("eve", "")))]
    play.feed("/unignore bob", ClientMessage("bob", "b", "ops", 6))
    assert play.said == ["b"]
    assert play.feed("/unignore bob").shown == [Notice("bob is not ignored")]
    assert play.feed("/ignore ANN").shown == [Notice("that is you")]
    assert [*in_room().feed("/ignore").shown] == [
        Notice("nobody is ignored; /ignore NAME shows nothing of somebody")
    ]


@pytest.mark.parametrize(("text", "is_cut"), [("x\n" * 4_000, True), ("hi", False)])
def test_more(text: str, *, is_cut: bool) -> None:
    """The last message of which only the beginning was shown can be seen whole."""
    said = ClientMessage("bob", text, "ops", 6)
    play = with_bob().feed(said, ClientMessage("bob", "later", "ops", 7), "/more")
    assert play.shown[-1] == (Whole(Message(said, "ann")) if is_cut else Notice("no message was cut short"))
