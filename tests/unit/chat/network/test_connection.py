import asyncio
import socket
from itertools import count

import pytest
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.frames import Frame, Opcode
from websockets.http11 import Request as HttpRequest

from tests.support.asynchronous import asynchronous
from tests.support.room_server import room_server
from wschat import __version__
from wschat.chat.machine.events import Fault
from wschat.chat.network import failures
from wschat.chat.network.connection import open_session
from wschat.errors import AccessError, ConnectError, LostError, WschatError
from wschat.protocol.requests import Request
from wschat.retry import Failure
from wschat.target import SignedHandshake


def failure(url: str, timeout: float = 5.0) -> WschatError:
    """Return the error that connecting and listening ends with."""

    async def listen() -> None:
        async with open_session(url, timeout=timeout) as session:
            async for _ in session.frames():
                pass

    with pytest.raises(WschatError) as caught:
        asyncio.run(listen())
    return caught.value


def test_nobody_there() -> None:
    """A closed port, an unknown host and a URL that is none are told apart; a query is never shown."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    error = failure(f"ws://user:pass@127.0.0.1:{port}/development?X-Amz-Signature=secret")
    assert "refused" in error.what
    assert error.where == f"ws://127.0.0.1:{port}/development"
    assert isinstance(error, ConnectError)
    assert (error.status, error.failure) == (None, Failure.PERMANENT)
    error = failure("ws://nowhere.invalid/development")
    assert "no host nowhere.invalid" in error.what
    assert isinstance(error, ConnectError)
    assert error.failure is Failure.OFFLINE
    assert failure("ws://127.0.0.1:1/x#fragment").what == "the URL can't be used"


def test_silent_server() -> None:
    """A server that accepts and says nothing is given up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        error = failure(f"ws://127.0.0.1:{listening.getsockname()[1]}/x", timeout=0.05)
    assert isinstance(error, ConnectError)
    assert "in time" in error.what
    assert error.failure is Failure.NO_ANSWER


