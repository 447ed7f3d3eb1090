"""Throttles, and how long a connection may live."""

from websockets.asyncio.client import connect

from tests.support.asynchronous import asynchronous
from tests.support.gateway import manage, running
from tests.support.websocket_api import FENCE, TestApi, ask, opened, refused
from wschat.lab.aws.cloud import Cloud
from wschat.local.gateway.model import Deployment, Stage
from wschat.local.gateway.quotas import AS_ON_AWS, GatewayOptions, Throttles, TokenBucket


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
