"""What the tests of the gateway share: one API with a function that does what it is told."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import boto3
import pytest
from websockets.http11 import Response

from tests.support.websocket_api import management_of
from wschat.lab.aws.cloud import Cloud

if TYPE_CHECKING:
    from mypy_boto3_apigatewaymanagementapi import ApiGatewayManagementApiClient

Management = Callable[[str], "ApiGatewayManagementApiClient"]
REFUSED = ["connection", "content-length", "content-type", "date", "x-amz-apigw-id"]
"""The headers of each answer that refuses a handshake, in lower case."""


def headers_of(response: Response) -> list[str]:
    """Return the names of an answer's headers, in lower case, sorted."""
    return sorted(name.lower() for name, _ in response.headers.raw_items())


@pytest.fixture(scope="session")
def management(clients: Cloud, root: boto3.Session) -> Management:
    """Makes boto3's client for the connections of an API."""
    return partial(management_of, root, clients)
