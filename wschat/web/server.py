"""A server on this machine: the page and nothing else, for who has its address; it signs the connections."""

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hmac import compare_digest
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer

from wschat.errors import AccessError, UsageError, WschatError
from wschat.target import HOST, SignedHandshake, WireName
from wschat.web.page import TYPES, Page

FILES = {"": "index.html", **{name: name for name in TYPES}}
SIGN = "sign"
TEXT = "text/plain; charset=utf-8"
HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-DNS-Prefetch-Control": "off",
}

Sign = Callable[[], SignedHandshake]
"""Returns a freshly signed handshake. Raises WschatError."""


class Server(ThreadingTCPServer):
    """Serves the page on loopback, while `running`.

    Attributes:
        address: where the page is; without the token in it nobody on this machine gets anything.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(
        self, url: str, sign: Sign | None = None, port: int = 0, wire: WireName | None = None
    ) -> None:
        """Listen already.

        Raises:
            UsageError: the port is taken or not allowed, or the URL can't be put into a policy.
            ConnectError: it is no WebSocket URL.
        """
        self.page = Page(url, SIGN if sign else "", wire)
        self.policy = self.page.policy + "; frame-ancestors 'none'"
        self.sign = sign
        self.token = secrets.token_urlsafe()
        try:
            super().__init__((HOST, port), _Handler)
        except OSError as error:
            hint = "give another --port, or none: any free one will do"
            what = f"port {port} of {HOST} can't be used: {error.strerror}"
            raise UsageError(what, where="web", hint=hint) from None
        self.port = self.server_address[1]
        self.address = f"http://{HOST}:{self.port}/{self.token}/"

    @contextmanager
    def running(self) -> Iterator[None]:
        """Serve, in a thread."""
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield
        finally:
            self.shutdown()
            thread.join()
            self.server_close()

    def handle_error(self, *_: object) -> None:
        """Say nothing of a browser that went away in the middle."""


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version = "wschat"
    sys_version = ""
    timeout = 10

    def do_GET(self) -> None:
        """Answer who has the token, at our own name alone; after DNS rebinding, another page has another."""
        token, slash, name = self.path.partition("?")[0][1:].partition("/")
        host, _, port = self.headers.get("Host", "").partition(":")
        if host not in {HOST, "localhost"} or (port or "80") != str(self.server.port):
            self._answer(HTTPStatus.MISDIRECTED_REQUEST, "This server has another name.")
        elif not compare_digest(token.encode(), self.server.token.encode()):
            what = "This page was not opened with the address that `wschat web` prints now."
            self._answer(HTTPStatus.FORBIDDEN, what)
        elif slash and name in FILES:
            self._answer(HTTPStatus.OK, self.server.page.read(FILES[name]), TYPES[FILES[name]])
        elif name == SIGN and self.server.sign:
            self._sign(self.server.sign)
        else:
            self._answer(HTTPStatus.NOT_FOUND, "There is nothing here but the page.")

    do_HEAD = do_GET  # noqa: N815

    def _sign(self, sign: Sign) -> None:
        try:
            signed = sign()
            if signed.headers:
                what = "the signature does not fit into a URL, and a browser takes no other"
                hint = "use `wschat chat --sign`, or credentials with a shorter session token"
                raise AccessError(what, hint=hint)
            self._answer(HTTPStatus.OK, signed.url)
        except WschatError as error:
            self._answer(HTTPStatus.BAD_GATEWAY, f"{error.what}: {error.hint}." if error.hint else error.what)

    def _answer(self, status: HTTPStatus, body: str | bytes, kind: str = TEXT) -> None:
        content = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        policy = self.server.policy if status is HTTPStatus.OK else "default-src 'none'"
        own = {"Content-Type": kind, "Content-Length": len(content), "Content-Security-Policy": policy}
        for name, value in {**own, **HEADERS}.items():
            self.send_header(name, str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def send_error(self, code: int, *_: object) -> None:
        """Answer what is not understood as everything else is answered."""
        status = HTTPStatus(code)
        self.close_connection = True
        self._answer(status, status.phrase)

    def log_message(self, *_: object) -> None:
        """Log nothing: an address may hold what is secret."""
