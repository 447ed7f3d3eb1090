"""Requests to AWS: signed by the function's role, over connections that are kept alive; and what is refused.

Lambda's runtime has botocore for that, which takes several times the CPU of a call and of a cold start.
"""

import hashlib
import hmac
import os
import select
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache, partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

NO_ANSWER = (OSError, HTTPException, ValueError, OverflowError)  # the last two are of lengths that are none
ENDED = (ConnectionError, ssl.SSLError)  # a connection's end, as the socket tells it, or as OpenSSL does
Connection = HTTPConnection  # what is kept alive; nobody else need know whose it is
KEPT_ALIVE = 20.0  # seconds for which an unused connection is trusted: AWS closes them, too


class ClientError(Exception):
    """AWS refused a call, or nobody answered it; with the name and the words of botocore, which people know.

    `code` is AWS's, such as AccessDeniedException; if the answer is not AWS's, its status; if there is none,
    the name of the error, such as TimeoutError. `reasons` has a code for each operation of a transaction
    that was cancelled: why that one was a reason, or "None". Later it may go well, if it is `transient`.
    """

    def __init__(
        self, operation: str, code: str, message: str, reasons: Sequence[str] = (), *, transient: bool = False
    ) -> None:
        super().__init__(f"An error occurred ({code}) when calling the {operation} operation: {message}")
        self.code, self.reasons, self.transient = code, reasons, transient


class Endpoint:
    """A service of AWS at a URL; the role's credentials are those that Lambda put into the environment.

    A subclass tells the service's name in signatures, and for how many seconds to wait for a connection
    (and as long for TLS), and for an answer.
    """

    SERVICE: ClassVar[str]
    CONNECT_TIMEOUT: ClassVar[float]
    READ_TIMEOUT: ClassVar[float]

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host, self.path = parts.netloc.rpartition("@")[2], parts.path
        self._region = os.environ["AWS_REGION"]
        self._key, self._secret = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
        token = os.environ.get("AWS_SESSION_TOKEN")
        self._session = {"x-amz-security-token": token} if token else {}
        self._connect: Callable[..., Connection] = partial(HTTPConnection, self.host)
        if parts.scheme == "https":
            self._connect = partial(HTTPSConnection, self.host, context=_tls())
        self._idle: list[tuple[float, Connection]] = []

    def signed(self, path: str, body: bytes, headers: Mapping[str, str], now: datetime) -> dict[str, str]:
        """Return the headers of a POST with AWS's Signature Version 4; names are in lower case.

        The path is percent-encoded already, and so it is twice in what is signed.
        """
        stamp, scope = f"{now:%Y%m%dT%H%M%SZ}", f"{now:%Y%m%d}/{self._region}/{self.SERVICE}/aws4_request"
        named = dict(sorted({**headers, "host": self.host, "x-amz-date": stamp, **self._session}.items()))
        names, lines = ";".join(named), "".join(f"{name}:{value}\n" for name, value in named.items())
        request = f"POST\n{quote(path)}\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
        text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        signature = hmac.digest(_signing_key(self._secret, scope), text.encode(), "sha256").hex()
        proof = f"Credential={self._key}/{scope}, SignedHeaders={names}, Signature={signature}"
        return {**named, "authorization": f"AWS4-HMAC-SHA256 {proof}"}

    def send(self, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        """Send one POST; return the status, and the answer's body.

        It goes over a connection that is kept alive, the one that was used last, or else a new one; over
        that, too, once, should the other side end the former just then, as botocore does it. If only the
        answer has been lost, it arrives twice.

        Raises:
            OSError: there is no connection, or no answer in time.
            HTTPException, ValueError: the answer is no HTTP, or its end is missing.
        """
        request = self._request(path, body, headers or {})
        if kept := self._ask(request):
            try:
                return self.answer(kept)
            except ENDED:
                pass
        connection = self._connect(timeout=self.CONNECT_TIMEOUT)
        try:
            connection.connect()
            connection.sock.settimeout(self.READ_TIMEOUT)
            connection.sock.sendall(request)
        except BaseException:
            connection.close()
            raise
        return self.answer(connection)

    def ask(self, path: str, body: bytes) -> Connection | None:
        """Send one POST, and wait for no answer; return the connection, or None where none is kept alive.

        Raises:
            OSError: it can't be sent in time.
        """
        return self._ask(self._request(path, body, {}))

    def answer(self, connection: Connection, within: float | None = None) -> tuple[int, bytes]:
        """Return the answer to what was sent over a connection, which is kept alive from then on.

        `within` is for how many seconds to wait for each part of it, if not for `READ_TIMEOUT`.

        Raises:
            OSError, HTTPException, ValueError: as `send`; one of `ENDED`: the connection has ended before.
        """
        try:
            if within is not None:
                connection.sock.settimeout(within)
            answer, said = _answer(connection.sock)
        except BaseException:
            connection.close()
            raise
        if answer.will_close or answer.status < HTTPStatus.OK:  # behind a provisional answer comes another
            connection.close()
        else:
            connection.sock.settimeout(self.READ_TIMEOUT)
            self._idle.append((time.time(), connection))
        return answer.status, said

    def close(self) -> None:
        """Close the connections that are kept alive."""
        while self._idle:
            self._idle.pop()[1].close()

    def _request(self, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        """Return a signed POST, in one piece: http.client would send its head and its body apart."""
        signed = self.signed(path, body, headers, datetime.now(UTC))
        head = "".join(f"{name}: {value}\r\n" for name, value in signed.items())
        return f"POST {path} HTTP/1.1\r\n{head}content-length: {len(body)}\r\n\r\n".encode() + body

    def _ask(self, request: bytes) -> Connection | None:
        while kept := self._kept():
            try:
                kept.sock.sendall(request)
            except ENDED:
                kept.close()
            except BaseException:
                kept.close()
                raise
            else:
                return kept
        return None

    def _kept(self) -> Connection | None:
        """Take the connection that was used last, unless the other side has ended it, or it is too old.

        That is by the clock, which goes on while Lambda keeps the environment frozen.
        """
        while True:
            try:
                since, connection = self._idle.pop()
            except IndexError:  # other threads have all that there are
                return None
            poll = select.poll()
            poll.register(connection.sock, select.POLLIN)
            ended = poll.poll(0)  # nothing else can have come unasked
            if not ended and time.time() - since < KEPT_ALIVE:
                return connection
            connection.close()


def _answer(sock: socket.socket) -> tuple[HTTPResponse, bytes]:
    """Read an answer; one that does not tell where it ends, as AWS's do, is cut off."""
    with HTTPResponse(sock, method="POST") as answer:
        answer.begin()
        if answer.length is None and not answer.chunked:
            raise HTTPException("the answer's head is cut off")
        return answer, answer.read()


def message_of(told: dict[str, Any]) -> str:
    """Return the first line of AWS's message: further ones may hold all that was signed, tokens included."""
    message = told.get("message") or told.get("Message")
    return message.partition("\n")[0] if isinstance(message, str) else ""


@lru_cache(maxsize=4)
def _signing_key(secret: str, scope: str) -> bytes:
    """Return the key that signs for a day, a region and a service."""
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


@cache
def _tls() -> ssl.SSLContext:
    """Return what verifies whom we speak to; it takes long to read the authorities, so all share it.

    They are those of the system: Lambda's Python runtimes are Amazon Linux, where OpenSSL finds them in
    /etc/pki/tls; crhelper, AWS's own for custom resources, relies on it too. AWS_CA_BUNDLE names others,
    as for botocore.
    """
    return ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE"))
