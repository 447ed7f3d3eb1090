"""What a handshake, a message and the end of the gateway lead to."""

import asyncio
import json
import os
import re
import tracemalloc
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.support.asynchronous import asynchronous
from tests.support.gateway import crowd, how_it_closes, manage, running, settled
from tests.support.websocket_api import (
    ERROR,
    FENCE,
    PATIENCE_S,
    TestApi,
    answers,
    ask,
    opened,
    refusal,
)
from tests.unit.local.gateway.conftest import REFUSED, headers_of
from wschat.lab.aws.cloud import Cloud
from wschat.local.gateway.quotas import GatewayOptions

CROWD = int(os.environ.get("CROWD", "150"))


@pytest.mark.parametrize("status", [301, 401, 403, 501])
def test_the_status_of_connect_is_passed_on(api: TestApi, status: int) -> None:
    """A refusal by `$connect` is the handshake's answer, its body byte for byte; of its headers one."""
    own = {"Content-Type": "application/json", "X-Other": "dropped", "content-length": "1"}
    response = {"statusCode": status, "body": '{"no" : "über"}\n', "headers": own}
    answer = refusal(f"{api.url}?returns={quote(json.dumps(response))}")
    assert (answer.status_code, answer.body) == (status, '{"no" : "über"}\n'.encode())
    assert headers_of(answer) == REFUSED
    assert answer.headers["content-type"] == "application/json; charset=UTF-8"


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({}, "application/json; charset=UTF-8"),
        ({"content-type": "text/html; Charset=latin-1"}, "text/html; Charset=latin-1"),
    ],
)
def test_a_refusal_of_another_type(api: TestApi, headers: dict[str, str], kind: str) -> None:
    """A refusal without a content type is JSON, and a charset of its own stays."""
    answer = refusal(f"{api.url}?returns={quote(json.dumps({'statusCode': 403, 'headers': headers}))}")
    assert (answer.headers["content-type"], answer.body) == (kind, b"")


def test_any_2xx_opens(api: TestApi) -> None:
    """Any 2xx of `$connect` opens the socket, and what it returns is no frame."""
    with opened(f"{api.url}?returns={quote(json.dumps({'statusCode': 204, 'body': 'hello'}))}") as client:
        assert ask(client, {"action": "mock"}) == "mocked"


@pytest.mark.parametrize("route", ["one-way", "half", "mock-half"])
def test_one_way(api: TestApi, route: str) -> None:
    """Without a route response nothing comes back, not even with the expression that would select it."""
    with opened(api.url) as client:
        assert answers(client, {"action": route}) == []


def test_the_response_alone(api: TestApi) -> None:
    """A route response makes a route two-way, without the expression that selects it."""
    with opened(api.url) as client:
        assert ask(client, {"action": "response"})["requestContext"]["routeKey"] == "response"


@pytest.mark.parametrize(
    "message", ['{"action": "nobody"}', "no JSON", "{}", "[]", '{"action": ["echo"]}', "", "[" * 30_000]
)
def test_forbidden(api: TestApi, message: str) -> None:
    """Without a route, and without `$default`, `Forbidden` comes back, and the socket stays open."""
    with opened(api.url) as client:
        client.send(message)
        assert re.fullmatch(ERROR % "Forbidden", str(client.recv(PATIENCE_S)))
        assert ask(client, FENCE) == "mocked"


@pytest.mark.parametrize("route", ["echo", "one-way"])
@pytest.mark.parametrize("told", [{"raise": 1}, {"returns": '{"statusCode": 200, "body": "\\ud800"}'}])
def test_raises(api: TestApi, route: str, told: dict[str, Any]) -> None:
    """Who raises, or returns no text, causes `Internal server error`, even on a one-way route."""
    with opened(api.url) as client:
        client.send(json.dumps({"action": route, **told}))
        assert re.fullmatch(ERROR % "Internal server error", str(client.recv(PATIENCE_S)))
        assert ask(client, FENCE) == "mocked"


def test_integrations_that_do_not_work(clients: Cloud) -> None:
    """A route that leads to neither a function nor a MOCK causes `Internal server error` here."""
    api = TestApi(clients)
    made = clients.api.create_integration(
        ApiId=api.id, IntegrationType="HTTP_PROXY", IntegrationUri="http://127.0.0.1"
    )
    api.route("away", made["IntegrationId"])
    api.route("mock", api.mock())
    api.stage(api.deploy())
    with opened(api.url) as client:
        assert ask(client, {"action": "away"})["message"] == "Internal server error"
        assert ask(client, FENCE) == "mocked"


def test_concurrent(api: TestApi, tmp_path: Path) -> None:
    """Messages of one connection are handled at the same time; a later one may be answered first."""
    with opened(api.url) as client:
        client.send(json.dumps({"action": "echo", "wait": str(tmp_path / "it")}))
        assert "last" in ask(client, {"action": "echo", "last": 1})["body"]
        (tmp_path / "it.go").touch()
        assert "wait" in json.loads(client.recv(PATIENCE_S))["body"]


@asynchronous
async def test_the_end_of_the_gateway() -> None:
    """When the gateway ends, clients are told 1012, and `$disconnect` is not run any more."""
    async with running() as it, connect(it.url) as one, connect(it.url) as two:
        known = len(it.looked_up)
        await it.gateway.connections.shut_down()
        for client in (one, two):
            assert await how_it_closes(client, client.recv) == (1012, "Service restart")
        while it.gateway.connections:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert len(it.looked_up) == known


@asynchronous
async def test_shuffle() -> None:
    """With `--order shuffle` what is done at the same time comes in any order, and nothing is lost."""
    async with running(GatewayOptions(shuffle=True)) as it, connect(it.url) as client:
        posts = [manage(it, "POST", b"%d" % number) for number in range(50)]
        await asyncio.gather(*posts)
        came = [int(await client.recv()) for _ in range(50)]
        assert came != sorted(came)
        assert sorted(came) == list(range(50))


@asynchronous
async def test_drop() -> None:
    """With `--drop` a connection is cut after a while, without a close frame."""
    async with running(GatewayOptions(drop=600)) as it, connect(it.url) as client:
        with pytest.raises(ConnectionClosed) as closed:
            await client.recv()
        assert closed.value.rcvd is None


@pytest.fixture
def _traced_memory() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


@pytest.mark.usefixtures("_traced_memory")
@partial(asynchronous, patience=20 + CROWD / 20)
async def test_nothing_is_left() -> None:
    """After many connections that close or are cut no task is left, and memory is where it was."""
    async with running() as it:
        await crowd(it.url, 50 + CROWD // 20)
        tasks, memory = await settled(it, tasks=4)
        await crowd(it.url, CROWD)
        again, later = await settled(it, tasks=4)
        assert again <= tasks
        assert later - memory < 50_000
