"""The whole chat in ptys, seen through a terminal emulator."""

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pexpect
import pyte
import pytest

from .room_server import RoomServer, room_server
from .test_render import ATTACKS

TALK = Path(__file__).with_name("talk.py")
ROWS, COLUMNS = 24, 80


class _Screen(pyte.Screen):
    """A screen whose reports, such as where the cursor is, go back to the program."""

    answer: Callable[[str], None]

    def write_process_input(self, data: str) -> None:
        self.answer(data)


class Terminal:
    """A chat in a pty, and the screen that a person sees."""

    def __init__(self, url: str, history: Path, name: str = "", room: str = "", **environment: str) -> None:
        self.screen = _Screen(COLUMNS, ROWS)
        self.screen.answer = self.type
        self._stream = pyte.ByteStream(self.screen)
        self._child = pexpect.spawn(
            sys.executable,
            [str(TALK), url, str(history), name, room, ""],
            dimensions=(ROWS, COLUMNS),
            env={"TERM": "xterm-256color", "PATH": "", "LANG": "C.UTF-8", **environment},
        )
        self._child.delaybeforesend = None

    def type(self, keys: str) -> None:
        """Press keys."""
        self._child.send(keys)

    def until(self, is_so: Callable[[str], bool]) -> str:
        """Read until the screen's text is as it should be, and return it."""
        deadline = time.monotonic() + 5
        while not is_so(self.text):
            assert time.monotonic() < deadline, self.text
            with suppress(pexpect.TIMEOUT, pexpect.EOF):
                self._stream.feed(self._child.read_nonblocking(65536, timeout=0.05))
        return self.text

    def until_shown(self, text: str) -> str:
        """Read until a text stands on the screen."""
        return self.until(lambda shown: text in shown)

    def until_cursor_at(self, row: int, column: int) -> None:
        """Read until the cursor stands there."""
        self.until(lambda _shown: (self.screen.cursor.y, self.screen.cursor.x) == (row, column))

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display)

    def end(self) -> int:
        """Wait for the end and return the exit code."""
        self._child.expect(pexpect.EOF, timeout=5)
        self._stream.feed(self._child.before)
        self._child.close()
        assert isinstance(self._child.exitstatus, int), self.text
        return self._child.exitstatus


class ThreadedServer:
    """A room server in a thread, beside tests that block."""

    def __init__(self) -> None:
        self.server = RoomServer()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))
        self._thread.start()
        assert self._ready.wait(5)

    async def _serve(self) -> None:
        async with room_server(self.server):
            self._ready.set()
            await self._stop.wait()

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        """Run something in the server's loop."""
        asyncio.run_coroutine_threadsafe(work, self._loop).result(5)

    def say(self, text: str, user: str = "eve", room: str = "ops") -> None:
        """Send a message to everybody, as if somebody had said it."""
        frame = {"type": "client-message", "user": user, "message": text, "room": room, "time": 1}
        self.do(self.server.tell(frame))

    def stop(self) -> None:
        """End it."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._loop.close()


@pytest.fixture
def server() -> Iterator[ThreadedServer]:
    """A server that runs beside the test."""
    server = ThreadedServer()
    yield server
    server.stop()


@pytest.fixture
def open_terminal(server: ThreadedServer, tmp_path: Path) -> Callable[..., Terminal]:
    """Start chats; each quits in its test."""

    def start(name: str = "", room: str = "", **environment: str) -> Terminal:
        return Terminal(server.server.url, tmp_path / f"history-{name}", name, room, **environment)

    return start


def test_two_people(open_terminal: Callable[..., Terminal]) -> None:
    """Two people meet, talk and part; what one is typing survives what the other says."""
    ann = open_terminal("ann", "ops")
    ann.until_shown("you are in ops")
    bob = open_terminal()
    bob.until_shown("/register NAME")
    bob.type("too early\r")
    bob.until_shown("/register NAME, then /join ROOM\n> too early")
    bob.type("\x03/register bob\r")
    bob.until_shown("you are bob; rooms: ops")
    bob.type("/join o")
    bob.until(lambda text: text.count("ops") == 2)  # the second is in the menu
    bob.type("\t")
    bob.until_shown("> /join ops")
    bob.type("\r")
    bob.until_shown("you are in ops, with ann")
    ann.until_shown("bob joined")
    ann.type("half a dra")
    ann.until_shown("> half a dra")
    bob.type("hello ann\r")
    ann.until_shown("<bob> hello ann\n> half a dra")
    ann.type("ft\r")
    bob.until_shown("<ann> half a draft")
    bob.until_shown("connected · bob · ops (2) · ann, bob")
    bob.type("\x04")
    ann.until_shown("bob left")
    ann.type("/quit\r")
    assert (ann.end(), bob.end()) == (0, 0)
    assert "connected ·" not in ann.text


def test_hostile_text(open_terminal: Callable[..., Terminal], server: ThreadedServer) -> None:
    """After any attack the cursor, the title, the colours and the typed draft are as before."""
    ann = open_terminal("ann", "ops")
    ann.until_shown("you are in ops")
    ann.type("draft")
    ann.until_shown("> draft")
    for number, attack in enumerate(ATTACKS):
        server.say(attack, user=f"e{attack}ve")
        server.do(server.server.tell({"type": "user-joined", "user": attack, "room": "ops"}))
        server.say(f"mark {number}.")
        ann.until_shown(f"mark {number}.\n> draft")
        mark = next(row for row, text in enumerate(ann.screen.display) if f"mark {number}." in text)
        ann.until_cursor_at(mark + 1, len("> draft"))
        assert ann.screen.title == ""
        cell = ann.screen.buffer[mark][ann.screen.display[mark].index("mark")]
        assert (cell.fg, cell.bg, cell.bold, cell.reverse) == ("default", "default", False, False)
        assert not [text for text in ann.screen.display if text.startswith("12:00 <bob>")]
    ann.type("\x03\x03")
    assert ann.end() == 0


def test_burst(open_terminal: Callable[..., Terminal], server: ThreadedServer) -> None:
    """A flood of messages leaves a screen as if they had come one by one."""
    ann = open_terminal("ann", "ops")
    ann.until_shown("you are in ops")
    ann.type("draft")
    for number in range(200):
        server.say(f"message {number}")
    ann.until_shown("message 199\n> draft\n connected · ann · ops (1) · ann")
    said = [line.partition("> ")[2] for line in ann.text.splitlines()[:-2]]
    assert said == [f"message {number}" for number in range(200 - len(said), 200)]
    assert len(said) == ROWS - 2
    ann.type("\x03\x03")
    assert ann.end() == 0


def test_lost_connection(open_terminal: Callable[..., Terminal], server: ThreadedServer) -> None:
    """The draft is shown before the error, on a clean screen, with the documented exit code."""
    ann = open_terminal("ann", "ops")
    ann.until_shown("you are in ops")
    ann.type("half a line")
    ann.until_shown("> half a line")
    server.do(server.server.cut(1011))
    assert ann.end() == 6
    told = [line for line in ann.text.splitlines() if line]
    assert told[-3] == "-- you are in ops, nobody else is here yet"
    assert told[-2:] == ["!! Not sent: half a line", "the connection is lost: the server failed (1011)"]


def test_dumb_terminal(open_terminal: Callable[..., Terminal]) -> None:
    """A terminal without escape sequences gets plain lines."""
    ann = open_terminal("ann", "ops", TERM="dumb")
    ann.until_shown("-- you are in ops")
    ann.type("hello\r")
    ann.until_shown("<ann> hello")
    ann.type("/quit\r")
    assert ann.end() == 0
