import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.support.attacks import ATTACKS, is_bad
from tests.unit.chat.ui.typist import format_time, say
from wschat.chat.machine import effects
from wschat.chat.machine.state import ChatState, Online, PendingRequest, Reconnecting, Room
from wschat.chat.ui.ansi import to_ansi
from wschat.chat.ui.rendering import pending, render, toolbar
from wschat.protocol.events import (
    ClientMessage,
    DeleteRoom,
    MultiMessage,
    Signup,
    SingleRoom,
    UserJoined,
    UserLeft,
)
from wschat.protocol.requests import Request

LOOK = "`wschat doctor` finds the cause"
HEAD = ["12:34 <eve> x", *[f"{' ' * 12}x"] * 19]
NEW_YEAR = datetime.fromtimestamp(0, UTC).astimezone()


@pytest.mark.parametrize(
    ("item", "text"),
    [
        (say("hi", "bob"), ["12:34 <bob> hi"]),
        (effects.Message(ClientMessage("bob", "hi"), me="bob"), ["--:-- <bob> hi"]),
        (say("hi", "b> x <c"), ["12:34 <b\u203a x \u2039c> hi"]),
        (
            say("hi\n12:34 <bob> no\r\n-- bob left"),
            ["12:34 <eve> hi", "            12:34 <bob> no", "            -- bob left"],
        ),
        (effects.Disconnected("gone"), []),
        (effects.Reconnected(), ["── back, nothing missed ──"]),
        (effects.Reconnected(3), ["── back, 3 missed ──"]),
        (
            effects.Reconnected(9, truncated=True),
            ["── back, more was missed than the room keeps: the last 9 follow ──"],
        ),
        (effects.Reconnected(remade=True), ["── back, the room was gone and is made again ──"]),
        (
            effects.News((UserJoined("bob left; eve", "ops"), UserJoined("eve", "ops"))),
            ["-- <bob left; eve>, eve joined"],
        ),
        (
            effects.FromServer(Signup("bob, admin", ("ops is gone; x",))),
            ["-- you are <bob, admin>; rooms: <ops is gone; x>"],
        ),
        (effects.News((SingleRoom("x> and <ops"),)), ["-- somebody made the room <x\u203a and \u2039ops>"]),
        (
            effects.News((SingleRoom("a"), DeleteRoom("a"), SingleRoom("b"), SingleRoom("c")) * 99),
            ["-- others made the rooms <b>, <c>; the room <a> is gone: nobody was left in it"],
        ),
        (
            effects.News((UserJoined("a", "ops"), UserLeft("a", "ops"), UserJoined("b", "ops")) * 99),
            ["-- b joined; a left"],
        ),
        (say("x\n" * 3_999), [*HEAD, "-- 3,980 more lines; /more shows all of it"]),
        (effects.Whole(say("x\n" * 20)), [*HEAD, " " * 12]),
        (effects.Notice("bob\n-- eve joined"), ["-- bob␊-- eve joined"]),
        (effects.RequestFailed("/join x", "no\x1b", "see"), ["!! /join x: no␛", "   see"]),
        (effects.RequestFailed("", "odd"), ["!! odd"]),
        (
            effects.Unheard("hi\x1b", 0, 4, hint=LOOK),
            ["!! stored, nobody was told: hi␛", f"   {LOOK}"],
        ),
        (
            effects.Unheard("hi", 3, 4, hint=LOOK),
            ["!! reached 3 of 4: hi", f"   {LOOK}"],
        ),
        (
            effects.Unheard("hi", 4, 4, hint=LOOK),
            ["!! reached 4 of 4, but it did not come back: hi", f"   {LOOK}"],
        ),
        (
            effects.Unheard("hi", hint=LOOK),
            ["!! not seen back; others may have it: hi", f"   {LOOK}"],
        ),
        (effects.Listing("rooms:", (("a\x07", ""), ("long", "x"))), ["-- rooms:", "   a␇", "   long  x"]),
        (effects.Rooms(("ops", "\u043eps")), ["-- rooms:", "   ops", "   \\u{43e}ps"]),
        (
            effects.Members("ops", ("\u0408\u043e\u0435", "Joe")),
            ["-- in ops:", "   \\u{408}\\u{43e}\\u{435}", "   Joe"],
        ),
        (
            effects.FromServer(MultiMessage("ops", ("Joe", "\u0408\u043e\u0435")), "Joe"),
            ["-- you are in ops, with \\u{408}\\u{43e}\\u{435}"],
        ),
        (
            effects.News((UserJoined("Joe", "ops"), UserJoined("\u0408\u043e\u0435", "ops"))),
            ["-- Joe, \\u{408}\\u{43e}\\u{435} joined"],
        ),
        (effects.Members("ops", ()), ["-- in ops, and nobody is told with whom"]),
        (
            effects.FromServer(MultiMessage("ops"), "ann"),
            ["-- you are in ops, and nobody is told with whom"],
        ),
        (effects.Members("x: a, b", ("b\u3164",)), ["-- in <x: a, b>:", "   b\\u{3164}"]),
        (effects.Frame(True, "{}\x1b", 7), [f"-> {NEW_YEAR:%H:%M:%S}.007 {{}}␛"]),  # noqa: FBT003
        (effects.Frame(False, "a\nb", 7), [f"<- {NEW_YEAR:%H:%M:%S}.007 a␊b"]),  # noqa: FBT003
        (effects.Unsent("hi\x1b"), ["!! Not sent: hi␛"]),
        (effects.Unsent("hi", doubtful=True), ["!! Sent, not confirmed: hi"]),
    ],
)
def test_lines(item: effects.Item, text: list[str]) -> None:
    """Each kind of item has its look, and all of its text is made safe."""
    assert [str(line) for line in render(item, format_time)] == text


