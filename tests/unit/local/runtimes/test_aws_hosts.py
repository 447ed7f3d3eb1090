"""What a function sends to AWS's hosts, by whatever client, ends in the local lab."""

import json
import re

import pytest
from websockets.sync.client import ClientConnection

from tests.support.clients import CLIENTS, Client
from tests.support.until import until
from tests.support.websocket_api import PATIENCE_S
from wschat.lab.aws.cloud import Cloud

TRIED = [each for each in CLIENTS if each.caller and not each.package]


@pytest.mark.parametrize("each", TRIED, ids=[f"{each.language}-{each.caller}" for each in TRIED])
def test_what_ends_here(callers: dict[str, ClientConnection], each: Client) -> None:
    """A post reaches the caller, or the client fails as if there was no such host."""
    callers[each.language].send(each.caller)
    said = str(callers[each.language].recv(PATIENCE_S))
    assert re.match(each.error or f"{each.caller}$", said), said


@pytest.mark.parametrize("language", ["Python", "Node"])
def test_a_refusal_is_logged(clients: Cloud, callers: dict[str, ClientConnection], language: str) -> None:
    """What is refused in the worker stands in the function's log, with the port that was meant."""
    callers[language].send("another_port")
    callers[language].recv(PATIENCE_S)

    def logged() -> str:
        return json.dumps(
            clients.logs.filter_log_events(logGroupName=f"/aws/lambda/Calls{language}")["events"]
        )

    until(lambda: "the local lab serves ports 80 and 443 of AWS's hosts, not 6379" in logged(), logged)
