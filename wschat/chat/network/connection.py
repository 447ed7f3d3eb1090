"""WebSocket connections: frames in, requests out, each failure as one of our errors; and those of a chat."""

import asyncio
import errno
import os
import socket
import ssl
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from websockets import exceptions
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from wschat import __version__
from wschat.chat.machine.advice import Advice
from wschat.chat.machine.connection import Closed, Opened
from wschat.chat.machine.incoming import Received, Sent
from wschat.chat.machine.update import Event
from wschat.chat.network.failures import COMPARE, fault, lost, refused
from wschat.errors import ConnectError, WschatError
from wschat.protocol import events
from wschat.protocol.requests import Action, Request
from wschat.protocol.symptoms import Symptom
from wschat.protocol.wires import Wires
from wschat.recording import recorder
from wschat.retry import Failure
from wschat.system.proxy import Proxy, proxy_for
from wschat.target import SignedHandshake, check_url, is_here
from wschat.text import safe

if TYPE_CHECKING:
    from wschat.chat.start import ChatOptions
    from wschat.protocol.wire import Wire

OPEN_TIMEOUT = 20.0  # seconds; a cold $connect function delays the handshake
CLOSE_TIMEOUT = 2.0  # seconds; who quits does not wait for a server that is gone
MAX_SIZE = 2**20  # bytes of a received message; API Gateway's own limit is 128 KB
TOO_BIG, ABNORMAL = 1009, 1006
NO_NETWORK = {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL}
SLICE = 0.005  # seconds of work without a look at the keyboard
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
        "check the URL; is the lab running?",
        Symptom.NOTHING_LISTENS,
    ),
    OSError: Advice("the network failed: {why}", "check the network", Symptom.NO_ANSWER),
    exceptions.InvalidHandshake: Advice(
        "the server does not speak WebSocket here", "check the URL", Symptom.NO_WEBSOCKET
    ),
    Exception: Advice("the URL can't be used", COMPARE),
}
"""What it means that a connection can't be opened, by the error's class or the nearest base of it."""

Spawn = Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]
Sign = Callable[[], SignedHandshake]
"""Signs a handshake; may take a while, and raise AccessError."""


class Session:
    """An open connection; `open_session` makes it."""

    def __init__(self, connection: ClientConnection, where: str) -> None:
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
            is_told = frame and (end.rcvd or frame.code == TOO_BIG)
            code, reason = (frame.code, frame.reason) if frame else (ABNORMAL, "")
            raise lost(self._where, code if is_told else ABNORMAL, reason) from None

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
        AccessError: there is nothing to sign with, or AWS does not take the signature.
    """
    parts = check_url(url)
    where = safe(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}")  # a query may be secret
    signed = await asyncio.to_thread(sign) if sign else None
    try:
        with recorder.handshake(signed.url if signed else url) as logger:
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
                logger=logger,
            )
    except InvalidStatus as error:
        response = error.response
        date, body = "".join(response.headers.get_all("Date")), bytes(response.body or b"")
        raise refused(where, response.status_code, body, date, time.time()) from None
    except (OSError, exceptions.WebSocketException, ValueError, ImportError) as error:
        proxy = proxy_for(url, *PROXIES[parts.scheme])
        raise not_opened(error, where, parts.hostname or "", proxy) from None
    answering = asyncio.create_task(_require_pongs(connection, heartbeat))
    try:
        yield Session(connection, where)
    finally:
        answering.cancel()
        await connection.close()  # with 1000, also where this task is cancelled because somebody leaves


async def _require_pongs(connection: ClientConnection, within: float) -> None:
    """Ping once, and expect that each further ping is answered in time if that one is."""
    with suppress(ConnectionClosed):
        await (await connection.ping())
        connection.ping_timeout = within


def not_opened(error: Exception, where: str, host: str, proxy: Proxy | None) -> ConnectError:
    """Return the error that it is if a connection, by this proxy or none, can't be opened."""
    kind = ConnectionRefusedError if f"[Errno {errno.ECONNREFUSED}]" in str(error) else type(error)
    if proxy and isinstance(error, OSError) and not isinstance(error, ssl.SSLError | TimeoutError):
        kind = exceptions.ProxyError  # it is the proxy that finds the host, and connects to it
    what, hint, symptom = next(NOT_OPENED[base] for base in kind.__mro__ if base in NOT_OPENED)
    names = ("verify_message", "strerror", "msg")  # the text of a proxy's error may hold a password
    why = next(filter(None, (getattr(error, name, "") for name in names)), "") or str(error) or kind.__name__
    offline = isinstance(error, socket.gaierror) or getattr(error, "errno", None) in NO_NETWORK
    cut = isinstance(error, TimeoutError | ConnectionResetError)
    failure = Failure.OFFLINE if offline else Failure.NO_ANSWER if cut else Failure.PERMANENT
    facts = {"host": host, "why": why, "proxy": proxy or "", "certificates": _certificates()}
    what, hint = (safe(text.format(**facts)) for text in (what, hint))
    return ConnectError(what, where=where, hint=hint, symptom=symptom, failure=failure)


