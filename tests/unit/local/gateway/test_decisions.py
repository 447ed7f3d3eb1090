"""What is decided without I/O: routes, permissions, throttles, deadlines."""

import json

import pytest

from wschat.local.gateway.iam import allows
from wschat.local.gateway.model import Deployment, Route, Stage, Throttle, route_of, select
from wschat.local.gateway.quotas import AS_ON_AWS, GatewayOptions, Throttles, TokenBucket, deadline

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f"
ARN = "arn:aws:execute-api:us-east-1:000000000000:abc/test/$connect"


@pytest.mark.parametrize(
    ("expression", "message", "key"),
    [
        ("$request.body.action", '{"action": "x"}', "x"),
        ("${request.body.action}", '{"action": "x"}', "x"),
        ("$request.body.a.b", '{"a": {"b": "x"}}', "x"),
        ("${request.body.a}/${request.body.b}", '{"a": "x", "b": 1}', "x/1"),
        ("$request.body.action", '{"action": true}', "true"),
        ("$request.body.action", '{"action": ["item1", "item2"]}', "[item1, item2]"),
        ("$request.body.action", '{"other": "x"}', ""),
        ("$request.body.action", '"text"', ""),
        ("$request.body.action", "no JSON", ""),
    ],
)
def test_selection(expression: str, message: str, key: str) -> None:
    """A route selection expression takes parts of the message by their paths (1.8)."""
    assert select(expression, message) == key


def test_clients_do_not_choose_connect() -> None:
    """No message takes `$connect` or `$disconnect`; keys are case-sensitive (1.8, 8)."""
    routes = {key: Route(key) for key in ("$connect", "$disconnect", "say")}
    deployment = Deployment("$request.body.action", routes)
    for action in ("$connect", "$disconnect", "Say", "$default"):
        assert route_of(deployment, json.dumps({"action": action})) is None
    assert route_of(deployment, '{"action": "say"}') == routes["say"]


@pytest.mark.parametrize(
    ("pattern", "may"),
    [
        (ARN, True),
        ("arn:aws:execute-api:us-east-1:000000000000:abc/*/$connect", True),
        ("arn:aws:execute-api:us-east-1:000000000000:abc/*", True),
        ("arn:aws:execute-api:us-east-1:000000000000:abc/*$connect", True),
        ("arn:aws:execute-api:us-east-1:000000000000:abd/*/$connect", False),
        ("arn:aws:execute-api:us-east-1:000000000000:abc/*/connect", False),
        ("arn:aws:execute-api:us-east-1:000000000000:abc/prod/$connect", False),
    ],
)
def test_permission(pattern: str, *, may: bool) -> None:
    """A permission names routes by a pattern in which `$` is literal (2.3)."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "apigateway.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Condition": {"ArnLike": {"AWS:SourceArn": pattern}},
    }
    assert allows({"Statement": [statement]}, FUNCTION, ARN) is may
    for other in (
        {"Principal": {"Service": "events.amazonaws.com"}},
        {"Action": "lambda:GetFunction"},
        {"Condition": {"StringEquals": {"AWS:SourceAccount": "111111111111"}}},
        {"Condition": {"Unheard": {"AWS:SourceArn": pattern}}},
    ):
        assert not allows({"Statement": [{**statement, **other}]}, FUNCTION, ARN)
    assert not allows({"Statement": [statement, {**statement, "Effect": "Deny"}]}, FUNCTION, ARN)
    assert not allows({}, FUNCTION, ARN)


def test_token_bucket() -> None:
    """So many pass at once, and then so many a second (1.1)."""
    bucket = TokenBucket(rate=2, burst=3, now=100.0)
    assert [bucket.take(100.0) for _ in range(4)] == [True, True, True, False]
    assert [bucket.take(100.5), bucket.take(100.5)] == [True, False]
    assert [bucket.take(200.0) for _ in range(4)] == [True, True, True, False]


def test_throttles() -> None:
    """A route's own throttle stands in place of its stage's, and the account's holds for all (1.1, 2.4)."""
    throttles = Throttles(rate=20, now=0.0)
    plain = Stage("abc", "test", "us-east-1", "000000000000", Deployment(""))
    slow = Stage(
        "abc", "slow", "us-east-1", "000000000000", Deployment(""), Throttle(1, 2), {"quick": Throttle(9, 9)}
    )
    assert [throttles.message(slow, "any", 0.0) for _ in range(3)] == [True, True, False]
    assert [throttles.message(slow, "quick", 0.0) for _ in range(3)] == [True, True, True]
    assert [throttles.message(plain, "any", 0.0) for _ in range(6)] == [True] * 5 + [False]
    assert not throttles.post(0.0)
    assert not throttles.connect(plain, 0.0)
    assert throttles.post(1.0)


def test_new_connections_are_throttled() -> None:
    """500 may connect in a second (1.1)."""
    throttles = Throttles(AS_ON_AWS.rate, now=0.0)
    plain = Stage("abc", "test", "us-east-1", "000000000000", Deployment(""))
    assert sum(throttles.connect(plain, 0.0) for _ in range(600)) == 500


def test_deadline() -> None:
    """A connection lives for ten minutes without a message, and for two hours (1.1, 1.3)."""
    assert deadline(AS_ON_AWS, opened=0, active=0) == 600
    assert deadline(AS_ON_AWS, opened=0, active=7000) == 7200
    assert deadline(GatewayOptions(idle_timeout=1, max_age=2), opened=10, active=10.5) == 11.5
