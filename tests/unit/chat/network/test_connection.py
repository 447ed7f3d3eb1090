import asyncio
import socket
import time
from email.utils import formatdate
from functools import partial
from http import HTTPStatus
from itertools import count
from typing import Any

import pytest
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.frames import Frame, Opcode
from websockets.http11 import Request as HttpRequest
from websockets.http11 import Response

from tests.support.asynchronous import asynchronous
from tests.support.room_server import room_server
from wschat import __version__
from wschat.chat.machine.advice import Fault
from wschat.chat.network.connection import open_session
from wschat.chat.network.failures import fault
from wschat.errors import ConnectError, LostError, WschatError
from wschat.protocol.requests import Request
from wschat.protocol.symptoms import Symptom
from wschat.retry import Failure
from wschat.target import SignedHandshake


def url_of(server: Server | asyncio.Server, scheme: str = "ws") -> str:
    """Return where a server listens."""
    return f"{scheme}://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/x"


async def failure(url: str, **options: Any) -> WschatError:  # noqa: ANN401
    """Return the error that connecting ends with."""
    with pytest.raises(WschatError) as caught:
        async with open_session(url, **options):
            pass
    return caught.value


@pytest.mark.usefixtures("_offline")
@asynchronous
async def test_nobody_there() -> None:
    """A closed port, an unknown host and a server that says nothing are told apart; no query is shown."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        place = f"127.0.0.1:{listening.getsockname()[1]}/x"
        silent = await failure(f"ws://{place}", timeout=0.05)
    error = await failure(f"ws://user:pass@{place}?X-Amz-Signature=secret")
    assert error.where == f"ws://{place}"
    for each, what, why in (
        (silent, "in time", Failure.NO_ANSWER),
        (error, "connection refused", Failure.PERMANENT),
        (await failure("ws://nowhere.invalid/x"), "no host nowhere.invalid", Failure.OFFLINE),
        (await failure("ws://127.0.0.1:1/x#fragment"), "the URL can't be used", Failure.PERMANENT),
    ):
        assert isinstance(each, ConnectError)
        assert what in each.what
        assert (each.status, each.failure) == (None, why)


@asynchronous
async def test_a_message_in_frames() -> None:
    """What API Gateway sends in several frames, which may cut a character, is one message."""
    async with room_server() as server, open_session(server.url) as session:
        for text in ("aüb", "ü" * 5000):
            await server.tell(text, *server.people)
            assert await anext(session.frames()) == text


@pytest.mark.parametrize(
    ("scheme", "answer", "says"),
    [
        ("ws", b"SSH-2.0\r\n\r\n", "does not speak WebSocket"),
        ("ws", b"", "hung up before it answered"),
        ("wss", b"HTTP/1.1 400 Bad\r\n\r\n", "does not speak TLS"),
    ],
)
@asynchronous
async def test_other_servers(scheme: str, answer: bytes, says: str) -> None:
    """A server of another kind, one without TLS, or one that hangs up, is named as that."""

    async def answer_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(answer)
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(answer_one, "127.0.0.1", 0) as server:
        assert says in (await failure(url_of(server, scheme))).what


@pytest.mark.parametrize(
    ("proxy", "answer", "why"),
    [
        ("http://ann:pass@{here}", b"HTTP/1.1 407 No\r\n\r\n", "HTTP 407"),
        ("http://ann:pass@{here}", b"SSH-2.0\r\n\r\n", "valid HTTP"),
        ("http://ann:pass@127.0.0.1:1", b"", "failed"),
        ("socks5://ann:pass@{here}", b"", "python-socks"),
        ("ftp://ann:pass@{here}", b"", "scheme ftp isn't supported"),
    ],
)
@asynchronous
async def test_proxies(monkeypatch: pytest.MonkeyPatch, proxy: str, answer: bytes, why: str) -> None:
    """What fails at the proxy is told as its fault, with the variable that names it, and no password."""

    async def answer_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(answer)
        writer.close()

    async with await asyncio.start_server(answer_one, "127.0.0.1", 0) as server:
        proxy = proxy.format(here=url_of(server)[5:-2])
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        error = await failure("wss://aws.invalid/x")
    assert f"the proxy {proxy.rpartition('@')[2]} (HTTPS_PROXY) can't be used: " in error.what
    assert (why in error.what, "pass" in f"{error.what} {error.hint}") == (True, False)


@asynchronous
async def test_each_connection_is_signed_anew() -> None:
    """What signs is asked for each connection; its URL and headers are what the server gets."""
    asked: list[tuple[str, str | None]] = []

    def note(_connection: ServerConnection, request: HttpRequest) -> None:
        asked.append((request.path, request.headers.get("Authorization")))

    async with serve(ServerConnection.wait_closed, "127.0.0.1", 0, process_request=note) as server:
        url, signatures = url_of(server), count(1)

        def sign() -> SignedHandshake:
            number = next(signatures)
            return SignedHandshake(f"{url}?X-Amz-Signature={number}", {"Authorization": f"A{number}"})

        for signed in (sign, sign, None):
            async with open_session(url, sign=signed):
                pass
    assert asked == [("/x?X-Amz-Signature=1", "A1"), ("/x?X-Amz-Signature=2", "A2"), ("/x", None)]


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("wss://ann:pass@other.example/x?X-Amz-Signature=secret", "wss://other.example/x?…"),
        ("//other.example/x#secret", "ws://other.example/x?…"),
        ("https://login.example/X-Amz-Signature=secret", "https://login.example/X-Amz-Signature=…"),
        ("/y", "{here}/y"),
        ("{url}", "{url}"),
        ("http://[::1", "an invalid URL"),
    ],
)
@asynchronous
async def test_a_redirect(target: str, told: str) -> None:
    """It is followed nowhere, and told with the host that was asked, and its target without secrets."""
    asked = []

    async with serve(ServerConnection.wait_closed, "127.0.0.1", 0) as elsewhere:
        other = url_of(elsewhere)

        def send_on(connection: ServerConnection, request: HttpRequest) -> Response:
            asked.append(request.path)
            response = connection.respond(HTTPStatus.TEMPORARY_REDIRECT, "X-Amz-Signature=secret")
            response.headers["Location"] = target.format(url=other)
            return response

        async with serve(ServerConnection.wait_closed, "127.0.0.1", 0, process_request=send_on) as server:
            url = url_of(server)
            sign = partial(SignedHandshake, f"{url}?X-Amz-Signature=secret", {"Authorization": "secret"})
            error = await failure(f"{url}?secret", sign=sign)
        assert elsewhere.connections == set()
    assert asked == ["/x?X-Amz-Signature=secret"]
    told = told.format(url=other, here=url.removesuffix("/x"))
    assert error.what.startswith(f"HTTP 307: the server sends handshakes on to {told};")
    assert (error.where, error.symptom, fault(error)) == (url, Symptom.REDIRECTED, Fault.PERMANENT)
    assert "secret" not in f"{error}{error.hint}{error.where}"


def refuse(connection: ServerConnection, _request: HttpRequest) -> Response:
    """Refuse an old signature, as API Gateway does, in three hours."""
    response = connection.respond(HTTPStatus.FORBIDDEN, '{"message": "Signature expired: x"}')
    del response.headers["Date"]
    response.headers["Date"] = formatdate(time.time() + 3 * 3600)
    return response


@asynchronous
async def test_a_refused_handshake() -> None:
    """Its status, body and Date tell why."""
    async with serve(ServerConnection.wait_closed, "127.0.0.1", 0, process_request=refuse) as server:
        error = await failure(url_of(server))
    assert error.what == "HTTP 403: this machine's clock is 3 hours behind (Signature expired: x)"


@pytest.mark.parametrize(
    ("code", "text", "what"),
    [
        (1001, "", "(1001 bye)"),
        (1006, "", "went away (1006)"),
        (1009, "", "a message of ours was bigger"),
        (1009, "x" * 2**20 + "x", "the server sent a message of more than 1 MB"),
    ],
)
@asynchronous
async def test_lost_connections(code: int, text: str, what: str) -> None:
    """The server's close code tells why, or ours if a message was too big; a connection may also just die."""

    async def end(connection: ServerConnection) -> None:
        if code == 1006:
            connection.transport.abort()
        await connection.send(text)
        await connection.close(code, "bye")

    async with serve(end, "127.0.0.1", 0) as server, open_session(url_of(server)) as session:
        with pytest.raises(LostError) as caught:
            async for _ in session.frames():
                pass
        await session.send(Request("leave"))  # which does nothing
    assert what in caught.value.what
    assert caught.value.code == code


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
        serve(ServerConnection.wait_closed, "127.0.0.1", 0, process_request=mute) as server,
        open_session(url_of(server), heartbeat=0.02) as session,
    ):
        assert await anext(session.frames()) == "still here"


@asynchronous
async def test_a_server_that_answers_pings_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is gone."""
    monkeypatch.setattr("wschat.chat.network.connection.CLOSE_TIMEOUT", 0.05)

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
async def test_leaving() -> None:
    """Who leaves in the middle of whatever is done says goodbye: 1000, and no error."""
    closed: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()

    async def listen(websocket: ServerConnection) -> None:
        await websocket.wait_closed()
        closed.set_result(websocket.close_code)

    async def stay(url: str, opened: asyncio.Event) -> None:
        async with open_session(url) as session:
            opened.set()
            _ = [frame async for frame in session.frames()]

    async with serve(listen, "127.0.0.1", 0) as server:
        opened = asyncio.Event()
        chat = asyncio.create_task(stay(url_of(server), opened))
        await opened.wait()
        chat.cancel()
        assert await closed == 1000
