"""Takes the posts that functions make to connections, in the place of API Gateway."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from wschat.protocol import Event, decode_event


class PostSink:
    """Keeps what was posted to each connection; answers 410 Gone for those that are `gone`."""

    def __init__(self) -> None:
        self.posted: dict[str, list[Event]] = defaultdict(list)
        self.gone: set[str] = set()
        self.at_once = 0
        self.barrier: threading.Barrier | None = None

    def take(self, connection: str) -> list[Event]:
        """Return what was posted to a connection since the last time."""
        return self.posted.pop(connection, [])

    @contextmanager
    def listening(self) -> Iterator[str]:
        """Listen on loopback; yield the base URL."""
        sink = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                connection = unquote(self.path.rpartition("/")[2])
                if sink.barrier:
                    sink.barrier.wait(10)
                if connection in sink.gone:
                    self._answer(410, b'{"message":"GoneException"}', "GoneException")
                else:
                    sink.posted[connection].append(decode_event(body.decode()))
                    self._answer(200)

            def _answer(self, status: int, body: bytes = b"", error: str = "") -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("x-amzn-ErrorType", error)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: Any) -> None:  # noqa: ANN401
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
