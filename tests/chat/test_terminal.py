"""The whole chat in ptys, seen through a terminal emulator."""

import asyncio
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.terminal import Terminal

from .room_server import RoomServer, room_server
from .test_render import ATTACKS

TALK = Path(__file__).with_name("talk.py")
ROWS, COLUMNS = 24, 80


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
        command = [
            sys.executable,
            str(TALK),
            server.server.url,
            str(tmp_path / f"history-{name}"),
            name,
            room,
            "",
        ]
        settings = {"TERM": "xterm-256color", "PATH": "", "LANG": "C.UTF-8", **environment}
        return Terminal(*command, env=settings, size=(ROWS, COLUMNS))

    return start


def test_two_people(open_terminal: Callable[..., Terminal]) -> None:
    """Two people meet, talk and part; what one is typing survives what the other says."""
    ann = open_terminal("ann", "ops")
    ann.until("you are in ops")
    bob = open_terminal()
    bob.until("/register NAME")
    bob.press("too early\r")
    bob.until("/register NAME, then /join ROOM\n> too early")
    bob.press("\x03/register bob\r")
    bob.until("you are bob; rooms: ops")
    bob.press("/join o")
    bob.until(lambda text: text.count("ops") == 2)  # the second is in the menu
    bob.press("\t")
    bob.until("> /join ops")
    bob.press("\r")
    bob.until("you are in ops, with ann")
    ann.until("bob joined")
    ann.press("half a dra")
    ann.until("> half a dra")
    bob.press("hello ann\r")
    ann.until("<bob> hello ann\n> half a dra")
    ann.press("ft\r")
    bob.until("<ann> half a draft")
    bob.until("connected · bob · ops (2) · ann, bob")
    bob.press("\x04")
    ann.until("bob left")
    ann.press("/quit\r")
    assert (ann.end(), bob.end()) == (0, 0)
    assert "connected ·" not in ann.text


def test_hostile_text(open_terminal: Callable[..., Terminal], server: ThreadedServer) -> None:
    """After any attack the cursor, the title, the colours and the typed draft are as before."""
    ann = open_terminal("ann", "ops")
    ann.until("you are in ops")
    ann.press("draft")
    ann.until("> draft")
    for number, attack in enumerate(ATTACKS):
        server.say(attack, user=f"e{attack}ve")
        server.do(server.server.tell({"type": "user-joined", "user": attack, "room": "ops"}))
        server.say(f"mark {number}.")
        ann.until(f"mark {number}.\n> draft")
        mark = next(row for row, text in enumerate(ann.screen.display) if f"mark {number}." in text)
        ann.until_cursor_at(mark + 1, len("> draft"))
        assert ann.screen.title == ""
        cell = ann.screen.buffer[mark][ann.screen.display[mark].index("mark")]
        assert (cell.fg, cell.bg, cell.bold, cell.reverse) == ("default", "default", False, False)
        assert not [text for text in ann.screen.display if text.startswith("12:00 <bob>")]
    ann.press("\x03\x03")
    assert ann.end() == 0


def test_burst(open_terminal: Callable[..., Terminal], server: ThreadedServer) -> None:
    """A flood of messages leaves a screen as if they had come one by one."""
    ann = open_terminal("ann", "ops")
    ann.until("you are in ops")
    ann.press("draft")
    for number in range(200):
        server.say(f"message {number}")
    ann.until("message 199\n> draft\n connected · ann · ops (1) · ann")
    said = [line.partition("> ")[2] for line in ann.text.splitlines()[:-2]]
    assert said == [f"message {number}" for number in range(200 - len(said), 200)]
    assert len(said) == ROWS - 2
    ann.press("\x03\x03")
    assert ann.end() == 0


def test_lost_connection(open_terminal: Callable[..., Terminal], server: ThreadedServer) -> None:
    """The draft is shown before the error, on a clean screen, with the documented exit code."""
    ann = open_terminal("ann", "ops")
    ann.until("you are in ops")
    ann.press("half a line")
    ann.until("> half a line")
    server.do(server.server.cut(1011))
    assert ann.end() == 6
    told = [line for line in ann.text.splitlines() if line]
    assert told[-3] == "-- you are in ops, nobody else is here yet"
    assert told[-2:] == ["!! Not sent: half a line", "the connection is lost: the server failed (1011)"]


def test_dumb_terminal(open_terminal: Callable[..., Terminal]) -> None:
    """A terminal without escape sequences gets plain lines."""
    ann = open_terminal("ann", "ops", TERM="dumb")
    ann.until("-- you are in ops")
    ann.press("hello\r")
    ann.until("<ann> hello")
    ann.press("/quit\r")
    assert ann.end() == 0


def test_padding_imitates_no_line(open_terminal: Callable[..., Terminal], server: ThreadedServer) -> None:
    """However long a message is padded, what follows at the edge of the screen is indented."""
    ann = open_terminal("ann", "ops", NO_COLOR="1", COLUMNS="200")  # what the terminal is, not what is said
    ann.until("you are in ops")
    for fill in " .\u00a0\u2800x":
        for length in range(50, 90, 3):
            server.say(f"hi{fill * length}12:00 <bob> I quit{fill * 45}-- bob left")
    server.say("the end")
    ann.until("the end")
    shown = str(ann).splitlines()
    assert sum("<bob> I quit" in line for line in shown) > len(shown) // 10
    assert not [line for line in shown if line.startswith(("12:00 <bob>", "-- bob"))]
    ann.press("\x03")
    assert ann.end() == 0


def test_ended_by_a_signal(open_terminal: Callable[..., Terminal]) -> None:
    """SIGTERM shows the draft, restores the terminal, and is no success."""
    ann = open_terminal("ann", "ops")
    ann.until("you are in ops")
    ann.press("half a line")
    ann.until("> half a line")
    ann.process.kill(signal.SIGTERM)
    assert ann.end() == 130
    assert "!! Not sent: half a line" in ann.text
    assert "connected ·" not in ann.text
