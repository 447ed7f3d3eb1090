"""Which route a message takes."""

import json

import pytest

from wschat.local.gateway.model import Deployment, Route, route_of, select


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
    """A route selection expression takes parts of the message by their paths."""
    assert select(expression, message) == key


def test_clients_do_not_choose_connect() -> None:
    """No message takes `$connect` or `$disconnect`; keys are case-sensitive."""
    routes = {key: Route(key) for key in ("$connect", "$disconnect", "say")}
    deployment = Deployment("$request.body.action", routes)
    for action in ("$connect", "$disconnect", "Say", "$default"):
        assert route_of(deployment, json.dumps({"action": action})) is None
    assert route_of(deployment, '{"action": "say"}') == routes["say"]


@pytest.mark.parametrize(
    ("message", "key"),
    [
        ("hello", "$default"),
        ("", "$default"),
        ("{}", "$default"),
        ('{"action": {}}', "$default"),
        ('{"action": "$connect"}', "$default"),
        ('{"action": "$disconnect"}', "$default"),
        ('{"action": 5}', "5"),
        ('{"action": ["a", "b"]}', "[a, b]"),
    ],
)
def test_default(message: str, key: str) -> None:
    """What is no JSON, has no action, or asks for `$connect`, takes `$default` alone."""
    routes = {each: Route(each) for each in ("$connect", "$disconnect", "$default", "5", "[a, b]")}
    assert route_of(Deployment("$request.body.action", routes), message) == routes[key]
