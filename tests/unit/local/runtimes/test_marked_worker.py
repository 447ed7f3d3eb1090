"""What a function has logged in an invocation is told apart from what it logs in another one."""

import base64
import errno
import json
import os
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import gettempdir
from typing import cast

import pytest
from ministack.core import lambda_runtime

from tests.support.until import until
from tests.support.websocket_api import PATIENCE_S, make_function, package
from wschat.lab.aws.cloud import Cloud
from wschat.local.runtimes import marked_worker
from wschat.local.runtimes.marked_worker import MarkedWorker


def test_the_log_of_an_invocation(clients: Cloud, mirror: str) -> None:
    """A function's log is what it has logged in this invocation, and nothing else."""
    for number in range(2):
        event = {"requestContext": {"number": number}}
        told = clients.functions.invoke(FunctionName=mirror, Payload=json.dumps(event), LogType="Tail")
        assert base64.b64decode(told["LogResult"]).decode() == json.dumps(event)


def test_a_log_that_comes_late() -> None:
    """All that was written before the answer is the invocation's, however late it comes, and no more."""
    worker = MarkedWorker("slow", {}, b"")

    def come() -> None:
        for line in ("one", "two", f"unended{MarkedWorker.mark}", "the next one's", MarkedWorker.mark):
            time.sleep(0.01)
            worker._stderr_queue.put(line)

    coming = threading.Thread(target=come)
    coming.start()
    assert worker._drain_stderr_bounded() == "one\ntwo\nunended"
    assert worker._drain_stderr_bounded() == "the next one's"
    coming.join()


def test_the_log_of_a_worker_that_died() -> None:
    """With the worker its log ends, which is not waited for any longer."""
    worker = MarkedWorker("dead", {}, b"")
    with subprocess.Popen(
        ["/bin/sh", "-c", "echo last >&2"], stderr=subprocess.PIPE, text=True
    ) as worker._proc:
        worker._read_stderr()
        assert not worker._proc.stderr, "MiniStack would wait for what holds it"
    worker._stderr_queue.put("another's")
    assert worker._drain_stderr_bounded() == "last"


def test_the_log_of_a_worker_that_was_ended() -> None:
    """What one that took too long had logged has no mark, which its end puts there."""
    worker = MarkedWorker("late", {}, b"")
    for line in ("one", f"two{MarkedWorker.mark}", MarkedWorker.mark):
        worker._stderr_queue.put(line)
    assert worker._drain_stderr() == "one\ntwo"


def test_a_log_of_bytes() -> None:
    """What is no UTF-8 in a log is spelled out, and what follows is read as well."""
    worker = MarkedWorker("bytes", {}, b"")
    with subprocess.Popen(
        ["/bin/sh", "-c", r"printf '\377\nlast\n' >&2"], stderr=subprocess.PIPE, text=True
    ) as worker._proc:
        worker._read_stderr()
    assert worker._drain_stderr_bounded() == "\\xff\nlast"


class Unpacked(MarkedWorker):
    """A worker whose files can't be written."""

    error = errno.ENOSPC

    def _spawn(self) -> None:
        raise OSError(self.error, os.strerror(self.error))


def test_a_full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function whose files find no room fails with where, what and what to do; that is in its log, too."""
    worker = Unpacked("shout", {}, b"")
    told = worker.invoke({}, "id")
    assert told["status"] == "error"
    assert str(told["error"]).startswith("OSError: No space left on device: the local lab can't unpack")
    assert f"shout in {gettempdir()}: make room there" in told["error"]
    assert not told["log"], "it is the error"
    monkeypatch.setattr(Unpacked, "error", errno.EPERM)
    assert worker.invoke({}, "id")["error"] == "PermissionError: [Errno 1] Operation not permitted"


def test_one_that_is_never_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its call fails, whatever the function has started and left behind: others would wait for ever, too."""
    ended = threading.Event()
    monkeypatch.setattr(lambda_runtime.Worker, "_spawn", lambda _: ended.wait(PATIENCE_S))
    monkeypatch.setattr(marked_worker, "LOAD_S", -0.9)
    told = MarkedWorker("loads", {"Timeout": 1}, b"").invoke({}, "id")
    assert told["error"] == "Task timed out after 0.10 seconds"
    ended.set()


WAITS = """
import os, pathlib, time
def is_there(name):
    return pathlib.Path(os.environ["PLACE"], name).exists()
if is_there("begun") and not is_there("may end"):
    raise RuntimeError("a moment's weakness")
def handler(event, context):
    pathlib.Path(os.environ["PLACE"], "begun").touch()
    while not is_there("may end"):
        time.sleep(0.01)
    return "ended"
"""


def test_one_that_does_not_start(clients: Cloud, tmp_path: Path) -> None:
    """A call whose worker can't start fails alone: the calls of the same function that run go on."""
    settings = {"Environment": {"Variables": {"PLACE": str(tmp_path)}}}
    make_function(clients, "waits", package({"main.py": WAITS}), **settings)

    def call() -> object:
        return json.load(clients.functions.invoke(FunctionName="waits", Payload="{}")["Payload"])

    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(call)
        until((tmp_path / "begun").exists)
        failed = cast("dict[str, str]", call())
        assert failed["errorMessage"].endswith("RuntimeError: a moment's weakness")
        (tmp_path / "may end").touch()
        assert [first.result(), call()] == ["ended"] * 2


@pytest.mark.parametrize(
    ("runtime", "file", "code", "error", "where"),
    [
        ("python3.13", "main.py", "\nreturn ((", "SyntaxError: '(' was never closed", 'main.py", line 2'),
        (
            "python3.13",
            "main.py",
            "import nowhere",
            "ModuleNotFoundError: No module named 'nowhere'",
            "line 1",
        ),
        ("nodejs20.x", "main.js", "\nreturn ((", "SyntaxError: Unexpected end of input", "main.js:2"),
        ("nodejs20.x", "main.js", "require('nowhere')", "Error: Cannot find module 'nowhere'", "main.js"),
    ],
)
def test_code_that_can_not_be_loaded(
    clients: Cloud, runtime: str, file: str, code: str, error: str, where: str
) -> None:
    """Which error it is, and where, stands in the function's log, on AWS as well."""
    name = f"unloadable-{runtime[:4]}-{len(code)}"
    make_function(clients, name, package({file: code}), Runtime=runtime)
    told = clients.functions.invoke(FunctionName=name, Payload="{}", LogType="Tail")
    assert error in json.load(told["Payload"])["errorMessage"]
    log = base64.b64decode(told["LogResult"]).decode()
    assert error in log
    assert where in log
