"""What is typed while the program is still being loaded."""

import os
import pty
import signal
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.support.terminal import Terminal, terminal
from tests.support.until import until
from wschat.chat.firstline import first_line

from .threaded import ROWS, ThreadedServer

HOLDING = """
import os, pathlib, sys, time

class Holding:
    @staticmethod
    def find_spec(name, *_more):
        held = pathlib.Path(os.environ["HELD"])
        if name in os.environ["HELD_AT"].split():
            held.touch()
            while held.exists():
                time.sleep(0.01)

sys.meta_path.insert(0, Holding)
"""
IMPATIENT = """
import os, signal, sys

class Impatient:
    @staticmethod
    def find_spec(name, *_more):
        if name == "ctypes":  # prompt_toolkit loads it when it begins to read
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Impatient)
"""
FIRST_LINE, LOOP = "wschat.chat.firstline", "wschat.chat.network.event_loop"
PROMPT, CLIENT = "wschat.chat.prompt", "wschat.chat.client"
BRACKETS_PASTES = 2004 << 5  # as pyte counts private modes
LONG = "a long line that goes on and on " * 6

Hold = Callable[..., AbstractContextManager[Terminal]]


@pytest.fixture
def held(tmp_path: Path) -> Path:
    """A file that is there while the program is held."""
    return tmp_path / "held"


@pytest.fixture
def hold(server: ThreadedServer, held: Path) -> Hold:
    """Return what starts chats that are held when they come to load modules, until `held` is removed."""
    held.with_name("sitecustomize.py").write_text(HOLDING)

    @contextmanager
    def start(modules: str, *options: str) -> Iterator[Terminal]:
        env = {"PYTHONPATH": str(held.parent), "HELD": str(held), "HELD_AT": modules}
        with terminal("chat", "--url", server.server.url, *options, env=env) as person:
            until(held.exists)
            yield person

    return start


def modes(person: Terminal) -> list[object]:
    return termios.tcgetattr(person.process.fileno())


