"""Other people's clients; those that a fresh machine has not: `python -m tests.studies.interop`."""

from tests.studies.interop import client_of, talk
from tests.unit.local.gateway.api import TestApi
from tests.unit.local.gateway.conftest import Management


def test_the_client_of_websockets(api: TestApi, management: Management) -> None:
    """The command-line client of `websockets` connects and talks, and boto3 posts, gets and deletes."""
    with client_of("websockets", api.url) as client:
        talk(client, management(api.id))
