"""The plane's front for other processes: an HTTP server on the loopback interface."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress

from tests.support.http_server import Quiet, serving
from tests.support.plane.faults import Dropped
from tests.support.plane.wire import Answer, Request


def serve(handle: Callable[[Request], Answer]) -> AbstractContextManager[str]:
    """Listen while the context lasts, whose value is the URL; Dropped is a closed connection."""

    class Handler(Quiet):
        def handle_one_request(self) -> None:
            with suppress(ConnectionError):
                super().handle_one_request()

        def _answer(self) -> None:
            self.close_connection = True
            length = int(self.headers.get("content-length", 0))
            body = self.rfile.read(length)
            if len(body) < length:  # who asked is gone
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            with suppress(Dropped):
                self._write(handle(Request(self.command, self.path, headers, body)))
                self.close_connection = False

        def _write(self, answer: Answer) -> None:
            self.send_response_only(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.status != 204:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = _answer  # noqa: N815

    return serving(Handler)