def hang_up(master: int) -> None:
    """Let the terminal go."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, master)
    os.close(nothing)


def test_what_is_typed_is_shown_and_kept(hold: Hold, held: Path) -> None:
    """It is echoed, stays when the rest is there, can be edited, and Enter sends it."""
    with hold(PROMPT, "--name", "ann", "--room", "ops") as ann:
        ann.until(">")
        ann.press("hello")
        ann.until("> hello")
        held.unlink()
        ann.until("you are in ops")
        ann.until_screen(r"> hello\n+ connected")
        assert str(ann).count("hello") == 1
        ann.type("\x7f\x7fp")
        ann.until("<ann> help")
        ann.type("/quit")
        assert ann.end() == 0


def test_enter_sends(hold: Hold, held: Path) -> None:
    """A line that is entered then is sent once the rest is there; what follows is the next draft."""
    with hold(PROMPT, "--name", "ann", "--room", "ops") as ann:
        ann.type("one")
        ann.press("tw\x7fwo")
        ann.until("one^Mtw^?wo")
        held.unlink()
        ann.until("<ann> one")
        ann.until_screen(r"> two\n+ connected")
        assert "^M" not in str(ann)


def test_a_long_line_leaves_nothing(hold: Hold, held: Path) -> None:
    """It does not go on over more lines, which could not be taken away where the terminal scrolls."""
    with hold(PROMPT) as ann:
        ann.screen.cursor_position(ROWS, 1)
        ann.press(LONG)
        ann.until("on and on")
        held.unlink()
        ann.until("/register NAME")
        ann.until_screen("connected")
        assert "".join(str(ann).splitlines()).count("a long line") == LONG.count("a long line")
        assert str(ann).splitlines()[0].startswith("-- ")


def test_a_paste_is_not_sent(hold: Hold, held: Path) -> None:
    """It is told from what is typed, as later, and asked about if it is long."""
    with hold(PROMPT, "--name", "ann", "--room", "ops") as ann:
        ann.until(lambda _shown: BRACKETS_PASTES in ann.screen.mode)
        ann.press("\x1b[200~a\rb\rc\rd\re\rf\x1b[201~\r")
        held.unlink()
        ann.until("Send these 6 lines?")
        assert "<ann>" not in str(ann)


@pytest.mark.parametrize("key", ["\\", "Z", "S"])
def test_other_keys_wait(hold: Hold, held: Path, key: str) -> None:
    """With Ctrl, they are for who reads them later, not for the terminal."""
    with hold(PROMPT, "--name", "ann", "--room", "ops") as ann:
        ann.press(f"one\r{chr(ord(key) - 64)}")
        ann.until(f"one^M^{key}")
        held.unlink()
        ann.until("<ann> one")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("module", [LOOP, PROMPT])
def test_ended(hold: Hold, held: Path, module: str, number: int) -> None:
    """A signal ends the program, and leaves the terminal as it was."""
    with hold(f"{FIRST_LINE} {module}") as ann:
        before = modes(ann)
        held.unlink()
        ann.until(">")
        until(held.exists)
        assert modes(ann) != before
        ann.process.kill(number)
        held.unlink()
        ann.until(lambda _shown: modes(ann) == before)
        assert ann.end() == 130
        assert str(ann) == ""


@pytest.mark.parametrize("module", [LOOP, CLIENT])
def test_the_terminal_goes(hold: Hold, held: Path, module: str) -> None:
    """The program ends, as by SIGHUP."""
    with hold(module) as ann:
        ann.until(">")
        ann.press("one\r")
        hang_up(ann.process.fileno())
        held.unlink()
        until(lambda: not ann.process.isalive())
        assert ann.process.exitstatus == 130


def test_the_terminal_goes_before_the_line_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """That is no error: who reads the terminal then finds that it is gone."""
    master, slave = pty.openpty()
    with os.fdopen(slave) as stdin, os.fdopen(os.dup(slave), "w") as stdout, os.fdopen(master):
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setattr(sys, "stdin", stdin)
        monkeypatch.setattr(sys, "stdout", stdout)
        with first_line(wanted=True) as give_way:
            assert give_way
            hang_up(master)
            assert give_way()


def test_ctrl_c_twice(server: ThreadedServer, tmp_path: Path) -> None:
    """The second does not wait for the prompt, which tells no error of it either."""
    (tmp_path / "sitecustomize.py").write_text(IMPATIENT)
    with terminal("chat", "--url", server.server.url, env={"PYTHONPATH": str(tmp_path)}) as ann:
        assert ann.end() == 130
        assert str(ann) == ""


def test_an_error(hold: Hold, held: Path) -> None:
    """It stands where the line was."""
    with hold(FIRST_LINE, "--sign", "--region", "us-east-1") as ann:
        held.unlink()
        assert ann.end() == 4
        assert str(ann).startswith("Error: ")


def test_the_log_can_not_be_written(hold: Hold, held: Path) -> None:
    """What was entered and what was begun are told."""
    with hold(PROMPT, "--log", "/dev/null/x") as ann:
        ann.press("one\rtw")
        ann.until("one^Mtw")
        held.unlink()
        assert ann.end() == 2
        assert str(ann).startswith("!! Not sent: one\n!! Not sent: tw\nError: ")


def test_enter_after_the_end(hold: Hold, held: Path) -> None:
    """An empty line is none that was not sent."""
    with hold(PROMPT) as ann:
        ann.press("\x04\r")
        ann.until("^D^M")
        held.unlink()
        assert ann.end() == 0
        assert str(ann) == ""


def test_ended_before_lines_are_read(hold: Hold, held: Path) -> None:
    """SIGTERM then loses no line either."""
    with hold(CLIENT) as ann:
        ann.press("one\rtwo\rthr")
        ann.process.kill(signal.SIGTERM)
        held.unlink()
        assert ann.end() == 130
        assert str(ann) == "!! Not sent: one\n!! Not sent: two\n!! Not sent: thr"
