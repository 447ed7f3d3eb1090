"""Functions that call AWS's hosts, one in each language."""

from collections.abc import Iterator

import pytest
from websockets.sync.client import ClientConnection

from tests.support.callers.deploy import deployed
from tests.support.websocket_api import opened
from wschat.lab.aws.cloud import Cloud


@pytest.fixture(scope="package")
def callers(clients: Cloud) -> Iterator[dict[str, ClientConnection]]:
    """A connection to an API of the function that calls, for each language."""
    with opened(deployed(clients, "Python")) as python, opened(deployed(clients, "Node")) as node:
        yield {"Python": python, "Node": node}
