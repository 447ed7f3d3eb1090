"""Functions that call AWS's hosts, one in each language."""

from collections.abc import Iterator

import boto3
import pytest
from websockets.sync.client import ClientConnection

from tests.support.others.deployed import by_script, by_template
from tests.support.websocket_api import opened
from wschat.lab.aws.cloud import Cloud


@pytest.fixture(scope="package")
def callers(clients: Cloud, root: boto3.Session) -> Iterator[dict[str, ClientConnection]]:
    """A connection to an API of the function that calls, for each language."""
    with opened(by_script(clients)) as python, opened(by_template(clients, root)) as node:
        yield {"Python": python, "Node": node}
