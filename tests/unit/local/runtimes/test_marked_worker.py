"""What a function has logged in an invocation is told apart from what it logs in another one."""

import asyncio
import base64
import errno
import json
import os
import subprocess
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import gettempdir
from typing import cast

import pytest
from ministack.core import lambda_runtime

from tests.support.asynchronous import asynchronous
from tests.support.until import until
from tests.support.websocket_api import PATIENCE_S, make_function, package
from wschat.lab.aws.cloud import Cloud
from wschat.local.runtimes import marked_worker
from wschat.local.runtimes.call_log import CallLog
from wschat.local.runtimes.marked_worker import MarkedWorker
from wschat.local.runtimes.waiting import in_greenlet

LARGE = 1_000_000  # characters, of which a pipe holds 65,536
MakeWorker = Callable[..., MarkedWorker]


def test_the_log_of_an_invocation(clients: Cloud, mirror: str) -> None:
    """A function's log is what it has logged in this invocation, and nothing else."""
    for number in range(2):
        event = {"requestContext": {"number": number}}
        told = clients.functions.invoke(FunctionName=mirror, Payload=json.dumps(event), LogType="Tail")
        assert base64.b64decode(told["LogResult"]).decode() == json.dumps(event)


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> MakeWorker:
    """Makes a worker of the event loop that runs, which has no process."""

    def make(kind: type[MarkedWorker] = MarkedWorker) -> MarkedWorker:
        monkeypatch.setattr(MarkedWorker, "loop", asyncio.get_running_loop(), raising=False)
        made = kind("shout", {"Timeout": 1}, b"")
        made._log = CallLog(MarkedWorker.mark)
        return made

    return make


@asynchronous
async def test_a_log_that_comes_late(worker: MakeWorker) -> None:
    """All that was written before the answer is the invocation's, however late it comes, and no more."""
    slow, mark = worker(), MarkedWorker.mark
    lines = ("one\n", "two\r\n", "three\n\n", f"unended{mark}\n", "the next one's\n", f"{mark}\n")

    async def come() -> None:
        for line in lines:
            await asyncio.sleep(0.01)
            slow._log.data_received(line.encode())

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(come())
        assert await slow._logged() == "one\ntwo\nthree\n\nunended"
        assert await slow._logged() == "the next one's"


@pytest.mark.parametrize(
    ("printed", "logged"), [("last", "last"), (r"\377\nlast\n", "\\xff\nlast"), ("", "")]
)
@asynchronous
async def test_the_log_of_a_worker_that_died(worker: MakeWorker, printed: str, logged: str) -> None:
    """With the worker its log ends, of whatever bytes, which is not waited for any longer."""
    dead = worker()
    start = partial(subprocess.Popen, stderr=subprocess.PIPE, text=True)
    dead._proc = await asyncio.to_thread(start, ["/bin/sh", "-c", f"printf '{printed}' >&2"])
    dead._read_stderr()
    assert not dead._proc.stderr, "MiniStack would wait for what holds it"
    assert await dead._logged() == logged
    assert not dead._proc.wait()


@asynchronous
async def test_a_log_that_does_not_end(worker: MakeWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a worker that has died has started may hold its log: what has come is all."""
    monkeypatch.setattr(marked_worker, "LOG_S", 0.01)
    held = worker()
    assert not await held._logged()
    held._log.data_received(b"one\ntwo")
    assert await held._logged() == "one\ntwo"


class Unpacked(MarkedWorker):
    """A worker whose files can't be written."""

    error = errno.ENOSPC

    def _spawn(self) -> None:
        raise OSError(self.error, os.strerror(self.error))


@pytest.mark.parametrize("run", [in_greenlet, asyncio.to_thread])
@asynchronous
async def test_a_full_disk(
    worker: MakeWorker, run: Callable[..., Awaitable[dict[str, str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A function whose files find no room fails with where, what and what to do; that is in its log, too."""
    full = worker(Unpacked)
    told = await run(full.invoke, {}, "id")
    assert told["status"] == "error"
    assert told["error"].startswith("OSError: No space left on device: the local lab can't unpack")
    assert f"shout in {gettempdir()}: make room there" in told["error"]
    assert not told["log"], "it is the error"
    monkeypatch.setattr(Unpacked, "error", errno.EPERM)
    assert (await run(full.invoke, {}, "id"))["error"] == "PermissionError: [Errno 1] Operation not permitted"


@asynchronous
async def test_one_that_is_never_loaded(worker: MakeWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its call fails, whatever the function has started and left behind: others would wait for ever, too."""
    ended = threading.Event()
    monkeypatch.setattr(lambda_runtime.Worker, "_spawn", lambda _: ended.wait(PATIENCE_S))
    monkeypatch.setattr(marked_worker, "LOAD_S", -0.9)
    told = await in_greenlet(worker().invoke, {}, "id")
    assert told["error"] == "Task timed out after 0.10 seconds"
    ended.set()


LOUD = """
import sys
def handler(event, context):
    print("x" * len(event), file=sys.stderr)
    return event
"""


def test_more_than_a_pipe_holds(clients: Cloud) -> None:
    """Neither an event, nor an answer, nor a log waits until somebody has read the other."""
    make_function(clients, "loud", package({"main.py": LOUD}))
    told = clients.functions.invoke(FunctionName="loud", Payload=json.dumps("x" * LARGE), LogType="Tail")
    assert json.load(told["Payload"]) == "x" * LARGE
    assert base64.b64decode(told["LogResult"]) == b"x" * 4096


ENDS = """
import os, time
def handler(event, context):
    print(event, flush=True)
    os._exit(1) if event == "dies" else time.sleep(60)
"""


@pytest.mark.parametrize(
    ("event", "error"), [("dies", "Worker process died"), ("sleeps", "Task timed out after 1.00 seconds")]
)
def test_one_that_does_not_answer(clients: Cloud, event: str, error: str) -> None:
    """That is said, with what it has logged."""
    make_function(clients, event, package({"main.py": ENDS}), Timeout=1)
    told = clients.functions.invoke(FunctionName=event, Payload=json.dumps(event), LogType="Tail")
    assert json.load(told["Payload"])["errorMessage"] == error
    assert base64.b64decode(told["LogResult"]).decode().startswith(f"{event}\n")


OK = b'{"status": "ok", "result": "answered"}\n'


@pytest.mark.parametrize("line", [b"\n", b"[]\n", b"\xff\n", b'{"status": []}\n', b'{"status": "fine"}\n'])
@asynchronous
async def test_what_is_no_answer(worker: MakeWorker, line: bytes) -> None:
    """A little of it is passed over; the event loop, which does nothing else meanwhile, looks at no more."""
    babbling = worker()
    for times, told in ((199, json.loads(OK)), (200, None)):
        babbling._answers = asyncio.StreamReader()
        babbling._answers.feed_data(line * times + OK)
        answer = await babbling._answer()
        error = {"status": "error", "error": "No JSON response from worker after 200 lines"}
        assert answer == (told or error)


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
