"""The whole chat in ptys, seen through a terminal emulator."""

import io
import re
import signal
import termios
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.support.lab_server import LabServer
from tests.support.terminal import WSCHAT, Terminal, terminal
from tests.support.threaded import ROWS, ThreadedServer, start_chat
from tests.support.until import until

BRACKETS_PASTES = 2004 << 5  # as pyte counts private modes


@pytest.fixture
def open_terminal(server: ThreadedServer, tmp_path: Path) -> Callable[..., Terminal]:
    """Start chats; each quits in its test."""
    return partial(start_chat, server, tmp_path)


def test_two_people(open_terminal: Callable[..., Terminal]) -> None:
    """Two people meet, talk and part; what one is typing survives what the other says."""
    ann = open_terminal("ann", "ops")
    ann.until("you are in ops")
    bob = open_terminal()
    bob.until("/register NAME")
    bob.press("too early\r")
    bob.until("/register NAME, then /join ROOM\n> too early")
    bob.press("/register bob\r")  # which the text gives way to
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
    bob.until(lambda text: re.search(r"connected · bob · ops \(2\) · \d+ ms · ann, bob", text) is not None)
    bob.press("\x04")
    ann.until("bob left")
    ann.press("/quit\r")
    assert (ann.end(), bob.end()) == (0, 0)
    assert "connected ·" not in ann.text


@pytest.mark.parametrize(("end", "code", "why"), [("cut", 6, ["Error: ws://"]), ("SIGTERM", 130, [])])
def test_ended(
    open_terminal: Callable[..., Terminal], server: ThreadedServer, end: str, code: int, why: list[str]
) -> None:
    """What was sent in vain and the draft are shown before the error, on a clean screen."""
    ann = open_terminal("ann", "ops")
    ann.until("you are in ops")
    server.server.tamper = lambda _frame: ""
    ann.type("hello?")
    ann.press("half a line")
    ann.until("1 waiting")
    ann.until("> half a line")
    if end == "cut":
        server.do(server.server.cut(1009))
    else:
        ann.process.kill(signal.SIGTERM)
    assert ann.end() == code
    told = [line for line in ann.text.splitlines() if line]
    assert told[1:4] == [
        "-- you are in ops, nobody else is here yet",
        "!! Sent, not confirmed: hello?",
        "!! Not sent: half a line",
    ]
    assert [line[:12] for line in told[4:5]] == why


NARROW = """\
-- you are ann; no rooms yet
-- you are in ops, nobody else
      is here yet
00:00 <eve> a message that is
            long and long and
            long and over
> a draft that does not fit in
  to so few columns
"""


def test_resized(open_terminal: Callable[..., Terminal], server: ThreadedServer) -> None:
    """What was said is wrapped anew, with the column kept, and the draft is there once; nothing is lost."""
    ann = open_terminal("ann", "ops", TZ="UTC")
    ann.show("$ what stood there before\r\n")
    ann.until("you are in ops")
    server.say("a message that is long and long and long and over")
    ann.press("a draft that does not fit into so few columns")
    ann.until_screen("and over\n> a draft .* columns")
    wide = ann.text.partition("before\n")[2]
    for columns, text in ((30, NARROW), (80, wide.partition("> a")[0])):
        ann.process.setwinsize(24, columns)
        ann.screen.resize(24, columns)
        ann.until_screen(rf"^{re.escape(text)}")
    assert "> a draft that does not fit into so few columns\n\n" in ann.text
    assert "$ what stood there before" in str(ann)
    ann.press("\x03\x04")
    assert ann.end() == 0


def test_padding_imitates_no_line(open_terminal: Callable[..., Terminal], server: ThreadedServer) -> None:
    """However long a message is padded, what follows at the edge of the screen is indented, if plain, too."""
    # COLUMNS: what the terminal is, not what is said
    ann = open_terminal("ann", "ops", mode="plain", NO_COLOR="1", COLUMNS="200")
    ann.until("you are in ops")
    for fill in " .\u00a0\u2800x":
        for length in range(50, 90, 3):
            server.say(f"hi{fill * length}12:00 <bob> I quit{fill * 45}-- bob left")
    server.say("the end")
    ann.until("the end")
    shown = str(ann).splitlines()
    assert sum("<bob> I quit" in line for line in shown) > len(shown) // 10
    assert not [line for line in shown if line.startswith(("12:00 <bob>", "-- bob"))]
    ann.type("/quit")
    assert ann.end() == 0


