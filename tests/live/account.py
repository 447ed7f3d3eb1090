"""One lab in the account of a profile, made and removed by the real command."""

import os
import secrets
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import boto3

from tests.support.terminal import WSCHAT
from wschat.lab.aws import KINDS
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.session import connect, make_session
from wschat.target import Target

PROFILE = os.environ.get("WSCHAT_LIVE_PROFILE", "")
ENDPOINT = os.environ.get("WSCHAT_LIVE_ENDPOINT")
"""What to use in place of AWS, to try these tests themselves."""
COMMAND_S = 1800.0
"""Seconds that a command may take: AWS may take 15 minutes to know a role."""
CATCH_UP_S = 120.0
"""Seconds that AWS may take until what was changed is so everywhere."""


class LiveLab:
    """A lab of its own name."""

    def __init__(self) -> None:
        self.prefix = f"wschat-live-{secrets.token_hex(4)}-"
        self.url = ""
        self.program = WSCHAT
        terminal = {"TERM", "COLUMNS", "LINES", "NO_COLOR"}
        self.environment = {name: value for name, value in os.environ.items() if name not in terminal}
        where = ("--profile", PROFILE, *(("--endpoint-url", ENDPOINT) if ENDPOINT else ()))
        self.where = ("--prefix", self.prefix, *where)

    def aws(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command that speaks to AWS, about this lab."""
        return self.wschat(command, *self.where, *arguments)

    def wschat(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run the program; what is piped into it are lines to say."""
        self.last = subprocess.run(
            [self.program, *arguments],
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=COMMAND_S,
        )
        return self.last

    def until(self, so: Callable[[], bool], what: str) -> float:
        """Wait for something that AWS takes its time for; return how many seconds it took."""
        start = time.monotonic()
        while not so():
            in_vain = f"waited in vain for {what}\n{self.last.stdout}{self.last.stderr}"
            assert time.monotonic() - start < CATCH_UP_S, in_vain
            time.sleep(1)
        return time.monotonic() - start

    def cloud(self) -> Cloud:
        """Return boto3's clients for what the program itself does not do."""
        return connect(Target(prefix=self.prefix, profile=PROFILE, endpoint_url=ENDPOINT))

    def tear_down(self) -> None:
        """Remove it, whatever there is of it, and whoever presses Ctrl-C; and look by other means."""
        with no_interrupts():
            done = self.aws("teardown", "--yes")
            assert done.returncode == 0, f"{done.stderr}\nwschat teardown {' '.join(self.where)}"
            cloud = self.cloud()
            self.until(
                lambda: not [name for name in names(cloud) if self.prefix in name], "nothing to be left"
            )
            again = self.aws("teardown")
        assert (again.returncode, "Nothing to remove" in again.stderr) == (0, True), again.stderr


def session() -> boto3.Session:
    """Return a session of the profile."""
    return make_session(PROFILE or None, None)


def names(cloud: Cloud) -> list[str]:
    """Return the names of all tables, roles, log groups, functions and APIs of the account and region."""
    return [name for kind in KINDS.values() if kind.legal_name for name in kind.names(cloud)]


@contextmanager
def no_interrupts() -> Iterator[None]:
    """Let Ctrl-C, which reaches the children too, interrupt nothing."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
