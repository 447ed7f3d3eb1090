"""A function may be changed or deleted while its calls run, as a developer does while others try it."""

import json
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from tests.support.until import until
from tests.support.websocket_api import make_function, package
from wschat.lab.aws.cloud import Cloud
from wschat.local.runtimes import pool
from wschat.local.runtimes.marked_worker import MarkedWorker
from wschat.local.runtimes.workers import start_ahead

with subprocess.Popen(["/bin/sh", "-c", ":"]) as STARTED:
    """What an idle worker has in place of its process."""
WAITS = """
import os, pathlib, time
def handler(event, context):
    pathlib.Path(event, "begun").touch()
    while not pathlib.Path(event, "may end").exists():
        time.sleep(0.01)
    return os.getpid()
"""


def change_code(clients: Cloud, name: str) -> None:
    clients.functions.update_function_code(FunctionName=name, ZipFile=package({"main.py": WAITS}))


def change_configuration(clients: Cloud, name: str) -> None:
    clients.functions.update_function_configuration(FunctionName=name, Timeout=20)


def delete(clients: Cloud, name: str) -> None:
    clients.functions.delete_function(FunctionName=name)


@pytest.mark.parametrize("change", [change_code, change_configuration, delete])
def test_a_change_while_a_call_runs(
    clients: Cloud, tmp_path: Path, change: Callable[[Cloud, str], None]
) -> None:
    """The call ends as if nothing had happened, and then its worker; further calls have another one."""
    name = f"waits-{change.__name__}"
    make_function(clients, name, package({"main.py": WAITS}))

    def call() -> int:
        told = clients.functions.invoke(FunctionName=name, Payload=json.dumps(str(tmp_path)))
        worker = json.load(told["Payload"])
        assert isinstance(worker, int), worker
        return worker

    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(call)
        until((tmp_path / "begun").exists)
        change(clients, name)
        (tmp_path / "may end").touch()
        worker = running.result()
    until(lambda: not Path(f"/proc/{worker}").exists())
    with suppress(clients.functions.exceptions.ResourceNotFoundException):
        assert call() != worker


@pytest.fixture
def function(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The configuration of a function of MiniStack's in this process."""
    monkeypatch.setattr(lambda_runtime, "Worker", MarkedWorker)
    arn = "arn:aws:lambda:us-east-1:000000000000:function:changes"
    config = {"FunctionArn": arn, "Version": "$LATEST", "RevisionId": "old"}
    record = {"config": config, "code_zip": b"", "versions": {}, "aliases": {}}
    lambda_svc._functions["changes"] = record
    yield config
    lambda_svc._functions.pop("changes", None)
    lambda_runtime.reset()


def acquire(config: dict[str, str]) -> lambda_runtime.Worker:
    """Lease a worker as a call does, which has a copy of what the function was when it came."""
    worker, _ = pool.acquire("changes", {**config}, b"")
    assert worker
    worker._proc = worker._proc or STARTED
    return worker


def test_a_worker_is_kept(function: dict[str, str]) -> None:
    """The next call has the worker of the one before."""
    worker = acquire(function)
    pool.release(worker)
    assert acquire(function) is worker
    pool.release(None)


def test_a_worker_that_has_ended(function: dict[str, str]) -> None:
    """As after an error, it is not started anew: who waited for it may still read what it has started."""
    worker = acquire(function)
    worker._proc = None
    pool.release(worker)
    assert acquire(function) is not worker


def test_a_change_that_ends_no_worker(function: dict[str, str]) -> None:
    """MiniStack ends none for another role; the next call has a worker of what the function is."""
    worker = acquire(function)
    pool.release(worker)
    function["RevisionId"] = "new"
    assert acquire(function).config["RevisionId"] == "new"
    assert [[each.config["RevisionId"] for each in pool] for pool in lambda_runtime._workers.values()] == [
        ["new"]
    ]


def test_one_that_was_started_ahead(function: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """It is what its function was then, and the next call after a change has another one."""
    monkeypatch.setattr(lambda_runtime, "ensure_spawned", lambda _: None)
    start_ahead("changes")
    ((ahead,),) = lambda_runtime._workers.values()
    function["RevisionId"] = "new"
    assert acquire(function) is not ahead


@pytest.mark.parametrize("revision", ["new", None])
def test_a_call_from_before_a_change(function: dict[str, str], revision: str | None) -> None:
    """Its worker, started after the change as when an event is tried again, is for nobody else."""
    before = {**function}
    if revision:
        function["RevisionId"] = revision
    else:
        del lambda_svc._functions["changes"]
    worker = acquire(before)
    pool.release(worker)
    assert not any(lambda_runtime._workers.values())


def test_a_worker_that_does_not_end(function: dict[str, str]) -> None:
    """It is not waited for by the event loop, and so by everybody; one that has a call is left alone."""
    busy, worker = acquire(function), acquire(function)
    worker.in_use = False
    ignores = ["/bin/sh", "-c", "trap '' TERM; echo; exec sleep 60"]
    with (
        subprocess.Popen(ignores, stdout=subprocess.PIPE) as process,
        subprocess.Popen(["/bin/sleep", "60"]) as calls,
    ):
        assert process.stdout
        process.stdout.readline()
        worker._proc, busy._proc = process, calls
        pool.end_idle([busy, worker])
        assert process.poll() is None
        until(lambda: worker._proc is None)
        assert busy._proc is calls
        process.kill()
        calls.kill()
