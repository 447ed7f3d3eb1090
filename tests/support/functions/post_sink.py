"""Takes the posts that functions make to connections, in the place of API Gateway."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote

from tests.support.http_server import Quiet, serving
from wschat.protocol.events import Event
from wschat.protocol.reader import decode_event


class PostSink:
    """Keeps what was posted to each connection, and in which order posts arrived, or were given up.

    It answers 410 Gone for those that are `gone`, 400 for those that were `never_issued`, 429 for those that
    are `throttled`, and those that are `stuck` not at all; and 403 with what `refused` says, if it says
    anything. Its answers are those of AWS's management API.
    """

    def __init__(self) -> None:
        self.posted: dict[str, list[Event]] = defaultdict(list)
        self.order: list[str] = []
        self.gone: set[str] = set()
        self.never_issued: set[str] = set()
        self.throttled: set[str] = set()
        self.stuck: set[str] = set()
        self.refused = ""
        self.url = ""
        self._lock = threading.Lock()

    @property
    def stage(self) -> str:
        """A name for the stage that it stands for: what posts is kept by API and stage."""
        return self.url.rpartition(":")[2]

    def take(self, connection: str) -> list[Event]:
        """Return what was posted to a connection since the last time."""
        with self._lock:
            return self.posted.pop(connection, [])

    def keep(self, connection: str, event: Event) -> None:
        """Keep what was posted to a connection."""
        with self._lock:
            self.posted[connection].append(event)
            self.order.append(connection)

    def refusal(self, connection: str) -> tuple[int, bytes, str] | None:
        """Return the status, the body and the error's name for whom nothing can be posted to."""
        if connection in self.gone:
            return 410, b"", "GoneException"
        if connection in self.never_issued:
            text = f'{{"message":"Invalid connectionId: {connection}"}}'
            return 400, text.encode(), "BadRequestException"
        if connection in self.throttled:
            return 429, b"", "LimitExceededException"
        return (403, self.refused.encode(), "AccessDeniedException") if self.refused else None

    @contextmanager
    def listening(self) -> Iterator[str]:
        """Listen on loopback; yield the base URL."""
        sink = self

        class Handler(Quiet):
            def do_POST(self) -> None:  # noqa: N802
                body = self.rfile.read(int(self.headers["Content-Length"]))
                connection = unquote(self.path.rpartition("/")[2])
                if connection in sink.stuck:
                    self.rfile.read(1)  # until the other side gives up
                    sink.order.append(connection)
                    self.close_connection = True
                elif refusal := sink.refusal(connection):
                    self._answer(*refusal)
                else:
                    sink.keep(connection, decode_event(body.decode()))
                    self._answer(200)

            def _answer(self, status: int, body: bytes = b"", error: str = "") -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("x-amzn-ErrorType", error)
                self.end_headers()
                self.wfile.write(body)

        with serving(Handler) as self.url:
            yield self.url
