"""One port for HTTP and WebSockets, and what is no proper WebSocket."""

import asyncio
import json
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, urlsplit

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.asynchronous import asynchronous
from tests.support.gateway import running
from tests.support.until import until
from tests.support.websocket_api import FENCE, PATIENCE_S, TestApi, closed, event_of, opened, refused
from tests.unit.local.gateway.conftest import headers_of
from wschat.lab.aws.cloud import Cloud
from wschat.local.descriptors import FULL


def test_the_url_is_too_long(api: TestApi) -> None:
    """A URL of more than 4,096 characters is refused."""
    assert refused(f"{api.url}?a={'x' * 4096}")[0] == 403


def test_the_answer_that_opens(api: TestApi) -> None:
    """The answer that opens has AWS's headers, and none of `$connect`'s."""
    response = {"statusCode": 200, "headers": {"X-Own": "dropped", "Set-Cookie": "a=b"}}
    with opened(f"{api.url}?returns={quote(json.dumps(response))}") as client:
        assert client.response
        assert headers_of(client.response) == ["connection", "date", "sec-websocket-accept", "upgrade"]
        assert client.response.headers["connection"] == "upgrade"


def test_subprotocol(api: TestApi) -> None:
    """The subprotocol is what `$connect` returns as a header; compression is not negotiated."""
    response = {"statusCode": 200, "headers": {"sec-websocket-Protocol": "b"}}
    url = f"{api.url}?returns={quote(json.dumps(response))}"
    with opened(url, subprotocols=["a", "b"]) as client:
        assert client.subprotocol == "b"
        assert client.response
        assert "Sec-WebSocket-Extensions" not in client.response.headers


def test_no_handshake_of_a_websocket(api: TestApi, tmp_path: Path) -> None:
    """What lacks a proper key is refused with 400, and runs no `$connect`."""
    place = tmp_path / "it"
    with half_a_client(f"{api.url}?wait={quote(str(place))}", key="none") as client:
        assert client.recv(100).startswith(b"HTTP/1.1 400 ")
    assert not place.exists()


def test_a_client_that_leaves_meanwhile(clients: Cloud, api: TestApi, tmp_path: Path) -> None:
    """Who leaves while `$connect` runs is told to `$disconnect`, if `$connect` lets them in."""
    place = tmp_path / "it"
    with half_a_client(f"{api.url}?wait={quote(str(place))}"):
        until(lambda: place.exists() and place.read_text().endswith("\n"))
    Path(f"{place}.go").touch()
    event = event_of(clients, "Mirror", place.read_text().strip(), "DISCONNECT")
    assert event["requestContext"]["disconnectStatusCode"] == 1006


def half_a_client(url: str, key: str = "dGhlIHNhbXBsZSBub25jZQ==") -> socket.socket:
    """Ask for a WebSocket, and wait for no answer."""
    parts = urlsplit(url)
    client = socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE_S)
    headers = (
        f"Host: {parts.netloc}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
    )
    request = "\r\n".join((f"GET {parts.path}?{parts.query} HTTP/1.1", *headers, "", ""))
    client.sendall(request.encode())
    return client


@asynchronous
async def test_a_slow_head() -> None:
    """Who connects and does not finish the request is let go after a while."""
    async with running(head_timeout=0.1) as it:
        port = urlsplit(it.url).port
        for said in (b"", b"GET /_aws/execute-api/"):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(said)
            with suppress(ConnectionResetError):
                assert await reader.read() == b""
            writer.close()


@pytest.mark.parametrize(
    "message",
    ["x" * (32 * 1024 + 1), ["x" * 32 * 1024] * 4 + ["x"], "é" * (16 * 1024 + 1)],
    ids=["frame", "message", "frame in UTF-8"],
)
def test_too_big(api: TestApi, message: str | list[str]) -> None:
    """A frame over 32 KB, or a message over 128 KB, closes the connection with 1009."""
    with opened(api.url) as client:
        with suppress(ConnectionClosed):  # before the last frame was sent
            client.send(message)
        assert closed(client).code == 1009


def test_as_big_as_may_be(api: TestApi) -> None:
    """A message of 128 KB in frames of 32 KB is handled."""
    text = json.dumps(FENCE).ljust(128 * 1024)
    with opened(api.url) as client:
        client.send(text[start : start + 32 * 1024] for start in range(0, len(text), 32 * 1024))
        assert client.recv(PATIENCE_S) == "mocked"


@asynchronous
async def test_few_descriptors_are_left(caplog: pytest.LogCaptureFixture) -> None:
    """A handshake that would take what functions need is refused, with the reason there and in the log."""
    caplog.set_level("WARNING", "wschat.gateway")  # a replay in the same process lets it tell errors alone
    async with running(most=0) as it:
        with pytest.raises(InvalidStatus) as refusal:
            await connect(it.url)
        told = json.loads(refusal.value.response.body or b"")
        assert (refusal.value.response.status_code, told["reason"]) == (503, FULL)
        assert it.looked_up == []
    assert FULL in caplog.text


class Answering(asyncio.Protocol):
    """Answers over HTTP, whatever is asked: the head, and then the body, as uvicorn does."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._write = cast("asyncio.Transport", transport).write

    def data_received(self, _data: bytes) -> None:
        self._write(b"head ")
        self._write(b"body")


@asynchronous
async def test_what_the_first_request_asks_for() -> None:
    """A connection is for HTTP if its first request is, whatever comes with it, one for a WebSocket too."""
    async with running(make_http=Answering) as it:
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(it.url).port)
        writer.write(b"GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n")
        assert await reader.readexactly(9) == b"head body"
        writer.close()


@asynchronous
async def test_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written at once, as the head and the body of an answer, the system is given at once."""
    async with running(make_http=Answering) as it:
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(it.url).port)
        kind: Any = type(writer.transport)
        sent, send = list[bytes](), kind.write

        def sending(transport: asyncio.Transport, data: bytes) -> None:
            sent.append(data)
            send(transport, data)

        monkeypatch.setattr(kind, "write", sending)
        writer.write(asked := b"GET / HTTP/1.1\r\n\r\n")
        assert await reader.readexactly(9) == b"head body"
        writer.close()
    assert sent == [asked, b"head body"]
