"""The input line: its history, what is printed above it, and in what state the terminal is meanwhile."""

import asyncio
import errno
from pathlib import Path

import pytest
from prompt_toolkit.renderer import CPR_Support

from tests.support.asynchronous import asynchronous
from tests.unit.chat.ui.typist import PASTES_OFF, PASTES_ON, Screen, drafted, prompt_on, typed
from wschat.chat.ui.prompt import FRAME, history_in
from wschat.chat.ui.terminal import TerminalUI


def test_history_is_kept(tmp_path: Path) -> None:
    """Arrow-up brings the lines of the last run, from a file for this person alone."""
    path = tmp_path / "new" / "history"
    typed(path, "first\r")
    assert path.stat().st_mode & 0o777 == 0o600
    assert typed(path, drafted("", 1), "\x1b[A\r") == ["first"]


def test_history_that_can_not_be_written(tmp_path: Path) -> None:
    """Lines are entered as before where there is no place for the file, or no more, as on a full disk."""
    path = tmp_path / "state" / "history"

    def fill(_ui: TerminalUI) -> bool:
        return bool(path.parent.rename(tmp_path / "away"))

    assert typed(path, fill, "one\rtwo\r", count=2) == ["one", "two"]
    path.parent.touch()
    assert typed(path, "text\r") == ["text"]


def test_bytes_that_are_no_utf8(tmp_path: Path) -> None:
    """What is typed can be sent, and kept."""
    path = tmp_path / "history"
    assert typed(path, b"a\xffb\r") == ["a\ufffdb"]
    history_in(path).append_string("c\udcff")
    assert typed(path, drafted("", 2), "\x1b[A\x1b[A\r") == ["a\ufffdb"]


@asynchronous
async def test_an_input_of_many_lines(tmp_path: Path) -> None:
    """It takes half the screen at most, so that one sees what is said of it."""
    with prompt_on(tmp_path / "history", Screen()) as (prompt, _, screen):
        await prompt.start()
        prompt.default_buffer.text = "x\n" * 200
        size = screen.get_size()
        window = prompt.app.layout.current_window
        assert window.preferred_height(size.columns, size.rows).preferred == size.rows // 2
        await prompt.stop()


@asynchronous
async def test_a_terminal_that_is_gone(tmp_path: Path) -> None:
    """The prompt starts all the same, and tells at its end."""

    def fail() -> None:
        raise OSError(errno.EIO, "gone")

    with prompt_on(tmp_path / "history", Screen()) as (prompt, _, screen):
        screen.flush = fail  # type: ignore[method-assign]
        await prompt.start()
        with pytest.raises(OSError, match="gone"):
            await prompt.stop()
        del screen.flush


HERE = "\x1b[1;1R"  # a terminal tells where its cursor is


class AskingScreen(Screen):
    """Asks the terminal where its cursor is, and counts how often."""

    responds_to_cpr = True
    write = Screen.write_raw
    asked = 0

    def get_rows_below_cursor_position(self) -> int:
        """Know nothing without asking: prompt_toolkit asks the terminal where this is not implemented."""
        raise NotImplementedError

    def ask_for_cpr(self) -> None:
        """Ask."""
        self.asked += 1


@asynchronous
async def test_nothing_is_asked_at_the_end(tmp_path: Path) -> None:
    """What a slow terminal is asked last is answered before the prompt ends, or the shell would read it."""
    with prompt_on(tmp_path / "history", AskingScreen()) as (prompt, keyboard, screen):
        await prompt.start()
        keyboard.send_text(HERE)
        prompt.print("one\n")
        while screen.asked < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        prompt.print("two\n")
        ending = asyncio.create_task(prompt.stop())
        await asyncio.sleep(2 * FRAME)  # by now it waits to print
        keyboard.send_text(HERE)
        await ending
    assert screen.printed.endswith("two\r\n")
    assert screen.asked == 2


@asynchronous
async def test_what_is_printed(tmp_path: Path) -> None:
    """A paste is told from typing also while the prompt is away; all is printed, and then no more."""
    with prompt_on(tmp_path / "history", Screen()) as (prompt, _, screen):
        await prompt.start()
        prompt.print("hello\n")
        while "hello" not in screen.printed:  # noqa: ASYNC110
            await asyncio.sleep(0)
        assert screen.printed.endswith(f"{PASTES_ON}hello\r\n")  # before the prompt is drawn
        prompt.print("last words")
        await prompt.stop()
    assert screen.printed.endswith(f"{PASTES_OFF}last words")


@asynchronous
async def test_a_terminal_that_does_not_answer(tmp_path: Path) -> None:
    """Who does not tell where the cursor is gets the chat all the same, and no warning in it."""
    with prompt_on(tmp_path / "history", AskingScreen()) as (prompt, _, screen):
        renderer = prompt.app.renderer
        renderer.CPR_TIMEOUT = 0
        await prompt.start()
        while renderer.cpr_support != CPR_Support.NOT_SUPPORTED:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        prompt.print("hello\n")
        while "hello" not in screen.printed:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        await prompt.stop()
    assert "WARNING" not in screen.printed