def test_other_servers() -> None:
    """A server of another kind, or one without TLS, is named as that."""

    async def answer_and_fail(answer: bytes, scheme: str) -> str:
        async def answer_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(100)
            writer.write(answer)
            writer.close()
            await writer.wait_closed()

        async with await asyncio.start_server(answer_one, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            with pytest.raises(ConnectError) as caught:
                async with open_session(f"{scheme}://127.0.0.1:{port}/x"):
                    pass
        return caught.value.what

    assert "does not speak WebSocket" in asyncio.run(answer_and_fail(b"SSH-2.0\r\n\r\n", "ws"))
    assert "does not speak TLS" in asyncio.run(answer_and_fail(b"HTTP/1.1 400 Bad\r\n\r\n", "wss"))


@asynchronous
async def test_each_connection_is_signed_anew() -> None:
    """What signs is asked for each connection; its URL and headers are what the server gets."""
    asked: list[tuple[str, str | None]] = []

    def note(_connection: ServerConnection, request: HttpRequest) -> None:
        asked.append((request.path, request.headers.get("Authorization")))

    async with serve(_listen, "127.0.0.1", 0, process_request=note) as server:
        url, signatures = url_of(server), count(1)

        def sign() -> SignedHandshake:
            number = next(signatures)
            return SignedHandshake(f"{url}?X-Amz-Signature={number}", {"Authorization": f"A{number}"})

        for signed in (sign, sign, None):
            async with open_session(url, sign=signed):
                pass
    assert asked == [("/x?X-Amz-Signature=1", "A1"), ("/x?X-Amz-Signature=2", "A2"), ("/x", None)]


@asynchronous
async def test_who_can_not_sign_does_not_connect() -> None:
    """An error of signing is raised as it is, and a URL that is none before it."""

    def sign() -> SignedHandshake:
        raise AccessError("the AWS login has expired")

    for url, kind, match in (
        ("ws://127.0.0.1:1/x", AccessError, "login has expired"),
        ("nowhere", ConnectError, "begins with wss"),
    ):
        with pytest.raises(kind, match=match):
            async with open_session(url, sign=sign):
                pass


def url_of(server: Server) -> str:
    """Return where a server listens."""
    return f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/x"


async def _listen(connection: ServerConnection) -> None:
    await connection.wait_closed()


@pytest.mark.parametrize(
    ("code", "what", "fault", "hint"),
    [
        (1000, "on purpose (1000 by\\u{9b}e)", Fault.PERMANENT, "start the chat again"),
        (1001, "10 idle minutes", Fault.TRANSIENT, "try again"),
        (1002, "does not understand", Fault.PERMANENT, "start the chat again"),
        (1003, "kind of data", Fault.PERMANENT, "start the chat again"),
        (1007, "can't read", Fault.PERMANENT, "start the chat again"),
        (1008, "too many requests", Fault.THROTTLED, "wait a minute"),
        (1009, "bigger than the limit", Fault.PERMANENT, "send less at once"),
        (1010, "as this client does", Fault.PERMANENT, "start the chat again"),
        (1011, "the server failed", Fault.TRANSIENT, "try again"),
        (1012, "restarts", Fault.TRANSIENT, "try again"),
        (4000, "closed the connection (4000", Fault.TRANSIENT, "try again"),
        (None, "went away (1006)", Fault.TRANSIENT, "check the network"),
    ],
)
@asynchronous
async def test_lost_connections(code: int | None, what: str, fault: Fault, hint: str) -> None:
    """Each close code has its meaning and what to do then; a connection that just dies has both too."""

    async def end(connection: ServerConnection) -> None:
        if code is None:
            connection.transport.abort()
        else:
            await connection.close(code, "by\x9be")

    async with serve(end, "127.0.0.1", 0) as server, open_session(url_of(server)) as session:
        with pytest.raises(LostError) as caught:
            await anext(session.frames())
    assert what in caught.value.what
    assert hint in caught.value.hint
    assert failures.fault(caught.value) is fault


def mute(connection: ServerConnection, _request: HttpRequest) -> None:
    """Let a server answer no ping; after a few it says so."""
    pings = count()
    send = connection.protocol.send_frame

    def send_no_pong(frame: Frame) -> None:
        if frame.opcode is not Opcode.PONG:
            send(frame)
        elif next(pings) == 3:
            connection.protocol.send_text(b"still here")

    connection.protocol.send_frame = send_no_pong  # type: ignore[method-assign]


@asynchronous
async def test_a_server_that_answers_no_pings() -> None:
    """It may be there all the same."""
    async with (
        serve(_listen, "127.0.0.1", 0, process_request=mute) as server,
        open_session(url_of(server), heartbeat=0.02) as session,
    ):
        assert await anext(session.frames()) == "still here"


@asynchronous
async def test_a_server_that_answers_pings_no_more() -> None:
    """It is gone."""

    async def fall_silent(connection: ServerConnection) -> None:
        await connection.recv()
        connection.transport.pause_reading()
        await connection.wait_closed()

    async with (
        serve(fall_silent, "127.0.0.1", 0, close_timeout=0) as server,
        open_session(url_of(server), heartbeat=0.02) as session,
    ):
        while session._connection.ping_timeout is None:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        await session.send(Request("ping"))
        with pytest.raises(LostError, match="1006"):
            await anext(session.frames())


@asynchronous
async def test_frames_and_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames come as they are; no proxy stands before loopback; the program says who it is."""
    for variable in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:1")
    agents = []

    async def echo(connection: ServerConnection) -> None:
        assert connection.request
        agents.append(connection.request.headers["User-Agent"])
        await connection.send(b"binary")
        async for frame in connection:
            await connection.send(frame)

    async with serve(echo, "127.0.0.1", 0) as server, open_session(url_of(server)) as session:
        await session.send(Request("message", "grüße", id="1"))
        frames = session.frames()
        assert await anext(frames) == "binary"
        assert await anext(frames) == '{"action":"message","value":"grüße","id":"1"}'
    assert agents == [f"wschat/{__version__}"]


@asynchronous
async def test_a_dead_connection_is_told_by_frames() -> None:
    """Sending on a connection that is gone does nothing; the frames end with the reason."""
    async with room_server() as server, open_session(server.url) as session:
        await session.send(Request("register", "ann", id="1"))
        frames = session.frames()
        await anext(frames)
        await server.cut(1001)
        with pytest.raises(LostError):
            await anext(frames)
        await session.send(Request("leave"))
