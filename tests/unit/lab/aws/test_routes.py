"""Routes and integrations: created, changed, read and deleted."""

from dataclasses import replace

import pytest

from tests.unit.lab.conftest import live, make
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.routes import Integration, Route
from wschat.lab.aws.websocket_api import Api
from wschat.lab.blueprint import FUNCTIONS, mock, proxy
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


def test_life_of_a_route(empty: Cloud) -> None:
    """Its target and authorization are changed in place; who has been two-way is made anew."""
    make(empty, Api)
    CONNECT.create(empty)
    PING.create(empty)
    route = Route(name="$connect", integration=CONNECT.name, two_way=False)
    two_way = replace(route, two_way=True, integration=PING.name)
    live(empty, route, two_way, route, replace(route, authorization="AWS_IAM"))
