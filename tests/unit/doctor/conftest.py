"""An API of somebody's own, for each test; its function takes a second to make, and is kept."""

import pytest

from tests.support.own_api import Own, make_talker
from wschat.lab.aws.cloud import Cloud


@pytest.fixture(scope="session")
def function(clients: Cloud) -> str:
    """A function that nobody calls."""
    return make_talker(clients, "own-talks")


@pytest.fixture
def own(cloud: Cloud, function: str) -> Own:
    """An API that is as it should be."""
    return Own(cloud, function)
