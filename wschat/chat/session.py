"""One WebSocket connection: frames in, requests out, and every failure as one of our errors."""

import errno
import ipaddress
import json
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import SplitResult, urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidProxy,
    InvalidStatus,
    InvalidURI,
    ProxyError,
)

from wschat import __version__
from wschat.chat.advice import CLOSED, HANDSHAKE, Advice
from wschat.chat.render import safe
from wschat.errors import ConnectError, LostError
from wschat.protocol import Request

OPEN_TIMEOUT = 20.0  # seconds; a cold $connect function delays the handshake
CLOSE_TIMEOUT = 2.0  # seconds; who quits does not wait for a server that is gone
MAX_SIZE = 2**20  # bytes of a received message; API Gateway's own limit is 128 KB
BODY_SHOWN = 200  # characters of a refusal's body
TOO_BIG, ABNORMAL = 1009, 1006


class Session:
    """An open connection; `open_session` makes it."""

    def __init__(self, connection: ClientConnection, where: str) -> None:
        self._connection = connection
        self._where = where

    async def frames(self) -> AsyncIterator[str]:
        """Yield each frame as it comes. Ends only by raising LostError."""
        try:
            while True:
                frame = await self._connection.recv()
                yield frame if isinstance(frame, str) else frame.decode(errors="replace")
        except ConnectionClosed as closed:
            raise _lost(closed, self._where) from None

    async def send(self, request: Request) -> None:
        """Send a request. On a connection that is gone it does nothing: `frames` tells."""
        try:
            await self._connection.send(request.encode())
        except ConnectionClosed:
            return


@asynccontextmanager
async def open_session(url: str, *, timeout: float = OPEN_TIMEOUT) -> AsyncIterator[Session]:  # noqa: ASYNC109
    """Connect, and close at the end.

    Raises:
        ConnectError: the URL is no WebSocket URL, or the connection could not be opened.
    """
    parts = _checked(url)
    where = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"  # a query may hold credentials
    try:
        connection = await connect(
            url,
            compression=None,
            max_size=MAX_SIZE,
            open_timeout=timeout,
            close_timeout=CLOSE_TIMEOUT,
            proxy=None if _is_loopback(parts.hostname or "") else True,
            user_agent_header=f"wschat/{__version__}",
        )
    except (OSError, InvalidHandshake, InvalidProxy, InvalidURI, ValueError, ImportError) as error:
        what, hint = _why(error, parts.hostname or "")
        raise ConnectError(what, where=safe(where), hint=hint) from None
    async with connection:
        yield Session(connection, safe(where))


def _checked(url: str) -> SplitResult:
    hint = "it looks like wss://ID.execute-api.REGION.amazonaws.com/development"
    try:
        parts = urlsplit(url)
        valid = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise ConnectError("This is no URL", hint=hint) from None
    if parts.scheme in {"http", "https"}:
        scheme = parts.scheme.replace("http", "ws")
        raise ConnectError(f"{parts.scheme}:// is no WebSocket URL", hint=f"use {scheme}:// instead")
    if parts.scheme not in {"ws", "wss"} or not valid:
        raise ConnectError("A WebSocket URL begins with wss:// and a host", hint=hint)
    if ".execute-api." in (parts.hostname or "") and parts.path in {"", "/"}:
        raise ConnectError("The stage is missing at the end of the URL", hint=hint)
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _why(error: Exception, host: str) -> Advice:
    match error:
        case InvalidStatus():
            return _refused(error)
        case InvalidProxy() | ProxyError() | ImportError():
            return Advice("the proxy does not work", "check HTTPS_PROXY, or name this host in NO_PROXY")
        case TimeoutError():
            return Advice("the server did not answer in time", "check the network and the URL")
        case socket.gaierror():
            return Advice(f"there is no host {safe(host)}", "check the URL and the network")
        case ssl.SSLCertVerificationError():
            what = f"the server's certificate is not valid: {safe(error.verify_message)}"
            return Advice(what, "a proxy that reads TLS needs its certificate in SSL_CERT_FILE")
        case ssl.SSLError():
            return Advice(
                "the server does not speak TLS here", "a lab on this machine needs ws://, not wss://"
            )
        case OSError() if error.errno == errno.ECONNREFUSED or f"[Errno {errno.ECONNREFUSED}]" in str(error):
            return Advice("nothing listens there: connection refused", "check the URL; is the lab running?")
        case OSError():
            return Advice(
                f"the network failed: {safe(error.strerror or str(error) or type(error).__name__)}",
                "check the network",
            )
        case InvalidHandshake():
            return Advice("the server does not speak WebSocket here", "check the URL")
    return Advice("the URL can't be used", "compare it with the one that `wschat provision` prints")


def _refused(error: InvalidStatus) -> Advice:
    status, body = error.response.status_code, (error.response.body or b"").decode(errors="replace")
    with suppress(ValueError, TypeError, KeyError, RecursionError):
        body = json.loads(body)["message"]
    what, hint = HANDSHAKE.get(status, Advice("the server refused the connection"))
    told = safe(str(body).strip()[:BODY_SHOWN])
    return Advice(f"HTTP {status}: {what}" + (f" ({told})" if told else ""), hint)


def _lost(closed: ConnectionClosed, where: str) -> LostError:
    frame = closed.rcvd or closed.sent
    # Without a close frame from the server, our own one tells why we gave up, as on too big a message.
    code = frame.code if frame and (closed.rcvd or frame.code == TOO_BIG) else ABNORMAL
    what, hint = CLOSED.get(code, Advice("the server closed the connection", "connect again"))
    reason = f" {safe(frame.reason)}" if frame and frame.reason else ""
    return LostError(f"the connection is lost: {what} ({code}{reason})", where=where, hint=hint)
