"""A WebSocket connection: frames in, requests out, each failure as one of our errors."""

import asyncio
import errno
import os
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from websockets import exceptions
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from wschat import __version__
from wschat.chat.machine.advice import Advice
from wschat.chat.network.failures import COMPARE, REDIRECTS, lost, redirected, refused, without_secrets
from wschat.errors import ConnectError
from wschat.protocol.requests import Request
from wschat.protocol.symptoms import Symptom
from wschat.recording import recorder
from wschat.retry import Failure
from wschat.system.files import regular
from wschat.system.proxy import Proxy, proxy_for
from wschat.target import SignedHandshake, check_url, is_here
from wschat.text import safe

OPEN_TIMEOUT = 20.0  # seconds; a cold $connect function delays the handshake
CLOSE_TIMEOUT = 2.0  # seconds; who quits does not wait for a server that is gone
MAX_SIZE = 2**20  # bytes of a received message; API Gateway's own limit is 128 KB
TOO_BIG, ABNORMAL = 1009, 1006
GOODBYE, HUNG_UP = 1000, 4000  # ended on purpose; closed because another one is to take its place
CERTIFICATES = "SSL_CERT_FILE"  # names, to Python, what is trusted
NO_NETWORK = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL}
HEARTBEAT = 10.0  # seconds between two pings; after two of them a network that is gone is noticed
PROXIES = {"wss": ("wss", "socks", "https"), "ws": ("ws", "socks", "https", "http")}
"""For which schemes websockets takes a proxy, in its order."""
PROXY = Advice(
    "the proxy {proxy} can't be used: {why}",
    "mend that setting, or name this host in NO_PROXY",
    Symptom.PROXY,
)
NOT_OPENED: dict[type, Advice] = {
    **dict.fromkeys((exceptions.InvalidProxy, exceptions.ProxyError, ImportError), PROXY),
    TimeoutError: Advice(
        "the server did not answer in time", "check the network and the URL", Symptom.NO_ANSWER
    ),
    socket.gaierror: Advice("there is no host {host}", "check the URL and the network", Symptom.NO_HOST),
    ssl.SSLCertVerificationError: Advice(
        "the server's certificate is not valid: {why}",
        "set the clock if that is wrong; a proxy that reads TLS needs its certificate in SSL_CERT_FILE"
        "{certificates}, whatever AWS_CA_BUNDLE is",
        Symptom.CERTIFICATE,
    ),
    ssl.SSLError: Advice(
        "the server does not speak TLS here", "a lab on this machine needs ws://, not wss://", Symptom.NO_TLS
    ),
    ConnectionRefusedError: Advice(
        "nothing listens there: connection refused",
        "check the URL, and whether the lab runs",
        Symptom.NOTHING_LISTENS,
    ),
    OSError: Advice("the network failed: {why}", "check the network", Symptom.NO_ANSWER),
    EOFError: Advice(
        "the server hung up before it answered", "check the network and the URL", Symptom.NO_ANSWER
    ),
    exceptions.InvalidHandshake: Advice(
        "the server does not speak WebSocket here", "check the URL", Symptom.NO_WEBSOCKET
    ),
    Exception: Advice("the URL can't be used", COMPARE),
}
"""What it means that a connection can't be opened, by the error's class or the nearest base of it."""

Sign = Callable[[], SignedHandshake]
"""Signs a handshake; may take a while, and raise AccessError."""


class _Dial(connect):
    """Dials one address and no other: what is sent there, such as a name's secret, is for nobody else."""

    def process_redirect(self, exc: Exception) -> Exception:
        """Follow none."""
        return exc


class Session:
    """An open connection; `open_session` makes it, and ends it with close code `end`.

    The lab gives a name back at `GOODBYE`, and keeps it at any other end for who comes back.
    """

    def __init__(self, connection: ClientConnection, where: str) -> None:
        self.end = GOODBYE
        self._connection = connection
        self._where = where

    @property
    def date(self) -> str:
        """The server's time, as its answer to the handshake has it; empty if that has none."""
        response = self._connection.response
        return "".join(response.headers.get_all("Date")) if response else ""

    async def frames(self) -> AsyncIterator[str]:
        """Yield each frame as it comes. Ends only by raising LostError."""
        try:
            while True:
                received = await self._connection.recv()
                yield received if isinstance(received, str) else received.decode(errors="replace")
        except ConnectionClosed as end:
            frame = end.rcvd or end.sent
            # Without a close frame from the server, our own tells why we gave up, as on too big a message.
            by_us = bool(end.sent and end.sent.code == TOO_BIG and not end.rcvd_then_sent)
            code, reason = (frame.code, frame.reason) if frame else (ABNORMAL, "")
            told = code if end.rcvd or by_us else ABNORMAL
            raise lost(self._where, told, reason, by_us=by_us) from None

    async def send(self, request: Request | str) -> bool:
        """Send a request, or a text as it is; false where the connection is gone, of which `frames` tells."""
        try:
            await self._connection.send(request if isinstance(request, str) else request.encode())
        except ConnectionClosed:
            return False
        return True


