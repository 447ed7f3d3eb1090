"""What the tests of the local lab share: a short state directory, a look at its processes, users."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def processes_of(directory: Path) -> list[int]:
    """Find the living processes whose command line names a directory, the oldest first."""
    listing = subprocess.run(
        ["ps", "-axwwo", "pid=,stat=,command="],  # noqa: S607
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    rows = [line.split(maxsplit=2) for line in listing.splitlines()]
    return sorted(int(pid) for pid, stat, command in rows if str(directory) in command and stat[0] != "Z")


def wait_until(is_so: Callable[[], object], *, within: float = 2.0) -> bool:
    """Tell whether something becomes so in time."""
    deadline = time.monotonic() + within
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


@pytest.fixture
def state_dir(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory with a path short enough for a socket; the test must leave no process that names it."""
    monkeypatch.setenv("PYTHONPATH", str(HERE))
    path = Path(tempfile.mkdtemp(prefix="wschat-", dir="/tmp")).resolve()
    yield path
    left = [] if wait_until(lambda: not processes_of(path)) else processes_of(path)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(path)
    assert not left


@pytest.fixture
def processes(state_dir: Path) -> Callable[[], list[int]]:
    """List the processes that name the state directory."""
    return lambda: processes_of(state_dir)


@pytest.fixture
def eventually() -> Callable[..., bool]:
    """Wait for a condition, two seconds unless told."""
    return wait_until


@pytest.fixture
def user(state_dir: Path) -> Iterator[Callable[[str], subprocess.Popen[str]]]:
    """Start users in processes of their own, which are killed at the end."""
    users: list[subprocess.Popen[str]] = []

    def start(provision: str) -> subprocess.Popen[str]:
        users.append(
            subprocess.Popen(
                [sys.executable, str(HERE / "user.py"), str(state_dir), f"provisions:{provision}"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        return users[-1]

    yield start
    for process in users:
        process.kill()
        process.communicate()
