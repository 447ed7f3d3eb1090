"""Routes and integrations: created, changed, read and deleted."""

from dataclasses import replace

import pytest

from tests.unit.lab.conftest import live, make, read
from wschat.lab import inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.routes import Integration, Route
from wschat.lab.aws.websocket_api import Api
from wschat.lab.blueprint import FUNCTIONS, blueprint, mock, proxy
from wschat.lab.model import Lab
from wschat.protocol.events import Pong

LAB = Lab(account="0" * 12, region="us-east-1")
CONNECT, *_ = (proxy(LAB, spec) for spec in FUNCTIONS)
PING = mock("ping", Pong())


@pytest.mark.parametrize(
    "integrations",
    [
        (CONNECT, replace(CONNECT, method="GET"), CONNECT),
        (PING, replace(PING, answer=("$default", "other", "{}")), replace(PING, answer=None), PING),
    ],
    ids=["AWS_PROXY", "MOCK"],
)
def test_life_of_integrations(empty: Cloud, integrations: tuple[Integration, ...]) -> None:
    """Attributes and the response are changed in place."""
    make(empty, Api)
    live(empty, *integrations)


@pytest.mark.parametrize("integration", [CONNECT, PING], ids=lambda each: each.type)
def test_a_description_that_somebody_changed(empty: Cloud, integration: Integration) -> None:
    """An integration is known by its description, or by what it does."""
    make(empty, Api)
    integration.create(empty)
    which = empty.ids[integration.key]
    empty.api.update_integration(ApiId=empty.api_id, IntegrationId=which, Description="mine")
    found = read(empty, integration)
    assert found
    assert integration.differences(found) == {"description": (integration.name, "mine")}


def test_integrations_made_twice(empty: Cloud) -> None:
    """The one that a route leads to keeps the name, though another was made before it."""
    make(empty, Api)
    CONNECT.create(empty)
    first = empty.ids[CONNECT.key]
    CONNECT.create(empty)
    Route(name="$connect", integration=CONNECT.name, two_way=False).create(empty)
    ids = inventory.look(empty).ids
    assert ids[CONNECT.key] == empty.ids[CONNECT.key]
    assert ids[CONNECT.kind, f"{CONNECT.name} ({first})"] == first


def test_life_of_a_route(empty: Cloud) -> None:
    """Its target and authorization are changed in place; who has been two-way is made anew."""
    make(empty, Api)
    CONNECT.create(empty)
    PING.create(empty)
    route = Route(name="$connect", integration=CONNECT.name, two_way=False)
    two_way = replace(route, two_way=True, integration=PING.name)
    live(empty, route, two_way, route, replace(route, authorization="AWS_IAM"))


def test_a_route_that_was_renamed(empty: Cloud) -> None:
    """It keeps its id under its new key."""
    make(empty, Api, Integration)
    name = next(each.name for each in blueprint(LAB) if isinstance(each, Integration))
    old, new = (Route(name=key, integration=name, two_way=True) for key in ("made", "create"))
    old.create(empty)
    new.update(old, empty)
    assert read(empty, new) == new
    assert empty.ids[new.key] == empty.ids[old.key]
    assert read(empty, old) is None
