"""How long a connection lives, and how it ends."""

import json
import socket
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus
from typing import Any, cast

import pytest
from websockets.asyncio.client import ClientConnection as AsyncConnection
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from tests.support.asynchronous import asynchronous
from tests.support.gateway import API, how_it_closes, manage, running
from tests.support.websocket_api import PATIENCE_S, TestApi, closed, event_of, id_of, opened
from tests.unit.local.gateway.conftest import Management
from wschat.lab.aws.cloud import Cloud
from wschat.local.gateway.events import ConnectionInfo
from wschat.local.gateway.open_connection import OpenConnection, split
from wschat.local.gateway.quotas import AS_ON_AWS, GatewayOptions
from wschat.local.gateway.responses import error


async def ping(client: AsyncConnection) -> None:
    """Wait for a pong."""
    await (await client.ping())


async def talk(client: AsyncConnection) -> None:
    """Wait for an answer."""
    await client.send("x")
    await client.recv()


@pytest.mark.parametrize(
    ("options", "act"), [(GatewayOptions(idle_timeout=0.2), ping), (GatewayOptions(max_age=0.3), talk)]
)
@asynchronous
async def test_going_away(options: GatewayOptions, act: Callable[[AsyncConnection], Awaitable[None]]) -> None:
    """A connection that is only pinged, or is old enough, is closed with 1001."""
    async with running(options) as it, connect(it.url) as client:
        assert await how_it_closes(client, partial(act, client)) == (1001, "Going away")


@pytest.mark.parametrize(
    ("size", "frames"),
    [
        (0, [0]),
        (1, [1]),
        (2, [1, 1]),
        (903, [452, 451]),
        (4096, [2048, 2048]),
        (4097, [4096, 1]),
        (131_072, [*[4096] * 31, 2048, 2048]),
    ],
)
def test_frames(size: int, frames: list[int]) -> None:
    """A reply, or a post, goes out in frames of 4,096 bytes at most, and in two if it has two bytes."""
    text = bytes(number % 251 for number in range(size))
    assert [len(frame) for frame in split(text)] == frames
    assert b"".join(split(text)) == text


def test_a_reply_in_frames(api: TestApi) -> None:
    """A short reply comes in two frames, which may cut a character; a frame of the gateway's own is whole."""
    with opened(api.url) as client:
        for frames in (["ab", "cd"], ["a", "üb"]):
            returned = json.dumps({"statusCode": 200, "body": "".join(frames)})
            client.send(json.dumps({"action": "echo", "returns": returned}))
            assert [*client.recv_streaming()] == frames
        client.send("nobody")
        assert len([*client.recv_streaming()]) == 1


@asynchronous
async def test_messages_keep_it_open() -> None:
    """A message either way starts the idle time anew."""
    async with running() as it, connect(it.url) as client:
        (known,) = it.gateway.connections.values()
        for come_or_go in (client.send("x"), manage(it, "POST", b"x")):
            before = known.deadline
            await come_or_go
            await client.recv()
            assert known.deadline > before


@pytest.mark.parametrize(
    ("options", "active", "closed"),
    [
        (AS_ON_AWS, 0.0, 600),
        (AS_ON_AWS, 7000.0, 7200),
        (GatewayOptions(idle_timeout=1, max_age=2), 0.5, 1.5),
    ],
)
def test_deadline(options: GatewayOptions, active: float, closed: float) -> None:
    """A connection lives for ten minutes without a message, and for two hours."""
    info = ConnectionInfo("", API, "test", "", connected_at=100)
    assert OpenConnection(info, cast("Any", None), options, active=100 + active).deadline == 100 + closed


@asynchronous
async def test_time_passes() -> None:
    """Time can be let pass in a moment: a message starts the idle time anew, and makes nobody younger."""
    async with running() as it, connect(it.url) as talker, connect(it.url) as silent:
        known = it.gateway.connections
        known.age(599)
        await talk(talker)
        assert len(known.told()) == 2
        known.age(1)
        (left,) = known.told()
        with pytest.raises(ConnectionClosed, match="1001"):
            await silent.recv()
        for seconds in [600 - 1] * 11:
            await talk(talker)
            known.age(seconds)
            assert known.told() == [left]
        await talk(talker)
        known.age(7200 - 600 - 11 * 599)
        assert known.told() == []
        with pytest.raises(ConnectionClosed, match="1001"):
            await talker.recv()