def _certificates() -> str:
    path = os.environ.get("SSL_CERT_FILE")
    return f" (now {path}{'' if Path(path).is_file() else ', which is no file'})" if path else ""


class Connections:
    """Opens, hears and closes connections; `feed` takes what happens to them, `spawn` runs their tasks.

    `error` is what the last one ended with.
    """

    def __init__(self, options: "ChatOptions", feed: Callable[[Event], None], spawn: Spawn) -> None:
        self.error: WschatError | None = None
        self._options, self._feed, self._spawn = options, feed, spawn
        self._loop = asyncio.get_running_loop()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._wires = Wires(options.wire)
        self._open: dict[int, tuple[Session, Wire]] = {}
        self._sent: dict[str | None, float] = {}  # when the last request was sent, by its id

    def open(self, number: int, pause: float) -> None:
        """Open a connection after a pause in seconds; one that is not open yet is tried no more."""
        for other in [other for other in self._tasks if other not in self._open]:
            self.close(other)
        self._tasks[number] = self._spawn(self._run(number, pause))

    def close(self, number: int) -> None:
        """Close a connection; nothing more is heard of it, or sent."""
        self._open.pop(number, None)
        if task := self._tasks.pop(number, None):
            task.cancel()

    def send(self, number: int | None, request: Request) -> None:
        """Send on a connection, if it is open, what the request is on its wire."""
        if number not in self._open:
            return
        session, wire = self._open[number]
        self._sent = {request.id or Action.PING: self._loop.time()}
        said = wire.say(request)
        if said.frame is not None:
            self._spawn(self._send(session, said.frame))
        if said.events:
            self._loop.call_soon(self._tell, said.events)
        if said.silence is not None:
            self._loop.call_later(said.silence, self._hear_nothing, number, request)

    async def _send(self, session: Session, frame: str) -> None:
        now = self._now()
        if await session.send(frame):
            self._feed(Sent(frame, now))

    def _now(self) -> int:
        return int(self._options.time_of_day() * 1000)

    async def _run(self, number: int, pause: float) -> None:
        await asyncio.sleep(pause)
        try:
            async with open_session(self._options.url, sign=self._options.sign) as session:
                self._open[number] = session, self._wires.open()
                self._feed(Opened(number))
                await self._hear(number, session)
        except WschatError as error:
            if self._tasks.pop(number, None):
                self.error = error
                self._feed(Closed(number, error.what, error.hint, fault(error)))
                await asyncio.to_thread(self._options.check)
        finally:
            self._open.pop(number, None)

    async def _hear(self, number: int, session: Session) -> None:
        yielded, (_, wire) = self._loop.time(), self._open[number]
        async for frame in session.frames():
            if number not in self._tasks:
                return
            now = self._now()
            first, *others = wire.read(frame, now) or (events.Event(),)
            self._receive(first, frame, now)
            self._tell(others)
            if self._loop.time() - yielded > SLICE:  # a burst must not keep the keyboard waiting
                await asyncio.sleep(0)
                yielded = self._loop.time()

    def _receive(self, event: events.Event, frame: str, now: int) -> None:
        answered = Action.PING if isinstance(event, events.Pong) else getattr(event, "id", None)
        at = self._sent.pop(answered, None)
        self._feed(Received(event, None if at is None else self._loop.time() - at, frame, now))

    def _hear_nothing(self, number: int, request: Request) -> None:
        if number in self._open:
            self._tell(self._open[number][1].silent(request))

    def _tell(self, told: Iterable[events.Event]) -> None:
        for event in told:
            self._feed(Received(event))
