"""Other people's clients; those that a fresh machine has not: `python -m tests.studies.gateway.interop`."""

import boto3

from tests.studies.gateway.interop import client_of, make_api, talk
from tests.support.websocket_api import management_of
from wschat.lab.aws.cloud import Cloud


def test_the_client_of_websockets(clients: Cloud, root: boto3.Session) -> None:
    """The command-line client of `websockets` connects and talks, and boto3 posts, gets and deletes."""
    api = make_api(clients, "Talker")
    with client_of("websockets", api.url) as client:
        talk(client, management_of(root, clients, api.id))
