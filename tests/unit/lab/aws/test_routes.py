"""Integrations whose names are lost, MOCKs as AWS may tell them, and routes that are made anew."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.unit.lab.conftest import make, read
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.routes import MOCK_KEY, Integration, Route
from wschat.lab.aws.websocket_api import Api
from wschat.lab.blueprint import blueprint
from wschat.lab.model.lab import Lab

DESIRED = blueprint(Lab(account="0" * 12, region="us-east-1"))
INTEGRATIONS = [each for each in DESIRED if isinstance(each, Integration)]
MOCKS = [each for each in INTEGRATIONS if each.type == "MOCK"]


def test_names_that_are_lost() -> None:
    """One whose description somebody changed is known by what it does; what does nothing of ours is not."""
    for each in INTEGRATIONS:
        assert replace(each, name="a1b2", description="mine").identified(DESIRED)[0].name == each.name
    strange = replace(INTEGRATIONS[0], name="a1b2", uri="other")
    assert strange.identified(DESIRED) == [strange]
    *told, text = MOCKS[0].answer or ()
    indented = replace(MOCKS[0], name="a1b2", answer=(*told, json.dumps(json.loads(str(text)), indent=1)))
    assert indented.identified(DESIRED) == [MOCKS[0]]


def _indent(texts: dict[str, str]) -> dict[str, str]:
    return {key: json.dumps(json.loads(text), indent=1) for key, text in texts.items()}


def _rename(texts: dict[str, str]) -> dict[str, str]:
    (text,) = texts.values()
    return {"application/json": text}


def _drop(_: object) -> None:
    return None


EXPRESSIONS = ("TemplateSelectionExpression", "IntegrationResponseKey")


FORMS: dict[str, tuple[tuple[str, ...], Callable[[Any], Any]]] = {
    "indented": (("RequestTemplates", "ResponseTemplates"), _indent),
    "under other keys": (("RequestTemplates", "ResponseTemplates"), _rename),
    "without templates": (("RequestTemplates", "ResponseTemplates"), _drop),
    "without expressions": (("TemplateSelectionExpression",), _drop),
    "a variable": (EXPRESSIONS, lambda text: f"${{{text}}}" if text == MOCK_KEY else text),
    "quoted": (EXPRESSIONS, lambda text: f'"{text}"'),
    "with slashes": (EXPRESSIONS, lambda text: f"/{text}/" if text == MOCK_KEY else text),
    "with blanks": (EXPRESSIONS, lambda text: f" {text} "),
    "with backslashes": (EXPRESSIONS, lambda text: text.replace("$", "\\$")),
    "with two backslashes": (EXPRESSIONS, lambda text: text.replace("$", "\\\\$")),
    "text with blanks": (("RequestTemplates",), lambda texts: {k: f"\n {v}\n" for k, v in texts.items()}),
}
"""What AWS may answer in place of what it was told: the fields, and what becomes of them."""


@pytest.mark.parametrize("form", FORMS)
def test_mocks_told_in_another_form(empty: Cloud, form: str) -> None:
    """What AWS leaves out of all MOCKs, or writes in another form, is no difference."""
    fields, change = FORMS[form]

    def reform(parsed: dict[str, Any], **_: object) -> None:
        for item in parsed["Items"]:
            told = {name: change(item.pop(name)) for name in fields if name in item}
            item.update({name: value for name, value in told.items() if value is not None})

    make(empty, Api)
    for each in MOCKS:
        each.create(empty)
    for operation in ("GetIntegrations", "GetIntegrationResponses"):
        empty.api.meta.events.register(f"after-call.apigatewayv2.{operation}", reform, unique_id="form")
    try:
        assert [read(empty, each) for each in MOCKS] == MOCKS
    finally:
        for operation in ("GetIntegrations", "GetIntegrationResponses"):
            empty.api.meta.events.unregister(f"after-call.apigatewayv2.{operation}", unique_id="form")


def test_two_way_without_the_expression(empty: Cloud) -> None:
    """One with a route response is two-way, whether or not it has the expression that selects it."""
    make(empty, Api, Integration)
    route = Route(name="message", integration="Connect", two_way=True)
    target = f"integrations/{empty.ids[Integration.kind, 'Connect']}"
    made = empty.api.create_route(ApiId=empty.api_id, RouteKey=route.name, Target=target)
    assert read(empty, route) == replace(route, two_way=False)
    empty.api.create_route_response(ApiId=empty.api_id, RouteId=made["RouteId"], RouteResponseKey="$default")
    assert read(empty, route) == route


def test_one_that_was_two_way(empty: Cloud) -> None:
    """It is made anew, since no call takes its selection expression away; the integration stays."""
    make(empty, Api, Integration)
    route = Route(name="$connect", integration="Connect", two_way=False)
    replace(route, two_way=True).create(empty)
    before = empty.ids[route.key]
    route.update(replace(route, two_way=True), empty)
    assert read(empty, route) == route
    assert empty.ids[route.key] != before
