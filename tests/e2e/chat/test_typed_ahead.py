"""What is typed while the program is still being loaded."""

import os
import signal
import termios
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.support.terminal import Terminal, terminal, when_loading
from tests.support.threaded import ThreadedServer
from tests.support.until import until

HOLD = """
import pathlib, time

held = pathlib.Path({held!r})
held.touch()
while held.exists():
    time.sleep(0.01)
"""
INTERRUPT_TWICE = 2 * "import os, signal; os.kill(os.getpid(), signal.SIGINT)\n"
CLI, PROMPT, CLIENT = "wschat.cli.commands.chat", "wschat.chat.ui.prompt", "wschat.chat.client"
Hold = Callable[..., AbstractContextManager[Terminal]]


@pytest.fixture
def held(tmp_path: Path) -> Path:
    """A file that is there while the program is held."""
    return tmp_path / "held"


@pytest.fixture
def hold(server: ThreadedServer, held: Path) -> Hold:
    """Return what starts chats that are held when they come to load modules, until `held` is removed."""

    @contextmanager
    def start(modules: str, *options: str) -> Iterator[Terminal]:
        env = when_loading(held.parent, HOLD.format(held=str(held)), *modules.split())
        with terminal("chat", "--url", server.server.url, *options, env=env) as person:
            person.process.setecho(state=True)
            until(held.exists)
            yield person

    return start


def test_what_is_typed_is_kept(hold: Hold, held: Path) -> None:
    """The terminal echoes it, and it stands in the input line later; Enter sends it."""
    with hold(f"{PROMPT} {CLIENT}", "--name", "ann", "--room", "ops") as ann:
        ann.press("hell\x7fllo")
        ann.until("helllo")
        held.unlink()
        ann.until_screen(r"^> helllo\n")
        until(held.exists)
        held.unlink()
        ann.until("you are in ops")
        ann.until_screen(r"> helllo\n+ connected")
        assert str(ann).count("hel") == 1
        ann.type("\x7f\x7fp")
        ann.until("<ann> hellp")
        ann.type("/quit")
        assert ann.end() == 0


def test_enter_sends(hold: Hold, held: Path) -> None:
    """A line that is entered then is sent once the rest is there; what follows is the next draft."""
    with hold(PROMPT, "--name", "ann", "--room", "ops") as ann:
        ann.press("one\rthree\x1b\rfour\rtw")
        ann.until("four\ntw")
        held.unlink()
        ann.until("<ann> one\n")
        ann.until("<ann> three\n            four\n")
        ann.until_screen(r"> tw\n+ connected")


@pytest.mark.parametrize(
    ("module", "number"),
    [(CLI, signal.SIGINT), (PROMPT, signal.SIGINT), (PROMPT, signal.SIGTERM), (PROMPT, signal.SIGHUP)],
)
def test_ended(hold: Hold, held: Path, module: str, number: int) -> None:
    """A signal ends the program, and leaves the terminal as it was."""
    with hold(module) as ann:
        master = ann.process.fileno()
        before = termios.tcgetattr(master)
        ann.process.kill(number)
        held.unlink()
        ann.until(lambda _shown: termios.tcgetattr(master) == before)
        assert ann.end() == 130
        assert str(ann) == ""


@pytest.mark.parametrize("module", [PROMPT, CLIENT])
def test_the_terminal_goes(hold: Hold, held: Path, module: str) -> None:
    """The program ends, as by SIGHUP."""
    with hold(module) as ann:
        ann.press("one\r")
        with Path(os.devnull).open("rb") as nothing:
            os.dup2(nothing.fileno(), ann.process.fileno())
        held.unlink()
        until(lambda: not ann.process.isalive())
        assert ann.process.exitstatus == 130


def test_ctrl_c_twice(server: ThreadedServer, tmp_path: Path) -> None:
    """The second does not wait for the prompt, which tells no error of it either."""
    env = when_loading(tmp_path, INTERRUPT_TWICE, "ctypes")  # prompt_toolkit loads it when it begins to read
    with terminal("chat", "--url", server.server.url, env=env) as ann:
        assert ann.end() == 130
        assert str(ann) == ""


def test_the_log_can_not_be_written(hold: Hold, held: Path) -> None:
    """What was entered and what was begun are told."""
    with hold(PROMPT, "--log", "/dev/null/x") as ann:
        ann.press("one\rtw")
        ann.until("one\ntw")
        held.unlink()
        assert ann.end() == 2
        assert "\n!! Not sent: one\n!! Not sent: tw\nError: " in str(ann)


def test_enter_after_the_end(hold: Hold, held: Path) -> None:
    """A line is told as not sent then, but for an empty one, or one more /quit."""
    with hold(PROMPT) as ann:
        ann.press("/quit\rtoo late\r\r/quit\r")
        held.unlink()
        assert ann.end() == 0
        assert str(ann).count("Not sent: ") == str(ann).count("Not sent: too late") == 1


def test_ended_before_lines_are_read(hold: Hold, held: Path) -> None:
    """SIGTERM then loses no line either."""
    with hold(CLIENT) as ann:
        ann.press("one\rtwo\rthr")
        ann.process.kill(signal.SIGTERM)
        held.unlink()
        assert ann.end() == 130
        assert str(ann) == "!! Not sent: one\n!! Not sent: two\n!! Not sent: thr"
