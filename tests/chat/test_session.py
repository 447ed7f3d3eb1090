import asyncio
import socket
from collections.abc import Callable
from http import HTTPStatus

import pytest
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request as HttpRequest
from websockets.http11 import Response

from wschat import __version__
from wschat.chat.session import open_session
from wschat.errors import ConnectError, LostError, WschatError
from wschat.protocol import Request

from .room_server import room_server


def failure(url: str, timeout: float = 5.0) -> WschatError:
    """Return the error that connecting and listening ends with."""

    async def listen() -> None:
        async with open_session(url, timeout=timeout) as session:
            async for _ in session.frames():
                pass

    with pytest.raises(WschatError) as caught:
        asyncio.run(listen())
    return caught.value


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        ("https://x.execute-api.eu-west-1.amazonaws.com/development", "use wss:// instead"),
        ("http://127.0.0.1:1/x", "use ws:// instead"),
        ("x.execute-api.eu-west-1.amazonaws.com/development", "it looks like wss://"),
        ("wss://x.execute-api.eu-west-1.amazonaws.com/", "/development"),
        ("wss:///development", "it looks like"),
        ("wss://host:port/development", "it looks like"),
        ("wss://[::1/development", "it looks like"),
        ("ws://127.0.0.1:1/x#fragment", "wschat provision"),
        ("", "it looks like"),
    ],
)
def test_bad_urls(url: str, advice: str) -> None:
    """What is no WebSocket URL is refused with the form that is."""
    error = failure(url)
    assert isinstance(error, ConnectError)
    assert advice in error.hint


def test_nobody_there() -> None:
    """A closed port and an unknown host are told apart, and a query is never shown."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    error = failure(f"ws://user:pass@127.0.0.1:{port}/development?X-Amz-Signature=secret")
    assert "refused" in error.what
    assert error.where == f"ws://127.0.0.1:{port}/development"
    assert "no host nowhere.invalid" in failure("ws://nowhere.invalid/development").what


def test_silent_server() -> None:
    """A server that accepts and says nothing is given up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        error = failure(f"ws://127.0.0.1:{listening.getsockname()[1]}/x", timeout=0.05)
    assert isinstance(error, ConnectError)
    assert "in time" in error.what


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


@pytest.mark.parametrize(
    ("status", "what"),
    [
        (401, "who is connecting"),
        (403, "no such stage"),
        (404, "no WebSocket API"),
        (429, "throttles"),
        (500, "may not invoke the $connect function"),
        (502, "$connect function failed"),
        (503, "not available"),
        (418, "refused the connection"),
    ],
)
def test_refused_handshakes(status: int, what: str) -> None:
    """Each status that API Gateway gives has its meaning; the body is shown safely."""

    def refuse(connection: ServerConnection, _request: HttpRequest) -> Response:
        return connection.respond(HTTPStatus(status), '{"message": "no\\u001b[31m"}')

    error = refused_by(refuse)
    assert error.what.startswith(f"HTTP {status}: ")
    assert what in error.what
    assert "(no␛[31m)" in error.what


def test_refused_handshake_with_any_body() -> None:
    """A body that is no JSON object is shown as it is, its beginning."""
    error = refused_by(
        lambda connection, _request: connection.respond(HTTPStatus.FORBIDDEN, "<p>" + "x" * 999)
    )
    assert "(<p>xxx" in error.what
    assert len(error.what) < 400


def url_of(server: Server) -> str:
    """Return where a server listens."""
    return f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/x"


Refuse = Callable[[ServerConnection, HttpRequest], Response]


def refused_by(refuse: Refuse) -> ConnectError:
    """Return the error of a handshake that is refused."""

    async def connect() -> None:
        async with (
            serve(_listen, "127.0.0.1", 0, process_request=refuse) as server,
            open_session(url_of(server)),
        ):
            pass

    with pytest.raises(ConnectError) as caught:
        asyncio.run(connect())
    return caught.value


async def _listen(connection: ServerConnection) -> None:
    await connection.wait_closed()


@pytest.mark.parametrize(
    ("code", "what"),
    [
        (1000, "on purpose (1000 by\\u{9b}e)"),
        (1001, "10 idle minutes"),
        (1003, "kind of data"),
        (1008, "too many requests"),
        (1009, "bigger than the limit"),
        (1011, "the server failed"),
        (1012, "restarts"),
        (4000, "closed the connection (4000"),
        (None, "went away (1006)"),
    ],
)
def test_lost_connections(code: int | None, what: str) -> None:
    """Each close code has its meaning; a connection that just dies has one too."""

    async def end(connection: ServerConnection) -> None:
        if code is None:
            connection.transport.abort()
        else:
            await connection.close(code, "by\x9be")

    async def listen() -> None:
        async with serve(end, "127.0.0.1", 0) as server, open_session(url_of(server)) as session:
            async for _ in session.frames():
                pass

    with pytest.raises(LostError) as caught:
        asyncio.run(listen())
    assert what in caught.value.what
    assert caught.value.hint


def test_frames_and_requests(monkeypatch: pytest.MonkeyPatch) -> None:
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

    async def exchange() -> list[str]:
        async with serve(echo, "127.0.0.1", 0) as server, open_session(url_of(server)) as session:
            await session.send(Request("message", "grüße", id="1"))
            frames = session.frames()
            return [await anext(frames), await anext(frames)]

    assert asyncio.run(exchange()) == ["binary", '{"action":"message","value":"grüße","id":"1"}']
    assert agents == [f"wschat/{__version__}"]


def test_a_dead_connection_is_told_by_frames() -> None:
    """Sending on a connection that is gone does nothing; the frames end with the reason."""

    async def send() -> None:
        async with room_server() as server, open_session(server.url) as session:
            await session.send(Request("register", "ann", id="1"))
            frames = session.frames()
            await anext(frames)
            await server.cut(1001)
            with pytest.raises(LostError):
                await anext(frames)
            await session.send(Request("leave"))

    asyncio.run(send())