@asynchronous
async def test_a_slow_reader() -> None:
    """A post to a client that does not read is refused with 429 once the buffer is full."""
    async with running() as it, connect(it.url, max_queue=1) as client:
        post, sent = partial(manage, it, "POST"), 0
        while (answer := await post(b"x" * 100_000))[0] == 200:
            sent += 1
        assert answer == error(HTTPStatus.TOO_MANY_REQUESTS)
        for _ in range(sent):
            assert len(await client.recv()) == 100_000
        assert (await post(b"x"))[0] == 200


def test_delete(clients: Cloud, api: TestApi, management: Management) -> None:
    """DeleteConnection closes with 1000 and AWS's reason, and `$disconnect` follows."""
    with opened(api.url) as client:
        connection = id_of(client)
        answer = management(api.id).delete_connection(ConnectionId=connection)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.NO_CONTENT
        assert closed(client) == (1000, "Connection Closed Normally")
    assert how_it_ended(clients, connection) == (1000, "Connection Closed Normally")


def how_it_ended(clients: Cloud, connection: str) -> tuple[int, str]:
    """Return what `$disconnect` was told, once."""
    event = event_of(clients, "Mirror", connection, "DISCONNECT")
    context = event["requestContext"]
    return context["disconnectStatusCode"], context["disconnectReason"]


@pytest.mark.parametrize(
    ("leave", "told"),
    [
        (lambda client: client.close(4000, "enough"), (4000, "enough")),
        (lambda client: client.socket.shutdown(socket.SHUT_RDWR), (1006, "")),
    ],
    ids=["closed", "cut"],
)
def test_the_clients_code(
    clients: Cloud, api: TestApi, leave: Callable[[ClientConnection], None], told: tuple[int, str]
) -> None:
    """`$disconnect` is told the client's code and reason, and 1006 of a connection that is cut."""
    with opened(api.url) as client:
        connection = id_of(client)
        leave(client)
    assert how_it_ended(clients, connection) == told


def test_a_close_without_a_code(clients: Cloud, api: TestApi) -> None:
    """A close frame without a code is told as 1005; the event has no body and its own headers."""
    with opened(api.url) as client:
        connection = id_of(client)
        client.socket.sendall(b"\x88\x80\x00\x00\x00\x00")
        with pytest.raises(ConnectionClosed):
            client.recv(PATIENCE_S)
    assert how_it_ended(clients, connection) == (1005, "Client-side close frame status not set")
    event = event_of(clients, "Mirror", connection, "DISCONNECT")
    assert [*event] == ["headers", "multiValueHeaders", "requestContext", "isBase64Encoded"]
    assert [*event["requestContext"]][:3] == ["routeKey", "disconnectStatusCode", "eventType"]
    assert [*event["requestContext"]][5:8] == ["messageDirection", "disconnectReason", "stage"]
    assert {name: [value] for name, value in event["headers"].items()} == event["multiValueHeaders"]
    host = f"{api.id}.execute-api.us-east-1.amazonaws.com"
    assert event["headers"] == {"Host": host, "x-api-key": "", "X-Forwarded-For": "", "x-restapi": ""}
    assert event["requestContext"]["routeKey"] == "$disconnect"


@pytest.mark.parametrize(("message", "code"), [(b"x", 1003), ("x" * 40_000, 1009)])
def test_our_own_code(clients: Cloud, api: TestApi, message: str | bytes, code: int) -> None:
    """A binary message closes with 1003, one that is too large with 1009; `$disconnect` is told so."""
    with opened(api.url) as client:
        connection = id_of(client)
        client.send(message)
        assert closed(client).code == code
    assert how_it_ended(clients, connection)[0] == code