@asynccontextmanager
async def open_session(
    url: str,
    *,
    sign: Sign | None = None,
    timeout: float = OPEN_TIMEOUT,  # noqa: ASYNC109
    heartbeat: float = HEARTBEAT,
) -> AsyncIterator[Session]:
    """Connect, signed if `sign` is given, and close at the end.

    A server that answers pings, and then leaves one without an answer for a `heartbeat`, is gone. Whether API
    Gateway answers them stands in no document, so one that answers none may be there all the same.

    Raises:
        ConnectError: the URL is no WebSocket URL, or the connection could not be opened.
        UsageError: the file of certificates that is set is none.
        AccessError: there is nothing to sign with, or AWS does not take the signature.
    """
    parts = check_url(url)
    where = without_secrets(parts)
    if parts.scheme == "wss":
        check_certificates()
    signed = await asyncio.to_thread(sign) if sign else None
    try:
        with recorder.handshake(signed.url if signed else url) as logger:
            connection = await _Dial(
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
                logger=logger,
            )
    except InvalidStatus as error:
        response = error.response
        if response.status_code in REDIRECTS and (location := response.headers.get_all("Location")):
            raise redirected(url, location[0], response.status_code) from None
        date, body = "".join(response.headers.get_all("Date")), bytes(response.body or b"")
        raise refused(where, response.status_code, body, date, time.time()) from None
    except (OSError, exceptions.WebSocketException, ValueError, ImportError) as error:
        proxy = proxy_for(url, *PROXIES[parts.scheme])
        raise not_opened(error, where, parts.hostname or "", proxy) from None
    answering = asyncio.create_task(_require_pongs(connection, heartbeat))
    session = Session(connection, where)
    try:
        yield session
    finally:
        answering.cancel()
        await connection.close(session.end)  # also where this task is cancelled because somebody leaves


def check_certificates() -> None:
    """Refuse what is no file, where one is named of the certificates that are trusted.

    Raises:
        UsageError: it is none.
    """
    if path := os.environ.get(CERTIFICATES):
        regular(Path(path), hint=f"mend {CERTIFICATES}, or take it away")


async def _require_pongs(connection: ClientConnection, within: float) -> None:
    """Ping once, and expect that each further ping is answered in time if that one is."""
    with suppress(ConnectionClosed):
        await (await connection.ping())
        connection.ping_timeout = within


def not_opened(error: Exception, where: str, host: str, proxy: Proxy | None) -> ConnectError:
    """Return the error that it is if a connection, by this proxy or none, can't be opened."""
    cause = error.__cause__ if isinstance(error, exceptions.InvalidMessage) else None
    hung_up = isinstance(cause, EOFError | ConnectionError)
    refused = f"[Errno {errno.ECONNREFUSED}]" in str(error)
    kind = ConnectionRefusedError if refused else EOFError if hung_up else type(error)
    if proxy and isinstance(error, OSError) and not isinstance(error, ssl.SSLError | TimeoutError):
        kind = exceptions.ProxyError  # it is the proxy that finds the host, and connects to it
    what, hint, symptom = next(NOT_OPENED[base] for base in kind.__mro__ if base in NOT_OPENED)
    names = ("verify_message", "strerror", "msg")  # the text of a proxy's error may hold a password
    why = next(filter(None, (getattr(error, name, "") for name in names)), "") or str(error) or kind.__name__
    offline = isinstance(error, socket.gaierror) or getattr(error, "errno", None) in NO_NETWORK
    cut = hung_up or isinstance(error, TimeoutError | ConnectionResetError)
    failure = Failure.OFFLINE if offline else Failure.NO_ANSWER if cut else Failure.PERMANENT
    facts = {"host": host, "why": why, "proxy": proxy or "", "certificates": _certificates()}
    what, hint = (safe(text.format(**facts)) for text in (what, hint))
    return ConnectError(what, where=where, hint=hint, symptom=symptom, failure=failure)


def _certificates() -> str:
    path = os.environ.get(CERTIFICATES)
    return f" (now {path}{'' if Path(path).is_file() else ', which is no file'})" if path else ""
