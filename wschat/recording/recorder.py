"""Writes each call, handshake and message of a process in the directory of `WSCHAT_RECORD`, without secrets.

What the functions log is in FilterLogEvents' answers.
"""

import json
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache, partial
from itertools import count
from pathlib import Path
from typing import Any

from wschat import __version__
from wschat.errors import UsageError
from wschat.system import paths

VARIABLE = "WSCHAT_RECORD"
FORMAT = 1
HEADERS = {
    *("connection", "content-encoding", "content-length", "content-type", "date", "retry-after", "server"),
    *("x-amz-apigw-id", "x-amzn-errortype", "x-amzn-requestid", "x-amzn-trace-id"),
}
"""The headers of AWS's answers that say something; of a handshake, all do."""
CONTEXT = "wschat-recording"
CLOSE = "CLOSE"


def active() -> "Recording | None":
    """Return the recording of this process, if there should be one.

    Raises:
        UsageError: the directory can't be written.
    """
    place = os.environ.get(VARIABLE)
    return _open(str(Path(place).absolute())) if place else None


@cache
def _open(place: str) -> "Recording":
    try:
        return Recording(Path(place))
    except OSError as error:
        hint = "name a directory that can be written, or unset it: then nothing is recorded"
        what = f"{error.filename or place} can't be written: {error.strerror or error}"
        raise UsageError(what, where=VARIABLE, hint=hint) from None


class Recording:
    """A file of JSON lines, one for each process, in a directory; `redact` is how secrets are replaced."""

    def __init__(self, directory: Path) -> None:
        from wschat.recording.redaction import Redaction  # its patterns take a while to compile

        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.redaction = Redaction(paths.recording_key())
        now = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        file = os.open(directory / f"{now}-{os.getpid()}-{os.urandom(2).hex()}.jsonl", flags, 0o600)
        self._file = os.fdopen(file, "w", encoding="utf-8", errors="backslashreplace")
        self._lock = threading.Lock()
        self._connections = count(1)
        self.write("run", time.time(), format=FORMAT, wschat=__version__, command=sys.argv[1:2])

    def write(self, kind: str, at: float, **facts: Any) -> None:  # noqa: ANN401  any JSON
        """Write one line; `at` is in seconds since 1970. When there is no more room, nothing is any more."""
        with self._lock:
            if self._file.closed:
                return
            try:
                line = {"kind": kind, "at": round(at, 4), **self._redacted(facts)}
                self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
                self._file.flush()
            except OSError as error:
                sys.stderr.write(f"{VARIABLE}: the recording ends here: {error.strerror or error}\n")
                with suppress(OSError):
                    self._file.close()

    def _redacted(self, facts: dict[str, Any]) -> Any:  # noqa: ANN401  any JSON
        try:
            return self.redaction.redact(facts)
        except RecursionError:  # of a body that is nested too deeply, which is left out
            return self.redaction.redact(facts | {"body": None})

    def watch(self, client: Any) -> None:  # noqa: ANN401  any of boto3's
        """Write each call of a client of boto3, with its answer or its error."""
        service, events = client.meta.service_model.service_name, client.meta.events
        events.register("before-parameter-build", self._build)
        events.register("before-call", self._begin)
        events.register("after-call", partial(self._end, service))
        events.register("after-call-error", partial(self._fail, service))

    def _build(self, params: Mapping[str, Any], context: dict[str, Any], **_: object) -> None:
        context[CONTEXT] = {"parameters": params}

    def _begin(
        self,
        model: Any,  # noqa: ANN401  botocore's
        params: Mapping[str, Any],
        context: dict[str, Any],
        **_: object,
    ) -> None:
        known = {"operation": model.name, "url": params["url"]}
        context[CONTEXT] |= known | {"at": time.time(), "start": time.monotonic()}

    def _end(
        self,
        service: str,
        http_response: Any,  # noqa: ANN401  botocore's
        model: Any,  # noqa: ANN401
        context: dict[str, Any],
        **_: object,
    ) -> None:
        answer = {"status": http_response.status_code, "headers": _headers(http_response.headers.items())}
        if not model.has_streaming_output:  # whoever called reads that, once
            answer["body"] = _parsed(http_response.content)
        self._write_call(service, context, **answer)

    def _fail(self, service: str, exception: Exception, context: dict[str, Any], **_: object) -> None:
        self._write_call(service, context, error=_told(exception))

    def _write_call(self, service: str, context: dict[str, Any], **outcome: Any) -> None:  # noqa: ANN401
        call = context[CONTEXT]
        seconds = round(time.monotonic() - call.pop("start"), 4)
        self.write("call", call.pop("at"), seconds=seconds, service=service, **call, **outcome)

    @contextmanager
    def handshake(self, url: str) -> Iterator[logging.Logger]:
        """Write the handshake that is made meanwhile, and all messages of the connection that it opens.

        Yields the logger that `websockets` must be given, by which it tells of each frame.
        """
        log = ConnectionLog(self.write, next(self._connections))
        at, start = time.time(), time.monotonic()
        outcome: dict[str, Any] = {}
        try:
            yield log.logger
        except Exception as error:
            response = getattr(error, "response", None)
            outcome = {"error": _told(error)} if response is None else {"body": response.body or b""}
            raise
        finally:
            seconds = round(time.monotonic() - start, 4)
            facts = {"connection": log.number, "url": url, "offered": log.offered, **log.answer, **outcome}
            self.write("handshake", at, seconds=seconds, **facts)


