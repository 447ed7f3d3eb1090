"""What the tests of the local lab share: a short state directory, a look at its processes, users."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.support.emulator import processes_of
from tests.support.until import until
from tests.support.websocket_api import TestApi, make_function
from wschat.lab.aws.cloud import Cloud
from wschat.local.join import LocalLab

HERE = Path(__file__).parent
FUNCTION = "Mirror"


@pytest.fixture
def state_dir(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A directory with a path short enough for a socket; the test must leave no process that names it."""
    monkeypatch.setenv("PYTHONPATH", str(HERE))
    path = Path(tempfile.mkdtemp(prefix="wschat-", dir="/tmp")).resolve()
    yield path
    try:
        until(lambda: not processes_of(path), told=lambda: processes_of(path))
    finally:
        for pid in processes_of(path):
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(path)


@pytest.fixture
def processes(state_dir: Path) -> Callable[[], list[int]]:
    """List the processes that name the state directory."""
    return lambda: processes_of(state_dir)


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


@pytest.fixture(scope="session")
def root_key(emulator: LocalLab) -> Credentials:
    """The key of the lab's root."""
    return Credentials(emulator.root.id, emulator.root.secret)


def signed(key: Credentials, request: AWSRequest, service: str) -> dict[str, str]:
    """Return the headers of a request that is signed for a service."""
    SigV4Auth(key, service, "us-east-1").add_auth(request)
    return dict(request.headers)


def noted(monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str) -> list[str]:
    """Note what a function of MiniStack's is asked from now on, which answers as ever; return the notes."""
    asked, answer = list[str](), getattr(module, name)

    def noting(what: str) -> Any:  # noqa: ANN401  MiniStack has no types
        asked.append(what)
        return answer(what)

    monkeypatch.setattr(module, name, noting)
    return asked


@pytest.fixture
def plain(clients: Cloud) -> Iterator[HTTPConnection]:
    """A connection to the lab without boto3."""
    with closing(HTTPConnection(str(clients.lab.endpoint).removeprefix("http://"))) as connection:
        yield connection


@pytest.fixture(scope="session")
def mirror(clients: Cloud) -> str:
    """The name of a function that does what it is told."""
    make_function(clients, FUNCTION)
    return FUNCTION


@pytest.fixture(scope="session")
def api(clients: Cloud, mirror: str) -> TestApi:
    """An API with routes of all sorts, but without `$default`."""
    api = TestApi(clients)
    proxy = api.proxy(mirror)
    for key in ("$connect", "$disconnect", "echo", "one-way", "half", "response", "slow"):
        api.permit(mirror, key)
    for key in ("$connect", "$disconnect", "echo", "not-permitted"):
        api.route(key, proxy)
    api.route("one-way", proxy, expression=False, response=False)
    api.route("half", proxy, response=False)
    api.route("response", proxy, expression=False)
    api.route("slow", api.proxy(mirror, timeout_ms=100))
    api.route("mock", api.mock())
    api.route("mock-half", api.mock(), response=False)
    api.route("mock-bad", api.mock(request="{}"))
    api.stage(api.deploy())
    return api
