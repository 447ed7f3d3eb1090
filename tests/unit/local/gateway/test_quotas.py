"""Throttles, and how long a connection may live."""

import asyncio
import json
from typing import Any

from websockets.asyncio.client import connect

from tests.support.asynchronous import asynchronous
from tests.support.gateway import manage, running
from tests.support.websocket_api import FENCE, TestApi, ask, opened, refused
from wschat.lab.aws import stages as aws
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.routes import Route
from wschat.lab.blueprint import blueprint
from wschat.lab.chosen.throttle import BURST
from wschat.lab.model.lab import Lab
from wschat.local.gateway.model import Deployment, Stage
from wschat.local.gateway.quotas import AS_ON_AWS, GatewayOptions, Throttles, TokenBucket
from wschat.protocol.requests import Action, Request


def test_token_bucket() -> None:
    """So many pass at once, and then so many a second."""
    bucket = TokenBucket(rate=2, burst=3)
    assert [bucket.take(100.0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(100.5), bucket.take(100.5)] == [True, False]
    assert [bucket.take(200.0) for _ in range(4)] == [True, True, True, False]


def test_throttles() -> None:
    """A route's own throttle stands in place of its stage's, and the account's holds for all."""
    throttles = Throttles(rate=20)
    plain = Stage("abc", "test", "us-east-1", "000000000000", Deployment(""))
    settings = {
        "defaultRouteSettings": {"throttlingRateLimit": 1, "throttlingBurstLimit": 2},
        "routeSettings": {"quick": {"throttlingRateLimit": 9}, "traced": {"loggingLevel": "INFO"}},
    }
    slow = Stage("abc", "slow", "us-east-1", "000000000000", Deployment(""), settings)
    assert [throttles.message(slow, "traced", 0.0) for _ in range(3)] == [True, True, False]
    assert [throttles.message(slow, "quick", 0.0) for _ in range(3)] == [True, True, True]
    assert [throttles.message(plain, "any", 0.0) for _ in range(6)] == [True] * 5 + [False]
    assert not throttles.post(0.0)
    assert not throttles.connect(plain, 0.0)
    assert throttles.post(1.0)


def test_new_connections_are_throttled() -> None:
    """500 may connect in a second."""
    throttles = Throttles(AS_ON_AWS.rate)
    plain = Stage("abc", "test", "us-east-1", "000000000000", Deployment(""))
    assert sum(throttles.connect(plain, 0.0) for _ in range(600)) == 500


def test_a_route_is_throttled(clients: Cloud) -> None:
    """Beyond its route's throttle a handshake is refused with 429, a message so answered."""
    api = TestApi(clients)
    for key in ("$connect", "rare", "mock"):
        api.route(key, api.mock())
    rare = {"ThrottlingRateLimit": 0.001, "ThrottlingBurstLimit": 1}
    api.stage(api.deploy(), RouteSettings={"$connect": rare, "rare": rare})
    with opened(api.url) as client:
        status, body = refused(api.url)
        assert (status, body["message"]) == (429, "Too Many Requests")
        assert ask(client, {"action": "rare"}) == "mocked"
        assert ask(client, {"action": "rare"})["message"] == "Too Many Requests"
        assert ask(client, FENCE) == "mocked"


@asynchronous
async def test_rate() -> None:
    """The account's throttle holds for posts as well."""
    async with (
        running(GatewayOptions(rate=0.01)) as it,
        connect(it.url),
    ):  # the one request that may come at once
        assert (await manage(it, "POST", b"x"))[0] == 429


def as_the_lab() -> dict[str, Any]:
    """Return the routes and the settings of the lab's stage, in API Gateway's words."""
    made = blueprint(Lab(account="000000000000", region="us-east-1"))
    stage = next(each for each in made if isinstance(each, aws.Stage))
    whole = {"throttlingRateLimit": stage.rate, "throttlingBurstLimit": stage.burst}
    own = {
        key: {name[0].lower() + name[1:]: value for name, value in each.items()}
        for key, each in json.loads(str(stage.route_settings)).items()
    }
    keys = [each.name for each in made if isinstance(each, Route)]
    return {"keys": keys, "settings": {"defaultRouteSettings": whole, "routeSettings": own}}


@asynchronous
async def test_a_class_comes_in_at_once() -> None:
    """Thirty connect, register and join at once, and again after a cut; a stranger's flood is refused."""

    async def come_in(number: int) -> None:
        for _ in ("at first", "after a cut"):
            async with connect(it.url) as client:
                for action in (Action.REGISTER, Action.JOIN):
                    await client.send(Request(action, f"p{number}").encode())
                    assert await client.recv() == "mocked"
                client.transport.abort()

    async with running(**as_the_lab()) as it:
        await asyncio.gather(*map(come_in, range(30)))
        async with connect(it.url) as stranger:
            answers = list[str]()
            for _ in range(BURST):
                await stranger.send(Request(Action.REGISTER, "x").encode())
                answers.append(str(await stranger.recv()))
    assert answers[: BURST - 60] == ["mocked"] * (BURST - 60)
    assert "Too Many Requests" in answers[-1]