def test_toolbar() -> None:
    """The toolbar says how things are, safely, and cuts the least important."""
    state = ChatState("me", "t")
    assert toolbar(state) == " connecting"
    online = replace(state, connection=Online(1))
    state = replace(online, name="a\x1b", room=Room("ops", "a\x1b", ("a\x1b", "b")))
    assert toolbar(state) == " connected · a␛ · ops (2) · a␛, b"
    state = replace(online, name="ann", room=Room("ops (9) · x", "ann", ("ann", "b, c")))
    assert toolbar(state) == " connected · ann · <ops (9) · x> (2) · ann, <b, c>"


def test_why_there_is_no_connection() -> None:
    """The reason is seen in 80 columns, however long the names are."""
    room = Room("r" * 32, "a" * 32, ("a" * 32, "b"))
    trouble = "the connection is lost: nothing listens there: connection refused"
    lost = Reconnecting(attempt=2, trouble=trouble)
    state = ChatState("me", "t", connection=lost, failures=98, name="a" * 32, room=room)
    assert "reconnecting, try 99: nothing listens there: connection refused · aaa" in toolbar(state)[:80]


def test_pending() -> None:
    """What waits for a connection is cut short, in width and in number."""
    outbox = (PendingRequest(Request("message", "x"), "x" * 300),) * 7
    lost = Reconnecting(attempt=2, trouble="gone")
    shown = pending(ChatState("me", "t", connection=lost, outbox=outbox))
    assert shown == [*[f"... {'x' * 196}"] * 5, "... and 2 more"]
    assert pending(ChatState("me", "t", connection=lost, outbox=outbox), 80)[0] == f"... {'x' * 76}"


def test_colours_are_stable() -> None:
    """A name has the same colour in any case and every run; others have others."""
    tints = {name: render(say("x", name), format_time)[0].spans[1].tint for name in ("Bob", "bob", "eve")}
    assert tints["Bob"] == tints["bob"] != tints["eve"]


ITEMS: list[Callable[[str], effects.Item]] = [
    say,
    lambda text: say(text, text, me=text),
    lambda text: effects.News((UserJoined(text, "ops"),)),
    lambda text: effects.News((SingleRoom(text), DeleteRoom(text))),
    lambda text: effects.Whole(say(text * 99)),
    lambda text: effects.Members(text, (text, text)),
    effects.Disconnected,
    effects.Notice,
    effects.Unsent,
    lambda text: effects.RequestFailed(text, text, text),
]


@pytest.mark.parametrize("linear", [True, False])
def test_lines_for_logs_and_pipes(linear: bool) -> None:  # noqa: FBT001
    """What is written is text and ends of line alone, and its beginning is ours."""
    for attack in ATTACKS:
        for make in ITEMS:
            for line in render(make(attack), format_time, linear=linear):
                assert not [char for char in str(line) if is_bad(char)], attack
                painted = to_ansi(line, 40, 256, links=True)
                for row in re.sub(r"\x1b\[[\d;]*m|\x1b\]8;[^\x1b]*\x1b\\", "", painted).split("\n"):
                    assert re.match(r"12:34 <|-- |!! |── |   |https?://[!-~]+$|$", row), (attack, row)


def test_the_toolbar() -> None:
    """It is one harmless line, whatever the names and the trouble are; so is what waits."""
    for attack in ATTACKS:
        outbox = (PendingRequest(Request("message", attack), attack),)
        room = Room(attack, attack, (attack, attack))
        state = ChatState("me", "t", name=attack, room=room, outbox=outbox)
        for connection in (Online(1), Reconnecting(attempt=2, trouble=attack)):
            each = replace(state, connection=connection)
            for line in (toolbar(each), *pending(each)):
                assert not [char for char in line if is_bad(char)], attack
