"""What is typed where no input line is drawn, at a real terminal's end: a pty."""

import asyncio
import os
import signal
import termios
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import pytest

from tests.support.asynchronous import asynchronous
from wschat.chat.ui.keyboard import LINE_FLAGS, Keyboard

PATIENCE = 10  # seconds


@dataclass
class Desk:
    """A keyboard, what is typed into it, the lines that came of it, and all that was written."""

    master: int
    slave: int
    lines: list[str | None] = field(default_factory=list)
    screen: str = ""

    def write(self, text: str) -> None:
        """Keep what is written."""
        self.screen += text

    async def type(self, keys: str, seen: Callable[[], object]) -> None:
        """Press keys, and wait until something is so."""
        os.write(self.master, keys.encode())
        await self.until(seen)

    async def until(self, seen: Callable[[], object]) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(PATIENCE):
            while not seen():  # noqa: ASYNC110
                await asyncio.sleep(0.002)


@asynccontextmanager
async def desk(typed_before: str = "") -> AsyncIterator[tuple[Desk, Keyboard]]:
    """Read lines at a new terminal, at which something was typed before."""
    master, slave = os.openpty()
    it = Desk(master, slave)
    keyboard = Keyboard(slave, it.write)
    os.write(master, typed_before.encode())

    async def read() -> None:
        async for line in keyboard.lines():
            it.lines.append(line)
        it.lines.append(None)

    reading = asyncio.create_task(read())
    try:
        async with asyncio.timeout(PATIENCE):
            while termios.tcgetattr(slave)[LINE_FLAGS] & termios.ECHO:  # noqa: ASYNC110
                await asyncio.sleep(0.002)
        yield it, keyboard
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        for end in (master, slave):
            with suppress(OSError):
                os.close(end)


@asynchronous
async def test_what_comes_while_one_types() -> None:
    """It is written when the line is entered, or erased; and nothing is written into that."""
    async with desk() as (at, keyboard):
        await at.type("hel", lambda: at.screen == "hel")
        keyboard.write("12:34 <bob> hi\n")
        await at.type("lo", lambda: at.screen == "hello")
        await at.type("\r", lambda: at.lines == ["hello"])
        assert at.screen == "hello\n12:34 <bob> hi\n"
        keyboard.write("at once\n")
        await at.type("x", lambda: at.screen.endswith("at once\nx"))
        keyboard.write("later\n")
        await at.type("\x7f", lambda: at.screen.endswith("x\b \blater\n"))


@asynchronous
async def test_who_stops_typing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has come is written then, and below it what is begun; so is what comes after that."""
    monkeypatch.setattr("wschat.chat.ui.keyboard.PAUSE", 0.01)
    async with desk() as (at, keyboard):
        await at.type("hel", lambda: at.screen == "hel")
        keyboard.write("one\n")
        await at.type("", lambda: at.screen == "hel\none\nhel")
        keyboard.write("two\n")
        assert at.screen == "hel\none\nhel\ntwo\nhel"
        await at.type("lo\r", lambda: at.lines == ["hello"])


@pytest.mark.parametrize(
    ("keys", "line", "screen"),
    [
        ("hel\x7f\x7fi", "hi", "hel\b \b\b \bi"),
        ("日\x7fx", "x", "日\b \b\b \bx"),
        ("one two\x17three", "one three", "one two\b \b\b \b\b \bthree"),
        ("one\x15two", "two", "one\b \b\b \b\b \btwo"),
        ("a\x1b[A\x1bOP\x1b[1;5Cb\x01\x04", "ab", "ab"),
        ("a\tb", "a b", "a b"),
        ("\x7fé", "é", "é"),
        ("x" * 5000, "x" * 5000, "x" * 5000),
    ],
)
@asynchronous
async def test_keys(keys: str, line: str, screen: str) -> None:
    """Some erase, as in any terminal; an arrow types nothing; no length is too much."""
    async with desk() as (at, _):
        for start in range(0, len(keys), 1000):
            await at.type(keys[start : start + 1000], lambda: True)
            await asyncio.sleep(0)
        await at.type("\r", lambda: at.lines)
    assert (at.lines, at.screen) == ([line], f"{screen}\n")


@asynchronous
async def test_what_was_typed_before() -> None:
    """The terminal has echoed it, so it is not echoed again; what is begun at the end is told."""
    async with desk("one\rtw") as (at, keyboard):
        await at.type("o", lambda: at.lines == ["one"] and at.screen == "o")
    assert at.screen == "o\n"
    assert keyboard.drain() == ["two"]


@asynchronous
async def test_back_from_the_background() -> None:
    """The shell had the terminal as it likes it: keys come one by one again, and what is begun is seen."""
    async with desk() as (at, _):
        await at.type("hel", lambda: at.screen == "hel")
        mode = termios.tcgetattr(at.slave)
        mode[LINE_FLAGS] |= termios.ECHO | termios.ICANON
        termios.tcsetattr(at.slave, termios.TCSANOW, mode)
        signal.raise_signal(signal.SIGCONT)
        await at.until(lambda: at.screen == "helhel")
        await at.type("l", lambda: at.screen == "helhell")


@asynchronous
async def test_the_end() -> None:
    """Ctrl-D on an empty line is the end, and leaves the terminal as it was."""
    async with desk() as (at, _):
        await at.type("\x04", lambda: at.lines == [None])
        assert termios.tcgetattr(at.slave)[LINE_FLAGS] & termios.ECHO


@asynchronous
async def test_a_terminal_that_is_gone() -> None:
    """It is the end, too."""
    async with desk() as (at, _):
        os.dup2(os.open(os.devnull, os.O_RDONLY), at.master)
        async with asyncio.timeout(PATIENCE):
            while at.lines != [None]:  # noqa: ASYNC110
                await asyncio.sleep(0.002)
