"""A worker of MiniStack's whose log has a mark where an invocation ends, and whose files may find no room."""

import errno
import queue
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from tempfile import gettempdir
from typing import Any

from ministack.core import lambda_runtime

from wschat.local.runtimes.pool import end

FULL = (errno.ENOSPC, errno.EDQUOT)
NO_ROOM = "OSError: {}: the local lab can't unpack the files of {} in {}: make room there, and call it again"
LOAD_S = 10
"""How much longer than its timeout a function may take to be loaded: AWS gives it this, and then that."""
LOG_S = 1.0
"""How long an invocation's log is waited for: what a worker left behind when it died may keep it open."""


class MarkedWorker(lambda_runtime.Worker):  # type: ignore[misc]
    """A worker whose log has a mark where an invocation ends.

    MiniStack's own waits for 5 ms in which no line comes, with the answer in hand, and for 50 ms where the
    function logs nothing; what comes later it takes for the next invocation's.
    """

    mark = secrets.token_hex(8)

    def invoke(self, *call: Any, **about: Any) -> dict[str, Any]:  # noqa: ANN401  MiniStack's
        """Invoke the function; that its worker does not start is its error, and in its log.

        Where that is raised, MiniStack lets go of all of the function's workers, and none of its log.
        """
        try:
            answer: dict[str, Any] = super().invoke(*call, **about)
        except Exception as error:  # noqa: BLE001  whatever it is, the others have nothing to do with it
            why = str(error) if type(error) is RuntimeError else f"{type(error).__name__}: {error}"
            if isinstance(error, OSError) and error.errno in FULL:
                why = NO_ROOM.format(error.strerror, self.func_name, gettempdir())
            started = self._proc is not None
            end([self])
            return {"status": "error", "error": why, "log": self._drain_stderr_bounded() if started else ""}
        return answer

    def _spawn(self) -> None:
        """Start the worker, and load the function; one that does not come to an end takes too long.

        A thread waits, for as long as a program that the function has started holds the worker's answers.
        """
        limit = self.config.get("Timeout", 30) + LOAD_S
        thread = ThreadPoolExecutor(1, "load")
        loading = thread.submit(copy_context().run, super()._spawn)
        thread.shutdown(wait=False)
        try:
            loading.result(limit)
        except TimeoutError as error:
            raise RuntimeError(f"Task timed out after {limit:.2f} seconds") from error

    def _read_stderr(self) -> None:
        """Read the log, of whatever bytes; with the worker it ends, too.

        MiniStack would read it as well where a worker dies, and wait for what that has started.
        """
        log, process = self._stderr_queue, self._proc
        stderr, process.stderr = process.stderr, None
        stderr.reconfigure(errors="backslashreplace")
        with stderr:
            for line in stderr:
                log.put(line.rstrip("\n"))
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
