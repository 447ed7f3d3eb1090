"""What the tests of the gateway share: one API with a function that does what it is told."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import boto3
import pytest
from websockets.http11 import Response

from tests.support.websocket_api import TestApi, make_function, management_of
from wschat.lab.aws.cloud import Cloud

if TYPE_CHECKING:
    from mypy_boto3_apigatewaymanagementapi import ApiGatewayManagementApiClient

Management = Callable[[str], "ApiGatewayManagementApiClient"]
FUNCTION = "Mirror"
REFUSED = ["connection", "content-length", "content-type", "date", "x-amz-apigw-id"]
"""The headers of each answer that refuses a handshake, in lower case."""


def headers_of(response: Response) -> list[str]:
    """Return the names of an answer's headers, in lower case, sorted."""
    return sorted(name.lower() for name, _ in response.headers.raw_items())


@pytest.fixture(scope="session")
def mirror(clients: Cloud) -> str:
    """The name of a function that does what it is told."""
    make_function(clients, FUNCTION)
    return FUNCTION


@pytest.fixture(scope="session")
def api(clients: Cloud, mirror: str) -> TestApi:
    """An API with routes of all sorts, but without `$default`."""
    api = TestApi(clients)
    proxy = api.proxy(mirror)
    for key in ("$connect", "$disconnect", "echo", "one-way", "half", "response", "slow"):
        api.permit(mirror, key)
    for key in ("$connect", "$disconnect", "echo", "not-permitted"):
        api.route(key, proxy)
    api.route("one-way", proxy, expression=False, response=False)
    api.route("half", proxy, response=False)
    api.route("response", proxy, expression=False)
    api.route("slow", api.proxy(mirror, timeout_ms=100))
    api.route("mock", api.mock())
    api.route("mock-half", api.mock(), response=False)
    api.route("mock-bad", api.mock(request="{}"))
    api.stage(api.deploy())
    return api


@pytest.fixture(scope="session")
def management(clients: Cloud, root: boto3.Session) -> Management:
    """Makes boto3's client for the connections of an API."""
    return partial(management_of, root, clients)
