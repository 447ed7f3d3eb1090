"""What a worker begins with is not the function's to change."""

import asyncio
import base64
import errno
import json
import os
import subprocess
import threading
import time
from contextvars import ContextVar
from tempfile import gettempdir

import pytest
from ministack.core import lambda_runtime
from ministack.services import lambda_svc
from websockets.sync.client import ClientConnection

from tests.support.asynchronous import asynchronous
from tests.support.others.deployed import OWN
from tests.support.websocket_api import PATIENCE_S, make_function, package
from wschat.lab.aws.cloud import Cloud
from wschat.local.runtimes.workers import MarkedWorker, in_kept_thread, keep_calls_here

ASKS_AWS = """
import sys
def handler(event, context):
    before = "botocore" in sys.modules
    import boto3, botocore.handlers
    return [before, botocore.handlers.BUILTIN_HANDLERS[-1][1].__name__]
"""


@pytest.mark.parametrize(("language", "name"), [("Python", "PYTHONPATH"), ("Node", "NODE_OPTIONS")])
def test_a_functions_own_environment(callers: dict[str, ClientConnection], language: str, name: str) -> None:
    """A function may set what its language reads at its start, and has it; it calls AWS nonetheless."""
    callers[language].send("environment")
    assert str(callers[language].recv(PATIENCE_S)).endswith(f"Error: {OWN[name]}")


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
    assert "log" not in told, "it is the error"
    monkeypatch.setattr(Unpacked, "error", errno.EPERM)
    with pytest.raises(PermissionError):
        worker.invoke({}, "id")


def test_botocore(clients: Cloud) -> None:
    """Only a function that loads botocore waits for that; its calls tell how deep they are, as ever."""
    make_function(clients, "asks", package({"main.py": ASKS_AWS}))
    reply = clients.functions.invoke(FunctionName="asks", Payload="{}")
    assert json.load(reply["Payload"]) == [False, "_ms_add_invoke_depth"]


@asynchronous
async def test_a_kept_thread() -> None:
    """One call after the other is waited for by the same thread, in the context of its own."""
    context: ContextVar[int] = ContextVar("context")
    seen = []
    for number in range(3):
        context.set(number)
        seen.append(await in_kept_thread(lambda: (context.get(), threading.get_ident())))
    assert [number for number, _ in seen] == [0, 1, 2]
    assert len({thread for _, thread in seen}) == 1


@asynchronous
async def test_whoever_asked_has_left() -> None:
    """The call goes on, and its end is waited for nonetheless."""
    begun, may_end, ended = threading.Event(), threading.Event(), list[int]()

    def work() -> None:
        begun.set()
        may_end.wait()
        ended.append(1)

    asking = asyncio.create_task(in_kept_thread(work))
    await asyncio.to_thread(begun.wait)
    asking.cancel()
    done, _ = await asyncio.wait([asking], timeout=0.01)
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert (done, ended) == (set(), [1])


def test_the_log_of_an_invocation(clients: Cloud, mirror: str) -> None:
    """A function's log is what it has logged in this invocation, and nothing else."""
    for number in range(2):
        event = {"requestContext": {"number": number}}
        told = clients.functions.invoke(FunctionName=mirror, Payload=json.dumps(event), LogType="Tail")
        assert base64.b64decode(told["LogResult"]).decode() == json.dumps(event)


@asynchronous
async def test_what_ministack_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """MiniStack makes such workers, and has a kept thread wait for who invokes one."""
    for module, name in (
        (lambda_runtime, "_detect_runtime_binary"),
        (lambda_runtime, "Worker"),
        (lambda_svc, "run_reentrant"),
    ):
        monkeypatch.setattr(module, name, getattr(module, name))
    keep_calls_here(0)
    arn = "arn:aws:lambda:us-east-1:000000000000:function:thread"
    config = {"FunctionArn": arn, "Runtime": "python3.13", "Handler": "main.handler"}
    worker = lambda_runtime.get_or_create_worker("thread", config, b"")
    assert isinstance(worker, MarkedWorker)
    lambda_runtime.kill_workers([worker])

    def execute(*_: object) -> dict[str, object]:
        return {"body": threading.current_thread().name}

    monkeypatch.setattr(lambda_svc, "_execute_function_with_config_scope", execute)
    monkeypatch.setitem(lambda_svc._functions, "thread", {"config": config})
    path = "/2015-03-31/functions/thread/invocations"
    status, _, body = await lambda_svc.handle_request("POST", path, {}, b"{}", {})
    assert (status, json.loads(body)[:8]) == (200, "function")
