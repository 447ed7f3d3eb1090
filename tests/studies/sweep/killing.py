"""Cases in which a real process works, and is killed: in real time, but faster.

`python -m tests.studies.sweep.killing URL RUN` is that process.
"""

import signal
import subprocess
import sys
import threading
from dataclasses import replace

import boto3

from tests.studies.sweep.cases import Case, Reference, ask
from tests.studies.sweep.world import PREFIX, RUNS, TIMES, World
from tests.support.labs import drain
from tests.support.plane.backend import Backend
from tests.support.plane.clock import ScaledClock
from tests.support.plane.faults import Fault
from tests.support.plane.wire import Call
from wschat.lab.aws.cloud import AWS_PACING
from wschat.lab.aws.session import connect
from wschat.local.environment import clean_environment
from wschat.target import Target

FACTOR = 20
TIMES_NOW = replace(TIMES, role_assumable=0)
"""In real time nobody knows beforehand which try of a function AWS will take; so it takes the first."""
KILLED_S = 60
"""Seconds of real time in which a process must have come to the call at which it is killed."""


class KillWorld(World):
    """The plane listens, and kills who asks."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend, ScaledClock(FACTOR), TIMES_NOW)

    def kill(self, case: Case, known: Reference) -> None:
        """Let a process of its own do a run, and kill it at the call of a case, before or after it.

        Its calls in flight take effect, though nobody hears their answers.
        """
        wanted, count, lock = known.asked(case), known.occurrence(case), threading.Lock()

        def fails(call: Call) -> Fault | None:
            nonlocal count
            if ask(self.plane, call) != wanted:
                return None
            with lock:
                count -= 1
                return None if count else case.kind

        before = threading.enumerate()
        with self.plane.listening() as self.url:
            command = [sys.executable, "-m", "tests.studies.sweep.killing", self.url, case.run]
            self.plane.fault = fails
            with subprocess.Popen(command, env=clean_environment(), stderr=subprocess.PIPE) as child:
                self.plane.on_kill = lambda: _kill(child)
                try:
                    child.wait(KILLED_S)
                except subprocess.TimeoutExpired:
                    child.kill()
                assert child.stderr
                told = child.stderr.read().decode()
        for thread in {*threading.enumerate()}.difference(before):
            thread.join()
        self.plane.fault = lambda _: None
        assert child.returncode == -signal.SIGKILL, f"it never came to this call: {told}"


def _kill(child: subprocess.Popen[bytes]) -> None:
    """Kill a process with -9; when this returns, it is gone."""
    child.kill()
    child.wait()


def _work(url: str, run: str) -> None:
    """Provision or tear down a lab at an endpoint, until it is killed."""
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
    here = Target(prefix=PREFIX, endpoint_url=url)
    drain(RUNS[run](connect(here, session, ScaledClock(FACTOR), AWS_PACING)))


if __name__ == "__main__":
    _work(*sys.argv[1:])
