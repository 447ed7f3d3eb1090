"""A command in the foreground: its exit code, and the signals that reach it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.terminal import Terminal
from tests.support.until import PATIENCE, until
from wschat.errors import UsageError
from wschat.system.child import run

COUNTS = """
import os, signal, sys
def count(number, _): os.write(1, b"got %d\\n" % number)
for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP): signal.signal(each, count)
os.write(1, b"ready\\n")
sys.exit(int(sys.stdin.readline()))
"""
RUNS = "import sys; from wschat.system.child import run; sys.exit(run(sys.argv[1:], {}))"
COMMAND = [sys.executable, "-c", RUNS, sys.executable, "-c", COUNTS]


@pytest.mark.parametrize(("does", "code"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137)])
def test_exit_code(does: str, code: int) -> None:
    """It is passed on; of one that a signal ended it is a shell's."""
    assert run(["/bin/sh", "-c", does], {}) == code


def test_what_is_no_program(tmp_path: Path) -> None:
    """It is said what can't be run, and the signals are as they were."""
    before = signal.getsignal(signal.SIGTERM)
    (tmp_path / "text").write_text("")
    for path, why in ((tmp_path / "none", "No such file"), (tmp_path / "text", "Permission denied")):
        with pytest.raises(UsageError, match=why) as caught:
            run([str(path)], {})
        assert caught.value.where == str(path)
    assert signal.getsignal(signal.SIGTERM) == before


def test_meanwhile(tmp_path: Path) -> None:
    """What is done meanwhile learns that the command has ended; what it raises comes once that is so."""
    gate = tmp_path / "gate"
    os.mkfifo(gate)

    def meanwhile(is_over: Callable[[], bool]) -> None:
        assert not is_over()
        gate.write_text("go")
        until(is_over)
        raise LookupError

    with pytest.raises(LookupError):
        run(["/bin/sh", "-c", f"read -r _ < {gate}"], {}, meanwhile)


def test_signals_to_one_alone() -> None:
    """Without a terminal whatever is sent to this program reaches the command."""
    with subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as program:
        assert program.stdout
        assert program.stdin
        assert program.stdout.readline() == "ready\n"
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            program.send_signal(number)
            assert program.stdout.readline() == f"got {number}\n"
        program.stdin.write("5\n")
        program.stdin.close()
        assert program.wait(PATIENCE) == 5


def test_keys_once() -> None:
    """Ctrl-C in a terminal, which sends it to both, reaches the command once."""
    person = Terminal(*COMMAND, env=os.environ)
    person.until("ready")
    person.press("\x03")
    person.until("got 2")
    person.type("6")
    assert person.end() == 6
    assert str(person).count("got") == 1
