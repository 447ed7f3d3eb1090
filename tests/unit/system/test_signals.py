"""The signals that ask a program to end."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.support.terminal import WSCHAT, Terminal
from tests.support.until import until
from wschat.errors import ExitCode
from wschat.system.signals import JOB_CONTROL, TERMINATION, interrupt_on_termination, on_termination


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Give this process its own back."""
    before = [(number, signal.getsignal(number)) for number in (*TERMINATION, *JOB_CONTROL)]
    yield
    for number, handler in before:
        signal.signal(number, handler)


def send() -> None:
    for number in TERMINATION:
        os.kill(os.getpid(), number)


def test_another_end_meanwhile() -> None:
    """The first is told, and those that follow do nothing, later neither; without any, all is as before."""
    told: list[str] = []
    interrupt_on_termination()
    with on_termination(lambda: told.append("quiet")):
        pass
    with pytest.raises(KeyboardInterrupt):
        send()
    send()
    interrupt_on_termination()
    with on_termination(lambda: told.append("asked")):
        send()
    send()
    assert told == ["asked"]


def test_an_end_that_hangs() -> None:
    """A later SIGTERM ends it, whatever it waits for."""
    code = """if True:
        import signal, threading
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        from wschat.system.signals import interrupt_on_termination
        interrupt_on_termination()
        for line in ("ready", "hangs", "hangs more"):
            try:
                print(line, flush=True)
                threading.Event().wait()
            except KeyboardInterrupt:
                pass
    """
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)

    def ended() -> bool:
        process.terminate()
        return process.poll() is not None

    try:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        process.terminate()
        assert process.stdout.readline() == "hangs\n"
        until(ended)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == ExitCode.INTERRUPTED


def test_ignored_ones_stay_ignored() -> None:
    """As `nohup` has it."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    interrupt_on_termination()
    os.kill(os.getpid(), signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN


def test_a_job_in_the_background_ends() -> None:
    """It is stopped when it touches the terminal, but not once more when it shall end."""
    env = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "PS1": "$ "}
    shell = Terminal("bash", "--norc", "--noprofile", "-i", env=env)
    try:
        shell.type(f"{WSCHAT} chat --url ws://127.0.0.1:9/ & until jobs | grep Stopped; do sleep 0.1; done")
        shell.until("Stopped  ")
        shell.type("kill %1; until jobs | grep Exit; do sleep 0.1; done")
        assert "Traceback" not in shell.until(f"  Exit {ExitCode.INTERRUPTED} ")
    finally:
        shell.process.close(force=True)