def test_the_terminal_goes(open_terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    """What was typed is in the log at least."""
    log = tmp_path / "log"
    ann = open_terminal("ann", "ops", WSCHAT_LOG=str(log))
    ann.until("you are in ops")
    ann.press("half a line")
    ann.until("> half a line")
    ann.process.close(force=False)
    until(lambda: "!! Not sent: half a line" in log.read_text())


def test_in_the_background(server: ThreadedServer, tmp_path: Path) -> None:
    """Ctrl-Z leaves the terminal to the shell, without the modes of the chat; `fg` brings the draft back.

    What other programs wrote meanwhile is not wiped away, however much was said before, and resized or not.
    """
    places = {"WSCHAT_STATE_DIR": str(tmp_path), "WSCHAT_CONFIG": str(tmp_path / "config")}
    settings = {"TERM": "xterm-256color", "PATH": "", "LANG": "C.UTF-8", "PS1": "shell> ", **places}
    ann = Terminal("/bin/sh", "-i", env=settings, size=(ROWS, 80))
    ann.type(f"{WSCHAT} chat --url {server.server.url} --name ann --room ops")
    ann.until("you are in ops")
    *_, keys = termios.tcgetattr(ann.process.child_fd)
    assert (keys[termios.VQUIT], keys[termios.VSUSP]) == (b"\x1c", b"\x1a")
    assert BRACKETS_PASTES in ann.screen.mode
    for number in range(ROWS):
        server.say(f"message {number}")
    ann.press("half a draft")
    ann.until_screen(rf"message {ROWS - 1}\n> half a draft\n connected")
    said = [int(number) for number in re.findall(r"message (\d+)$", ann.text, re.MULTILINE)]
    assert said == [*range(2, ROWS)], "a flood of them leaves a screen as if they had come one by one"
    ann.press("\x1a")
    ann.until_screen(r"shell>\s*$")
    assert BRACKETS_PASTES not in ann.screen.mode
    ann.type("echo what stood $(( 1 + 1 )) lines above")
    ann.until("what stood 2 lines above")
    ann.process.setwinsize(ROWS, 60)
    ann.screen.resize(ROWS, 60)
    ann.type("fg")
    ann.until_screen(rf"^.*message 2\n(.*\n)*.*message {ROWS - 1}\n> half a draft\n connected")
    assert "what stood 2 lines above" in str(ann)
    assert BRACKETS_PASTES in ann.screen.mode
    ann.press("\x03\x03")
    ann.until_screen(r"shell>\s*$")
    ann.type("exit")
    assert ann.end() == 0


@pytest.mark.parametrize("calm", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"WSCHAT_PLAIN": "1"}], ids=str)
def test_waiting_for_the_local_lab(tmp_path: Path, calm: dict[str, str]) -> None:
    """Nothing turns while it starts; that it does is said in a line."""
    env = {"WSCHAT_STATE_DIR": str(tmp_path / ("too long for a socket" * 6)), **calm}
    with terminal("chat", "--local", env=env) as ann:
        written = ann.process.logfile_read = io.BytesIO()
        assert ann.end() == 8
    told = written.getvalue()
    assert told.startswith(b"Starting the local lab\r\n")
    assert b"\x1b[?25l" not in told  # which hides the cursor


def test_the_labs_own_functions() -> None:
    """A person is told once what is otherwise there, and talks."""
    threaded = ThreadedServer(LabServer())
    flags = ("--url", threaded.server.url, "--name", "ann", "--room", "ops")
    with terminal("chat", *flags, size=(24, 120)) as ann:
        ann.until("nothing has an id")
        ann.until("you are in ops, and nobody is told with whom")
        ann.type("hello")
        ann.until("<ann> hello")
        ann.until_screen(r"connected . ann . ops \(\?\)")
        ann.type("/quit")
        assert ann.end() == 0
    threaded.stop()


def test_frames(server: ThreadedServer) -> None:
    """With `--frames` the frames stand beside the talk; a raw one is completed, sent, and answered there."""
    flags = ("--frames", "--url", server.server.url, "--name", "ann", "--room", "ops")
    with terminal("chat", *flags, size=(24, 120)) as ann:
        seen = ann.until("you are in ops")
        assert re.search(r'-> [\d:.]+ \{"action":"register","value":"ann","id":"[^"]+","token":"…"\}', seen)
        ann.press("/ra")
        ann.until("show the reply")  # in the menu
        ann.press("\t")
        ann.until("> /raw")
        ann.press(' {"action":"ping"}\r')
        seen = ann.until(lambda text: re.search(r'<- [\d:.]+ \{"type": ?"pong"', text))
        assert re.search(r'-> [\d:.]+ \{"action":"ping"\}', seen)
        ann.type("/quit")
        assert ann.end() == 0
