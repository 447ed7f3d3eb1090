"""A world in which a real process works, and is killed: in real time, but faster."""

import signal
import subprocess
import sys
import threading
from contextlib import ExitStack
from dataclasses import replace

from tests.plane.clock import ScaledClock
from tests.plane.faults import Fault
from tests.plane.wire import Call
from tests.sweep.account import Account
from tests.sweep.cases import Case, Reference, ask
from tests.sweep.world import TIMES, World
from wschat.local.emulator import clean_environment

FACTOR = 20
TIMES_NOW = replace(TIMES, role_assumable=0)
"""In real time nobody knows beforehand which try of a function AWS will take; so it takes the first."""
KILLED_S = 60
"""Seconds of real time in which a process must have come to the call at which it is killed."""


class KillWorld(World):
    """The plane listens, and kills who asks."""

    def __init__(self, account: Account) -> None:
        super().__init__(account, ScaledClock(FACTOR), TIMES_NOW)
        self._stack = ExitStack()
        self.url = self._stack.enter_context(self.plane.listening())

    def close(self) -> None:
        self._stack.close()

    def kill(self, case: Case, known: Reference) -> None:
        """Let a process of its own do a run, and kill it at the call of a case, before or after it."""
        wanted, count, lock = known.asked(case), known.occurrence(case), threading.Lock()

        def fails(call: Call) -> Fault | None:
            nonlocal count
            if ask(self.plane, call) != wanted:
                return None
            with lock:
                count -= 1
                return None if count else case.kind

        command = [sys.executable, "-m", "tests.sweep.child", self.url, case.run, str(FACTOR)]
        self.plane.fault = fails
        with subprocess.Popen(command, env=clean_environment(), stderr=subprocess.PIPE) as child:
            self.plane.on_kill = lambda: _kill(child)
            try:
                child.wait(KILLED_S)
            except subprocess.TimeoutExpired:
                child.kill()
            self.plane.fault = lambda _: None
            assert child.stderr
            told = child.stderr.read().decode()
        assert child.returncode == -signal.SIGKILL, f"it never came to this call: {told}"


def _kill(child: subprocess.Popen[bytes]) -> None:
    """Kill a process with -9; when this returns, it is gone."""
    child.kill()
    child.wait()
