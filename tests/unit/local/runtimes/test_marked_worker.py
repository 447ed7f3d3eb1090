"""What a function has logged in an invocation is told apart from what it logs in another one."""

import base64
import errno
import json
import os
import subprocess
import threading
import time
from tempfile import gettempdir

import pytest

from wschat.lab.aws.cloud import Cloud
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
