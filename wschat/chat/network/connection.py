"""One WebSocket connection: frames in, requests out, and every failure as one of our errors."""

import asyncio
import errno
import json
import re
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from email.utils import parsedate_to_datetime

from websockets import exceptions
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from wschat import __version__
from wschat.chat.machine.advice import Advice
from wschat.chat.network.failures import COMPARE, closed, handshake, signature
from wschat.chat.network.url import check_url
from wschat.errors import AccessError, ConnectError, LostError, WschatError
from wschat.loopback import is_here
from wschat.protocol.requests import Request
from wschat.retry import Failure
from wschat.target import SignedHandshake
from wschat.text import safe

OPEN_TIMEOUT = 20.0  # seconds; a cold $connect function delays the handshake
CLOSE_TIMEOUT = 2.0  # seconds; who quits does not wait for a server that is gone
MAX_SIZE = 2**20  # bytes of a received message; API Gateway's own limit is 128 KB
BODY_SHOWN = 300  # characters of a refusal's body
ECHO = "The Canonical String"  # begins what API Gateway shows of a wrong signature: all that was signed
SECRET = re.compile(r"((?:x-amz-[a-z-]+|credential|signature)[=:])[^&,\s'\"<>]+", re.IGNORECASE)
TOO_BIG, ABNORMAL = 1009, 1006
NO_NETWORK = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL}
HEARTBEAT = 10.0  # seconds between two pings; after two of them a network that is gone is noticed


Sign = Callable[[], SignedHandshake]
"""Signs a handshake; may take a while, and raise AccessError."""


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
        except ConnectionClosed as end:
            raise _connection_lost(end, self._where) from None

    async def send(self, request: Request) -> None:
        """Send a request. On a connection that is gone it does nothing: `frames` tells."""
        try:
            await self._connection.send(request.encode())
        except ConnectionClosed:
            return


@asynccontextmanager
async def open_session(
    url: str,
    *,
    sign: Sign | None = None,
    timeout: float = OPEN_TIMEOUT,  # noqa: ASYNC109
    heartbeat: float = HEARTBEAT,
    clock: Callable[[], float] = time.time,
) -> AsyncIterator[Session]:
    """Connect, signed if `sign` is given, and close at the end. `clock` is in seconds since 1970.

    A server that answers pings, and then leaves one without an answer for a `heartbeat`, is gone. Whether API
    Gateway answers them stands in no document, so one that answers none may be there all the same.

    Raises:
        ConnectError: the URL is no WebSocket URL, or the connection could not be opened.
        AccessError: there is nothing to sign with, or AWS does not take the signature.
    """
    parts = check_url(url)
    where = safe(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")  # a query may be secret
    signed = await asyncio.to_thread(sign) if sign else None
    try:
        connection = await connect(
            signed.url if signed else url,
            additional_headers=signed.headers if signed else None,
            compression=None,
            max_size=MAX_SIZE,
            open_timeout=timeout,
            close_timeout=CLOSE_TIMEOUT,
            ping_interval=heartbeat,
            ping_timeout=None,
            proxy=None if is_here(parts.hostname or "") else True,
            user_agent_header=f"wschat/{__version__}",
        )
    except InvalidStatus as refused:
        raise _handshake_refused(refused, where, clock()) from None
    except (OSError, exceptions.WebSocketException, ValueError, ImportError) as error:
        what, hint = _open_failure(error, parts.hostname or "")
        offline = isinstance(error, socket.gaierror) or getattr(error, "errno", None) in NO_NETWORK
        cut = isinstance(error, TimeoutError | ConnectionResetError)
        failure = Failure.OFFLINE if offline else Failure.NO_ANSWER if cut else Failure.PERMANENT
        raise ConnectError(what, where=where, hint=hint, failure=failure) from None
    async with connection:
        answering = asyncio.create_task(_require_pongs(connection, heartbeat))
        try:
            yield Session(connection, where)
        finally:
            answering.cancel()


async def _require_pongs(connection: ClientConnection, within: float) -> None:
    """Ping once, and expect that each further ping is answered in time if that one is."""
    with suppress(ConnectionClosed):
        await (await connection.ping())
        connection.ping_timeout = within


def _open_failure(error: Exception, host: str) -> Advice:
    match error:
        case exceptions.InvalidProxy() | exceptions.ProxyError() | ImportError():
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
        case exceptions.InvalidHandshake():
            return Advice("the server does not speak WebSocket here", "check the URL")
    return Advice("the URL can't be used", COMPARE)


def _handshake_refused(refused: InvalidStatus, where: str, now: float) -> WschatError:
    status, headers = refused.response.status_code, refused.response.headers
    message = (refused.response.body or b"").decode(errors="replace")
    with suppress(ValueError, TypeError, KeyError, RecursionError):
        message = str(json.loads(message)["message"])
    told = safe(SECRET.sub(r"\1…", message.partition(ECHO)[0].strip())[:BODY_SHOWN])
    clock_ahead = 0.0
    with suppress(ValueError, TypeError, LookupError):
        clock_ahead = now - parsedate_to_datetime(headers["Date"]).timestamp()
    unknown = signature(message, clock_ahead)
    what, hint = unknown or handshake(status, message)
    what = f"HTTP {status}: {what}" + (f" ({told})" if told else "")
    if unknown:
        return AccessError(what, where=where, hint=safe(hint))
    return ConnectError(what, where=where, hint=safe(hint), status=status)


def _connection_lost(end: ConnectionClosed, where: str) -> LostError:
    frame = end.rcvd or end.sent
    # Without a close frame from the server, our own one tells why we gave up, as on too big a message.
    code = frame.code if frame and (end.rcvd or frame.code == TOO_BIG) else ABNORMAL
    what, hint = closed(code)
    reason = f" {safe(frame.reason)}" if frame and frame.reason else ""
    return LostError(f"the connection is lost: {what} ({code}{reason})", where=where, hint=hint, code=code)
