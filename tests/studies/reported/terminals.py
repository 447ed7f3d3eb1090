"""Reports of what is typed, pasted and completed in terminals, and of how they are left."""

import os
import tempfile
import termios
from pathlib import Path

from tests.studies.reported.case import Case
from tests.support.asynchronous import asynchronous
from tests.support.play import back, in_room, with_bob
from tests.unit.chat.ui.test_keyboard import desk
from tests.unit.chat.ui.typist import PASTES_OFF, Screen, prompt_on, typed
from wschat.chat.machine.advice import Advice
from wschat.chat.machine.commands import mentions, parse
from wschat.chat.machine.connection import Closed
from wschat.chat.machine.effects import Message
from wschat.chat.ui.keyboard import LINE_FLAGS
from wschat.protocol.events import ClientMessage, Entry
from wschat.protocol.requests import Request


def entered(keys: str) -> str:
    """Return the line that comes of keys at the prompt."""
    with tempfile.TemporaryDirectory() as place:
        return typed(Path(place) / "history", keys)[0]


def pasted(text: str) -> str:
    """Return what a terminal sends when a text is pasted."""
    return f"\x1b[200~{text}\x1b[201~"


def a_path_in_a_paste() -> None:
    """All of it is one message."""
    line = entered(pasted("$ which rustfmt\n/home/tom/bin/rustfmt") + "\r")
    assert parse(line) == Request("message", "$ which rustfmt\n/home/tom/bin/rustfmt")


def a_mistyped_command() -> None:
    """Nobody is told of it."""
    for line in ("/nickserv identify secret", "/msg bob secret", "/regsiter secret", "/home/tom/secret"):
        assert isinstance(parse(line), Advice)
        assert in_room().feed(line).sent == []


def a_slash_to_be_said() -> None:
    """Two of them say one."""
    assert parse("//foo") == Request("message", "/foo")


def tabs_in_a_paste() -> None:
    """They complete nothing, and are there."""
    assert entered(pasted("b\t\tx\n\tindented") + "\r") == "b\t\tx\n\tindented"


def at_the_beginning_and_within() -> None:
    """A colon follows a name at the beginning alone."""
    assert mentions("b", ["bea"]) == [("bea: ", 1)]
    assert mentions("thank you b", ["bea"]) == [("bea ", 1)]


def a_name_like_a_command() -> None:
    """What it completes to says it, and does nothing."""
    for name in ("/quit", "/register eve", "/"):
        for completed, _ in mentions("@/", [name]):
            request = parse(f"{completed}hello")
            assert request == Request("message", f"{name}: hello")


@asynchronous
async def a_long_line() -> None:
    """It is whole, also where the terminal's own line would end after 4,096 characters."""
    async with desk() as (at, _):
        for _ in range(10):
            await at.type("1," * 250, lambda: True)
        await at.type("\r", lambda: at.lines)
    assert at.lines == ["1," * 2_500]


@asynchronous
async def the_echo_comes_back() -> None:
    """The shell has the terminal as it was."""
    async with desk() as (at, _):
        await at.type("\x04", lambda: at.lines == [None])
        assert termios.tcgetattr(at.slave)[LINE_FLAGS] & (termios.ECHO | termios.ICANON)


@asynchronous
async def no_terminal_left() -> None:
    """It is the end of what is typed, and not asked for again and again."""
    async with desk() as (at, _):
        os.dup2(os.open(os.devnull, os.O_RDONLY), at.master)
        await at.until(lambda: at.lines == [None])


@asynchronous
async def pastes_as_before() -> None:
    """The shell gets them as it wants them."""
    with (
        tempfile.TemporaryDirectory() as place,
        prompt_on(Path(place) / "h", Screen()) as (prompt, _, screen),
    ):
        await prompt.start()
        await prompt.stop()
        assert screen.printed.endswith(PASTES_OFF)


def after_a_cut() -> None:
    """What was shown before is not shown again."""
    play = with_bob().feed(ClientMessage("bob", "b", "ops", 6), Closed(1))
    assert back(play, Entry("bob", "a", 5), Entry("bob", "b", 6), Entry("bob", "c", 7)).said == ["c"]


def sent_once() -> None:
    """What arrived before the cut is found, and not sent again."""
    play = in_room().feed("hello")
    id_ = play.id
    assert back(play.feed(Closed(1)), Entry("ann", "hello", 1, id=id_)).sent == []


def many_mentions() -> None:
    """One tells of them."""
    play = with_bob().feed(*(ClientMessage("bob", "ann", "ops", seq) for seq in range(6, 60)))
    assert sum(isinstance(item, Message) and item.rings for item in play.shown) == 1


CASES = (
    Case(
        "hexchat/hexchat/issues/1606",
        "each line of a paste that begins with / is a command",
        a_path_in_a_paste,
    ),
    Case("convos-chat/convos/issues/428", "a mistyped command tells the room a password", a_mistyped_command),
    Case("weechat/weechat/issues/570", "… or one with a second slash in it", a_mistyped_command),
    Case("LalitMaganti/HoloIRC/issues/115", "nothing that begins with / can be said", a_slash_to_be_said),
    Case(
        "zulip/zulip-terminal/issues/962", "a tab in a paste leaves the field, or completes", tabs_in_a_paste
    ),
    Case(
        "prawnsalad/KiwiIRC/issues/184",
        "a completed name lacks its colon at the beginning",
        at_the_beginning_and_within,
    ),
    Case("mhoran/weechatRN/issues/1", "… and has one within a sentence", at_the_beginning_and_within),
    Case(
        "ircdocs/modern-irc/issues/203",
        "who is called /quit has others who complete the name leave",
        a_name_like_a_command,
        "mended: such a name is completed as a text",
    ),
    Case(
        "jqlang/jq/issues/3457",
        "a line that is pasted into a terminal is cut after 4,096 characters",
        a_long_line,
        "mended for `--plain`: it reads keys, not the terminal's lines",
    ),
    Case(
        "livekit-examples/python-agents-examples/issues/83",
        "the terminal is left without echo",
        the_echo_comes_back,
    ),
    Case("jonas/tig/issues/164", "all of a processor is used once the terminal is closed", no_terminal_left),
    Case("epilys/bb/issues/12", "pastes are left bracketed for the shell", pastes_as_before),
    Case("profanity-im/profanity/issues/704", "after a cut the room's history is shown again", after_a_cut),
    Case("strophe/libstrophe/issues/215", "after a cut old messages are sent again", sent_once),
    Case(
        "stickster/irssi-libnotify/issues/1",
        "each of many mentions notifies the desktop",
        many_mentions,
        "mended: one in five seconds",
    ),
)
