"""The interface for a terminal: what it prints, rings, completes, and takes back."""

import asyncio
from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import PipeInput, create_pipe_input

from tests.support.attacks import ATTACKS, is_bad
from tests.support.room_server import RoomServer, room_server
from tests.unit.chat.ui.typist import Screen, format_time, opened
from wschat.chat.machine.items import Message, Unsent
from wschat.chat.machine.room import Room
from wschat.chat.machine.state import ChatState
from wschat.chat.settings import Settings
from wschat.chat.start import Environment, chat
from wschat.chat.ui.prompt import terminal_prompt
from wschat.chat.ui.terminal import TerminalUI
from wschat.errors import ExitCode, LostError
from wschat.protocol.events import ClientMessage


def test_give_back(tmp_path: Path) -> None:
    """A line comes back into the input line, or above it when that is taken."""

    async def play() -> None:
        with opened(tmp_path / "history") as (ui, _, screen):
            ui.restore(Unsent("one"))
            assert ui._prompt.draft == "one"
            ui.restore(Unsent("two"))
            assert ui._prompt.draft == "one"
            assert "Not sent: two" in screen.printed
            assert "Up brings it back" in screen.printed

    asyncio.run(play())


def test_completion_types_no_traps(tmp_path: Path) -> None:
    """A room or person whose name is not what it looks like can't get into the input line."""
    odd = ("o\u202eps", "o\x1b[2J", "o\u043fs", "op\u200ds", *ATTACKS)

    with opened(tmp_path / "history") as (ui, _, _screen):
        ui.follow(ChatState("me", "t", rooms=("ops", *odd), room=Room("dev", "ann", ("bea", *odd))))
        typed = [Document("/join "), *(Document(name[0]) for name in ("bea", *odd))]
        found = [completion for text in typed for completion in ui.get_completions(text, CompleteEvent())]
    names = {completion.text.removeprefix("/join ").removesuffix(": ") for completion in found}
    assert {"ops", "bea"} <= names
    assert names.isdisjoint(odd[:4])
    assert not [name for name in names if any(map(is_bad, name))]


async def talk(server: RoomServer, keyboard: PipeInput, screen: Screen, history: Path) -> ExitCode:
    """Chat on a terminal without wishes."""
    environment = Environment(keyboard=keyboard, screen=screen, format_time=format_time)
    return await chat(server.url, Settings(), json_lines=False, history=history, environment=environment)


def test_whole_chat(tmp_path: Path) -> None:
    """Register, create, talk and quit by keys alone; a refused line does not change the exit code."""

    async def play() -> tuple[ExitCode, str, list[str]]:
        screen = Screen()
        with create_pipe_input() as keyboard:
            async with room_server() as server, asyncio.timeout(10):
                keyboard.send_text("/jion\r/register ann\r/create ops\rhello\r/quit\r")
                code = await talk(server, keyboard, screen, tmp_path / "history")
        return code, screen.printed, [frame["action"] for frame in server.requests]

    code, printed, actions = asyncio.run(play())
    assert code is ExitCode.OK
    assert actions == ["register", "create", "message"]
    assert "hello" in printed


def test_what_is_entered_after_the_end(tmp_path: Path) -> None:
    """It is told as not sent, but for one more /quit."""

    async def play() -> str:
        screen = Screen()
        with create_pipe_input() as keyboard:
            async with room_server() as server, asyncio.timeout(10):
                keyboard.send_text("/quit\rtoo late\r/quit\r")
                assert await talk(server, keyboard, screen, tmp_path / "history") is ExitCode.OK
        return screen.printed

    printed = asyncio.run(play())
    assert printed.count("Not sent: ") == printed.count("Not sent: too late") == 1


def test_draft_survives_the_cut(tmp_path: Path) -> None:
    """What is in the input line when the connection is lost is shown at the end."""

    async def play() -> str:
        screen = Screen()
        with create_pipe_input() as keyboard:
            async with room_server() as server, asyncio.timeout(10):
                cutting: list[asyncio.Task[None]] = []

                def cut(_frame: object) -> str:
                    cutting.append(asyncio.ensure_future(server.cut(1000)))
                    return ""

                server.tamper = cut
                keyboard.send_text("/register ann\rhalf a line")
                with pytest.raises(LostError):
                    await talk(server, keyboard, screen, tmp_path / "history")
        return screen.printed

    printed = asyncio.run(play())
    assert printed.index("/register ann") < printed.index("half a line")


@pytest.mark.parametrize(("notify", "sent"), [("none", ""), ("osc9", "\x1b]9;e, x: ann! ␇,\x07")])
def test_bell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, notify: str, sent: str) -> None:
    """A mention rings, unless it is an old one."""
    monkeypatch.setenv("TERM", "xterm-256color")
    screen = Screen()

    async def play() -> None:
        with terminal_prompt(tmp_path / "h", None, screen) as prompt:
            ui = TerminalUI(prompt, format_time, Settings(notify=notify))
            mention = Message(ClientMessage("e; x", "ann! \x07;", time=1), me="ann")
            ui.show(Message(ClientMessage("eve", "hi", time=1)))
            ui.show(mention._replace(missed=True))
            assert "\a" not in screen.printed
            ui.show(mention)

    asyncio.run(play())
    assert screen.printed.count("\a") == 1 + (notify != "none")
    assert sent in screen.printed


def test_no_more_than_a_screen_is_painted_anew(tmp_path: Path) -> None:
    """Who drags the border of a terminal does not wait for long messages that have scrolled away."""
    painted: list[int] = []

    def counting(milliseconds: int) -> str:
        painted.append(milliseconds)
        return "12:34"

    with create_pipe_input() as keyboard, terminal_prompt(tmp_path / "h", keyboard, Screen()) as prompt:
        ui = TerminalUI(prompt, counting, Settings())
        for number in range(1, 10):
            ui.show(Message(ClientMessage("eve", "one\ntwo\nthree", time=number)))
        painted.clear()
        assert prompt.redraw(5).count("\n") == 6
    assert painted == [9, 8]
