"""Which route a message takes."""

import json
from typing import Any

import pytest

from wschat.local.gateway.model import Deployment, Route, read_deployment, route_of, select
from wschat.local.gateway.responses import Result, read_mock


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


MOCKS = {
    "the lab's": ("200", "200", "$default", "200"),
    "keepalives": ("200", "200", "/200/", "200"),
    "classes of statuses": ("200", "200", "/2\\d\\d/", "200"),
    "AWS's guide": ("$default", "\\$default", "$default", "$default"),
    "media types, and no expression": ("application/json", None, "$default", "application/json"),
    "for everything": ("$default", "other", "$default", "$default"),
}
"""The key of the request template, the expressions, the response's key, and that of its template."""


@pytest.mark.parametrize("form", MOCKS)
def test_templates_of_a_mock(form: str) -> None:
    """A MOCK's templates are taken by whichever key stands there, and the response by the status."""
    key, selects, response, template = MOCKS[form]
    responses: dict[str, Any] = {
        "spare": {"integrationResponseKey": "/4../", "responseTemplates": {"200": "spare"}},
        "broken": {"integrationResponseKey": "/(/", "responseTemplates": {"200": "broken"}},
        "own": {
            "integrationResponseKey": response,
            "templateSelectionExpression": selects,
            "responseTemplates": {template: "pong"},
        },
    }
    mock = {
        "integrationType": "MOCK",
        "requestTemplates": {key: '{"statusCode": 200}'},
        "templateSelectionExpression": selects,
    }
    route = {"routeKey": "ping", "target": "integrations/m"}
    integration = (
        read_deployment({}, {"r": route}, {"m": mock}, {"m": responses}, {}, {}).routes["ping"].integration
    )
    assert integration
    assert read_mock(integration) == Result(status=200, body="pong")