class ConnectionLog(logging.Handler):
    """Takes what `websockets` logs of one connection by this `logger`, and writes its messages.

    The frames of a message are written together: a secret may be cut in two by them.
    """

    def __init__(self, write: Callable[..., None], number: int) -> None:
        super().__init__()
        self.number = number
        self.offered: dict[str, str] = {}
        self.answer: dict[str, Any] = {}
        self.logger = logging.Logger(__name__, logging.DEBUG)  # noqa: LOG001  of this connection alone
        self.logger.addHandler(self)
        self._write = write
        self._begun: dict[str, list[tuple[float, Any]]] = {"<": [], ">": []}

    def emit(self, record: logging.LogRecord) -> None:
        """Take a line of the handshake, or a frame; `<` is the server's, `>` the client's."""
        who, _, form = str(record.msg).partition(" ")
        match form, record.args:
            case "%s: %s", (str(name), str(value)) if who == ">":
                self.offered[name] = value
            case "%s: %s", (str(name), str(value)):
                self.answer["headers"][name.lower()] = value
            case "HTTP/1.1 %d %s", (int(status), _):
                self.answer |= {"status": status, "headers": {}}
            case "%s", (frame,) if hasattr(frame, "opcode"):
                self._take(who, record.created, frame)

    def _take(self, who: str, at: float, frame: Any) -> None:  # noqa: ANN401  websockets' own
        is_control = frame.opcode.name in {CLOSE, "PING", "PONG"}
        parts = [(at, frame)] if is_control else [*self._begun[who], (at, frame)]
        if not is_control:
            self._begun[who] = [] if frame.fin else parts
        if not frame.fin:
            return
        data, kind, start = (
            b"".join(bytes(part.data) for _, part in parts),
            parts[0][1].opcode.name,
            parts[0][0],
        )
        facts: dict[str, Any] = {} if is_control else {"text": data}
        if kind == CLOSE and data:
            facts = {"code": int.from_bytes(data[:2]), "reason": data[2:]}
        whose = "server" if who == "<" else "client"
        known = {"connection": self.number, "from": whose, "opcode": kind.lower(), **facts}
        self._write(
            "message",
            start,
            seconds=round(at - start, 4),
            frames=[len(part.data) for _, part in parts],
            **known,
        )


@contextmanager
def handshake(url: str) -> Iterator[logging.Logger | None]:
    """Do what `Recording.handshake` does, if there is a recording."""
    if recording := active():
        with recording.handshake(url) as logger:
            yield logger
    else:
        yield None


def _headers(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name.lower(): value for name, value in pairs if name.lower() in HEADERS}


def _parsed(body: bytes) -> Any:  # noqa: ANN401  any JSON
    """Return what a body says in JSON, so that secrets are found by their names; else as it is."""
    with suppress(ValueError, RecursionError):
        return json.loads(body)
    return body


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
