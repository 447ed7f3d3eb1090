"""The workers of MiniStack's functions: what they begin with, how they are waited for, and an early start."""

import asyncio
import errno
import json
import queue
import secrets
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from pathlib import Path
from tempfile import gettempdir
from typing import Any, TypeVar

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from wschat.local.gateway.addresses import AWS_HOST

HERE = Path(__file__).parent
FIRST = {
    ".py": "__import__('runpy').run_path({file})['{name}'](*{arguments})\n",
    ".js": "require({file}).{name}(...{arguments});\n",
}
"""How a worker's program calls what it begins with, by its language; both read JSON."""
REPLACED = {
    # MiniStack's way to AWS's hosts, in Node: AWS's SDK 2 forgets the token of the function's role by it
    "patchAwsSdk();": "",
    # for this it loads botocore, 0.1 s of a core, in each Python worker
    "\n    _ms_install_invoke_depth()\n": "\n    __import__('runpy').run_path({file})['when_loaded']"
    "('botocore.handlers', _ms_install_invoke_depth)\n",
}
"""What of a worker's own program is something else here."""
FULL = (errno.ENOSPC, errno.EDQUOT)
NO_ROOM = "OSError: {}: the local lab can't unpack the files of {} in {}: make room there, and call it again"
THREADS = ThreadPoolExecutor(1000, "function")
"""As many calls may run at once, of functions that call each other too, as AWS lets an account have."""
T = TypeVar("T")
LOG_S = 1.0
"""How long an invocation's log is waited for: what a worker left behind when it died may keep it open."""


def keep_calls_here(port: int) -> None:
    """Let each worker that MiniStack starts from now on take the lab at a port for AWS's hosts.

    It is told in the worker's program: the variables of a function's environment are the function's own.
    """
    when_loaded = json.dumps(str(HERE / "when_loaded.py"))
    detect = lambda_runtime._detect_runtime_binary  # noqa: SLF001  it has no public seam there

    def detected(runtime: str) -> tuple[str, str]:
        binary, program = detect(runtime)
        for theirs, ours in REPLACED.items():
            program = program.replace(theirs, ours.format(file=when_loaded))
        return binary, _first(lambda_runtime._worker_script_extension(runtime), port) + program  # noqa: SLF001

    lambda_runtime._detect_runtime_binary = detected  # noqa: SLF001
    lambda_runtime.Worker = MarkedWorker
    lambda_svc.run_reentrant = in_kept_thread


class MarkedWorker(lambda_runtime.Worker):  # type: ignore[misc]
    """A worker whose log has a mark where an invocation ends.

    MiniStack's own waits for 5 ms in which no line comes, with the answer in hand, and for 50 ms where the
    function logs nothing; what comes later it takes for the next invocation's.
    """

    mark = secrets.token_hex(8)

    def invoke(self, *call: Any, **about: Any) -> dict[str, Any]:  # noqa: ANN401  MiniStack's
        """Invoke the function; that its files find no room is its error, and in its log."""
        try:
            answer: dict[str, Any] = super().invoke(*call, **about)
        except OSError as error:
            if error.errno not in FULL:
                raise
            self.kill()
            why = NO_ROOM.format(error.strerror, self.func_name, gettempdir())
            return {"status": "error", "error": why}
        return answer

    def _read_stderr(self) -> None:
        """Read the log, of whatever bytes; with the worker it ends, too."""
        log = self._stderr_queue
        self._proc.stderr.reconfigure(errors="backslashreplace")
        super()._read_stderr()
        log.put(self.mark)

    def _drain_stderr(self) -> str:
        """Return what an invocation has logged that took too long."""
        lines = super()._drain_stderr().split("\n")
        return "\n".join(line.removesuffix(self.mark) for line in lines if line != self.mark)

    def _drain_stderr_bounded(self) -> str:
        """Return what an invocation has logged, whose answer is there."""
        lines, until = list[str](), time.monotonic() + LOG_S
        with suppress(queue.Empty):
            while not (lines and lines[-1].endswith(self.mark)):
                lines.append(self._stderr_queue.get(timeout=max(0, until - time.monotonic())))
            lines += filter(None, [lines.pop().removesuffix(self.mark)])
        return "\n".join(lines)


async def in_kept_thread(work: Callable[..., T], *args: object, thread_name: str = "") -> T:  # noqa: ARG001
    """Let a thread wait for a function, and keep it; whoever asked may leave, and it goes on to its end.

    MiniStack starts a thread for each call, and the event loop waits until it runs.
    """
    done = asyncio.get_running_loop().run_in_executor(THREADS, copy_context().run, work, *args)
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        await asyncio.wait([done])
        raise


def start_ahead(name: str) -> None:
    """Start the worker of a function before it is called; one that can't start says so when it is called.

    A call meanwhile waits for this worker. It is one of MiniStack's default account and region.
    """
    function = lambda_svc._functions[name]  # noqa: SLF001  it has no public seam there
    worker = lambda_runtime.get_or_create_worker(name, function["config"], function["code_zip"])
    lambda_runtime.ensure_spawned(worker)


def _first(extension: str, port: int) -> str:
    """Return what the program of a worker in a language begins with."""
    end_here, mark_ends = ("end_here", "mark_ends") if extension == ".py" else ("endHere", "markEnds")
    calls = ("aws_hosts", end_here, [port, AWS_HOST.pattern]), ("log_end", mark_ends, [MarkedWorker.mark])
    return "".join(
        FIRST[extension].format(
            file=json.dumps(str(HERE / f"{file}{extension}")), name=name, arguments=json.dumps(given)
        )
        for file, name, given in calls
    )
