"""A worker of MiniStack's whose pipes the event loop reads, and whose files may find no room."""

import asyncio
import errno
import io
import json
import secrets
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from tempfile import gettempdir
from typing import Any, ClassVar

from ministack.core import lambda_runtime

from wschat.local.runtimes.call_log import CallLog
from wschat.local.runtimes.pool import end
from wschat.local.runtimes.waiting import in_kept_thread, wait_for
from wschat.protocol.json_objects import json_object

FULL = (errno.ENOSPC, errno.EDQUOT)
NO_ROOM = "OSError: {}: the local lab can't unpack the files of {} in {}: make room there, and call it again"
LOAD_S = 10
"""How much longer than its timeout a function may take to be loaded: AWS gives it this, and then that."""
LOG_S = 1.0
"""How long an invocation's log is waited for: what a worker left behind when it died may keep it open."""
LINES = 200
"""How many lines of a worker may be no answer, as MiniStack has it."""
ALL = 2**62
"""As many bytes as come."""
Told = dict[str, Any]


class MarkedWorker(lambda_runtime.Worker):  # type: ignore[misc]
    """A worker whose log has a mark where an invocation ends.

    MiniStack's own has three threads for each call. It waits for 5 ms in which no line comes, with the answer
    in hand, and for 50 ms where the function logs nothing; what comes later it takes for the next one's.
    """

    loop: ClassVar[asyncio.AbstractEventLoop]
    mark = secrets.token_hex(8)
    _process: subprocess.Popen[str] | None = None
    """The one whose pipes these are: where events go to, and where answers and the log come from."""
    _events: asyncio.WriteTransport
    _answers: asyncio.StreamReader
    _log: CallLog

    def invoke(
        self,
        event: object,
        request_id: str,
        *,
        trace_id: str | None = None,
        depth: int | None = None,
        durable: Told | None = None,
        invoked_function_arn: str | None = None,
    ) -> Told:
        """Invoke the function, in a greenlet of the event loop or in a thread; return MiniStack's answer."""
        arn = self.config.get("FunctionArn", "") if invoked_function_arn is None else invoked_function_arn
        context = {
            "request_id": request_id,
            "invoked_function_arn": arn,
            "timeout_ms": int(self._timeout * 1000),
            "trace_id": trace_id,
            "depth": depth,
            "durable": durable or {},
        }
        return wait_for(self._invoke({"event": event, "ctx": context}), self.loop)

    @property
    def _timeout(self) -> float:
        """The function's timeout, in seconds."""
        return float(self.config.get("Timeout", 30))

    async def _invoke(self, envelope: Told) -> Told:
        """Invoke the function; that its worker does not start is its error, and in its log.

        Where that is raised, MiniStack lets go of all of the function's workers, and none of its log.
        """
        cold = self._cold or self._proc is None or self._proc.poll() is not None
        try:
            if cold:
                await in_kept_thread(lambda_runtime.ensure_spawned, self)
            if self._process is not self._proc:
                await self._connect()
            self._events.write(f"{json.dumps(envelope)}\n".encode())
        except Exception as error:  # noqa: BLE001  whatever it is, the others have nothing to do with it
            answer = {"status": "error", "error": self._why(error)}
        else:
            answer = await self._answer()
        started = self._proc is not None
        if answer["status"] == "error":
            await in_kept_thread(end, [self])
        return {**answer, "cold_start": cold, "log": await self._logged() if started else ""}

    async def _answer(self) -> Told:
        """Wait for the answer; what else a function writes there is none, and there may be little of it."""
        try:
            async with asyncio.timeout(self._timeout):
                for _ in range(LINES):
                    if not (line := await self._answers.readline()):
                        return {"status": "error", "error": "Worker process died"}
                    told = json_object(line)
                    if told and told.get("status") in ("ok", "error"):
                        return told
        except TimeoutError:
            return {"status": "error", "error": f"Task timed out after {self._timeout:.2f} seconds"}
        return {"status": "error", "error": f"No JSON response from worker after {LINES} lines"}

    async def _logged(self) -> str:
        """Return what an invocation has logged, of whatever bytes, whose answer is there."""
        text = (await self._log.take(LOG_S)).decode(errors="backslashreplace")
        return io.IncrementalNewlineDecoder(None, translate=True).decode(text, final=True).removesuffix("\n")

    async def _connect(self) -> None:
        """Have the event loop read the answers, and write the events."""
        self._process, self._answers = self._proc, asyncio.StreamReader(ALL)
        await self.loop.connect_read_pipe(
            partial(asyncio.StreamReaderProtocol, self._answers), self._proc.stdout
        )
        self._events, _ = await self.loop.connect_write_pipe(asyncio.BaseProtocol, self._proc.stdin)

    def _spawn(self) -> None:
        """Start the worker, and load the function; one that does not come to an end takes too long.

        A thread waits, for as long as a program that the function has started holds the worker's answers.
        """
        self._log = CallLog(self.mark)
        limit = self._timeout + LOAD_S
        thread = ThreadPoolExecutor(1, "load")
        loading = thread.submit(copy_context().run, super()._spawn)
        thread.shutdown(wait=False)
        try:
            loading.result(limit)
        except TimeoutError as error:
            raise RuntimeError(f"Task timed out after {limit:.2f} seconds") from error

    def _read_stderr(self) -> None:
        """Have the event loop read the log, whenever it comes.

        MiniStack would read it as well where a worker dies, and wait for what that has started.
        """
        stderr, self._proc.stderr = self._proc.stderr, None
        reading = self.loop.connect_read_pipe(lambda: self._log, stderr)
        asyncio.run_coroutine_threadsafe(reading, self.loop)

    def _why(self, error: Exception) -> str:
        """Return why the worker does not start."""
        if isinstance(error, OSError) and error.errno in FULL:
            return NO_ROOM.format(error.strerror, self.func_name, gettempdir())
        return str(error) if type(error) is RuntimeError else f"{type(error).__name__}: {error}"
