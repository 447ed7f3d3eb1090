import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from tests.support.attacks import ATTACKS, is_bad
from wschat.chat.machine.events import Event, LineEntered
from wschat.chat.machine.items import Failure, Unsent
from wschat.chat.machine.room import Room
from wschat.chat.machine.state import ChatState
from wschat.chat.settings import Settings
from wschat.chat.start import chat
from wschat.chat.ui.prompt import terminal_prompt
from wschat.chat.ui.terminal import TerminalView
from wschat.chat.world import World
from wschat.errors import ExitCode, LostError

from .room_server import RoomServer, room_server


class Screen(DummyOutput):
    """Keeps what is printed above the input line."""

    def __init__(self) -> None:
        self.printed = ""

    def write_raw(self, data: str) -> None:
        """Keep it."""
        self.printed += data


def clock(_milliseconds: int) -> str:
    """Return a time."""
    return "12:34"


@contextmanager
def opened(history: Path) -> Iterator[tuple[TerminalView, PipeInput, Screen]]:
    """Return a view, the keyboard that it reads, and its screen."""
    screen = Screen()
    with create_pipe_input() as keyboard, terminal_prompt(history, keyboard, screen) as prompt:
        yield TerminalView(prompt, clock, Settings()), keyboard, screen


def entered(history: Path, keys: str, count: int) -> list[str]:
    """Return the first lines that are entered by these keys."""

    async def read() -> list[str]:
        lines: asyncio.Queue[str] = asyncio.Queue()

        def enter(event: Event) -> None:
            assert isinstance(event, LineEntered)
            lines.put_nowait(event.line)

        with opened(history) as (view, keyboard, _):
            reading = asyncio.create_task(view.read(enter))
            keyboard.send_text(keys)
            got = [await asyncio.wait_for(lines.get(), 5) for _ in range(count)]
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            return got

    return asyncio.run(read())


@pytest.mark.parametrize(
    ("keys", "lines"),
    [
        ("one\rtwo\r", ["one", "two"]),
        ("half\x03whole\r", ["whole"]),
        ("\x03", ["/quit"]),
        ("\x04", ["/quit"]),
        ("text\x04\r\x04", ["text", "/quit"]),
    ],
)
def test_keys(tmp_path: Path, keys: str, lines: list[str]) -> None:
    """Enter gives the line; Ctrl-C clears it, and quits when it is empty, as Ctrl-D does."""
    assert entered(tmp_path / "history", keys, len(lines)) == lines


def test_history_is_kept(tmp_path: Path) -> None:
    """Arrow-up brings the lines of the last run, from a file for this person alone."""
    path = tmp_path / "new" / "history"
    entered(path, "first\r", 1)
    assert path.stat().st_mode & 0o777 == 0o600
    assert entered(path, "\x1b[A\r", 1) == ["first"]


def test_history_that_can_not_be_written(tmp_path: Path) -> None:
    """Without a place for the file the chat goes on."""
    (tmp_path / "file").touch()
    assert entered(tmp_path / "file" / "history", "text\r", 1) == ["text"]


def test_history_that_can_not_be_written_any_more(tmp_path: Path) -> None:
    """Lines are entered as before when there is no room for them, as on a disk that has become full."""

    async def play() -> list[object]:
        entered: asyncio.Queue[object] = asyncio.Queue()
        (tmp_path / "state").mkdir()
        with opened(tmp_path / "state" / "history") as (view, keyboard, _):
            shutil.rmtree(tmp_path / "state")
            reading = asyncio.create_task(view.read(entered.put_nowait))
            keyboard.send_text("one\rtwo\r")
            got = [await asyncio.wait_for(entered.get(), 5) for _ in range(2)]
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            return got

    assert asyncio.run(play()) == [LineEntered("one"), LineEntered("two")]


def test_give_back(tmp_path: Path) -> None:
    """A line comes back into the input line, or above it when that is taken."""

    async def play() -> None:
        with opened(tmp_path / "history") as (view, _, screen):
            view.give_back(Unsent("one"))
            assert view.draft == "one"
            view.give_back(Unsent("two"))
            assert view.draft == "one"
            assert "Not sent: two" in screen.printed
            assert "Up brings it back" in screen.printed

    asyncio.run(play())


def test_nothing_shown_is_lost_at_the_end(tmp_path: Path) -> None:
    """What is shown just before the prompt ends is printed all the same."""

    async def play() -> str:
        with opened(tmp_path / "history") as (view, keyboard, screen):
            running = asyncio.Event()
            reading = asyncio.create_task(view.read(lambda _line: running.set()))
            keyboard.send_text("\r")
            await asyncio.wait_for(running.wait(), 5)
            view.show(Failure("", "last words"))
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            return screen.printed

    assert "last words" in asyncio.run(play())


def test_completion_types_no_traps(tmp_path: Path) -> None:
    """A room or person whose name is not what it looks like can't get into the input line."""
    odd = ("o\u202eps", "o\x1b[2J", "o\u043fs", "op\u200ds", *ATTACKS)

    async def play() -> set[str]:
        with opened(tmp_path / "history") as (view, _, _screen):
            view.follow(ChatState("me", "t", rooms=("ops", *odd), room=Room("dev", "ann", ("ops", *odd))))
            completer = view._prompt._session.completer
            assert completer
            found = completer.get_completions(Document("/join "), CompleteEvent())
            return {*view.people(), *(completion.text.removeprefix("/join ") for completion in found)}

    names = asyncio.run(play())
    assert "ops" in names
    assert names.isdisjoint(odd[:4])
    assert not [name for name in names if any(map(is_bad, name))]


@pytest.mark.parametrize(("variable", "coloured"), [("COLORTERM", True), ("NO_COLOR", False)])
def test_no_color(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, coloured: bool) -> None:  # noqa: FBT001
    """NO_COLOR means none, but bold stays; markup in a text is text."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv(variable, "1")

    async def play() -> str:
        with opened(tmp_path / "history") as (view, _, screen):
            view.show(Failure("", "[bold]x[/bold] :smile:"))
            return screen.printed

    printed = asyncio.run(play())
    assert "[bold]x[/bold] :smile:" in printed
    assert ("\x1b[1;31m" if coloured else "\x1b[1m") in printed


async def talk(server: RoomServer, keyboard: PipeInput, screen: Screen, history: Path) -> ExitCode:
    """Chat on a terminal without wishes."""
    world = World(keyboard=keyboard, screen=screen, clock=clock)
    return await chat(server.url, Settings(), json_lines=False, history=history, world=world)


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
