"""The beginning of the local lab's process, and its end: with its last user, and with nothing left."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.unit.local.functions import TestFunction
from wschat.errors import LocalError
from wschat.local.join import join
from wschat.system.ports import is_in_use

Processes = Callable[[], list[int]]


def test_what_is_loaded_first() -> None:
    """Nothing else is loaded before the provisioner is started: it would have to wait for that."""
    code = "import wschat.local.process.__main__, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found = set(done.stdout.split())
    assert {name for name in found if name.startswith("wschat.")} == {
        "wschat.local",
        "wschat.local.process",
        "wschat.local.process.__main__",
        "wschat.local.process.children",
    }
    assert found & {"asyncio", "logging", "ministack"} == set()


def test_leaves_nothing(state_dir: Path, processes: Processes) -> None:
    """When the last user has left, there is no process, no busy worker, no port, and no file but the log."""
    temporary = state_dir / "local.tmp"
    stale = temporary / "stale"
    temporary.mkdir()
    stale.touch()
    before = set(Path(tempfile.gettempdir()).glob("ministack*"))
    with join(state_dir) as lab:
        with socket.socket() as elsewhere:
            assert elsewhere.connect_ex(("127.0.0.2", urlsplit(lab.endpoint).port)) != 0
        TestFunction(lab).keep_busy()
        assert len(processes()) == 3  # the lab, its watchdog, the worker
        assert not stale.exists()
        assert list(temporary.glob("ministack-*"))
        assert set(Path(tempfile.gettempdir()).glob("ministack*")) == before

    assert processes() == []
    assert not is_in_use(urlsplit(lab.endpoint).port or 0)
    assert {path.name for path in state_dir.iterdir()} == {"local.lock", "local.log"}
    assert (state_dir / "local.log").stat().st_mode & 0o777 == 0o600


def test_terminated(state_dir: Path, processes: Processes) -> None:
    """A lab that gets SIGTERM ends in order and tells its users."""
    with join(state_dir) as lab:
        os.kill(processes()[0], signal.SIGTERM)
        with pytest.raises(LocalError, match="was ended"):
            lab.wait()
    assert processes() == []
    assert not (state_dir / "local.sock").exists()


OUT_OF_DESCRIPTORS = """
import contextlib, pathlib, resource, socket, sys, time, urllib.parse
from wschat.local.descriptors import LEAST
from wschat.local.join import join
resource.setrlimit(resource.RLIMIT_NOFILE, (LEAST, LEAST))
state_dir = pathlib.Path(sys.argv[1])
with contextlib.ExitStack() as crowd, join(state_dir) as lab:
    at = urllib.parse.urlsplit(lab.endpoint)
    with (state_dir / "local.log").open() as log:
        with contextlib.suppress(OSError):
            while True:
                crowd.enter_context(socket.create_connection((at.hostname, at.port)))
        while "Too many open files" not in log.read():
            time.sleep(0.01)
"""


def test_out_of_descriptors(state_dir: Path, processes: Processes) -> None:
    """A lab that has no descriptor left ends as any other: some are kept for that."""
    command = [sys.executable, "-c", OUT_OF_DESCRIPTORS, str(state_dir)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, processes()) == (0, []), done.stderr
    assert "Traceback" not in (state_dir / "local.log").read_text()
    assert {path.name for path in state_dir.iterdir()} == {"local.lock", "local.log"}
