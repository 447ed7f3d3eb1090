"""What a message leads to, and what comes back."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection

from tests.support.until import until
from tests.unit.local.gateway.api import PATIENCE_S, TestApi, ask, closed, events_of, opened
from wschat.lab.aws.cloud import Cloud

ERROR = r'\{"message": "%s", "connectionId":"[\w-]{15}=", "requestId":"[\w-]{15}="\}'
FENCE = {"action": "mock"}


def answers(client: ClientConnection, *messages: dict[str, Any]) -> list[str]:
    """Send messages, one after the other, and return all that came back, up to the answer of a fence."""
    found: list[str] = []
    for message in messages:
        client.send(json.dumps(message))
    if messages:
        client.send(json.dumps({"action": "echo", "last": 1}))
    while True:
        text = str(client.recv(PATIENCE_S))
        if '\\"last\\": 1' in text:
            return found
        found.append(text)


def test_two_way(api: TestApi) -> None:
    """A two-way route sends back the body that its function returns; the event has AWS's shape (1.6, 1.8)."""
    sent = json.dumps({"action": "echo", "text": "über"})
    with opened(api.url) as client:
        event, again = ask(client, sent), ask(client, sent)
    assert event.keys() == {"requestContext", "body", "isBase64Encoded"}
    assert (event["body"], event["isBase64Encoded"]) == (sent, False)
    context = event["requestContext"]
    assert context.keys() == {
        "apiId",
        "connectedAt",
        "connectionId",
        "domainName",
        "eventType",
        "extendedRequestId",
        "identity",
        "messageDirection",
        "messageId",
        "requestId",
        "requestTime",
        "requestTimeEpoch",
        "routeKey",
        "stage",
    }
    assert (context["routeKey"], context["eventType"]) == ("echo", "MESSAGE")
    assert (context["messageDirection"], context["apiId"], context["stage"]) == ("IN", api.id, "test")
    assert context["requestId"] == context["extendedRequestId"] == context["messageId"]
    assert context["domainName"] == f"{api.id}.execute-api.us-east-1.amazonaws.com"
    assert re.fullmatch(r"[\w-]{15}=", context["connectionId"])
    assert re.fullmatch(r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000", context["requestTime"])
    assert again["requestContext"]["connectionId"] == context["connectionId"]
    assert again["requestContext"]["connectedAt"] == context["connectedAt"] <= context["requestTimeEpoch"]
    assert again["requestContext"]["requestId"] != context["requestId"]


@pytest.mark.parametrize("route", ["one-way", "half", "mock-half"])
def test_one_way(api: TestApi, route: str) -> None:
    """Without a route response, and without the expression that selects it, nothing comes back (1.6)."""
    with opened(api.url) as client:
        assert answers(client, {"action": route}) == []


@pytest.mark.parametrize("status", [400, 401, 500, 501])
def test_statuses(api: TestApi, status: int) -> None:
    """A 4xx or a 5xx is met with silence (1.2)."""
    returned = json.dumps({"statusCode": status, "body": "text"})
    with opened(api.url) as client:
        assert answers(client, {"action": "echo", "returns": returned}) == []


@pytest.mark.parametrize(
    "message", ['{"action": "nobody"}', "no JSON", "{}", "[]", '{"action": ["echo"]}', "", "[" * 30_000]
)
def test_forbidden(api: TestApi, message: str) -> None:
    """Without a route, and without `$default`, `Forbidden` comes back, and the socket stays open (1.2)."""
    with opened(api.url) as client:
        client.send(message)
        assert re.fullmatch(ERROR % "Forbidden", str(client.recv(PATIENCE_S)))
        assert ask(client, FENCE) == "mocked"


@pytest.mark.parametrize("route", ["echo", "one-way"])
def test_raises(api: TestApi, route: str) -> None:
    """Who raises causes `Internal server error`, even on a one-way route; nothing leaks (1.2)."""
    with opened(api.url) as client:
        client.send(json.dumps({"action": route, "raise": 1}))
        assert re.fullmatch(ERROR % "Internal server error", str(client.recv(PATIENCE_S)))
        assert ask(client, FENCE) == "mocked"


@pytest.mark.parametrize(
    "returned",
    ['"text"', "null", "{}", '{"statusCode": 200, "body": {}}', '{"statusCode": 200, "headers": [1]}'],
)
def test_bad_shape(api: TestApi, returned: str) -> None:
    """What is no response causes `Internal server error` where one is waited for (1.2, 8)."""
    with opened(api.url) as client:
        assert ask(client, {"action": "echo", "returns": returned})["message"] == "Internal server error"
        assert answers(client, {"action": "one-way", "returns": returned}) == []


def test_message_without_permission(api: TestApi) -> None:
    """A route that the function's policy does not name causes `Internal server error` (1.2, 8)."""
    with opened(api.url) as client:
        assert ask(client, {"action": "not-permitted"})["message"] == "Internal server error"


def test_timeout(api: TestApi, tmp_path: Path) -> None:
    """A function that outlasts its integration's timeout causes `Endpoint request timed out` (1.1, 1.2)."""
    with opened(api.url) as client:
        client.send(json.dumps({"action": "slow", "wait": str(tmp_path / "it")}))
        assert re.fullmatch(ERROR % "Endpoint request timed out", str(client.recv(PATIENCE_S)))
        (tmp_path / "it.go").touch()
        assert ask(client, FENCE) == "mocked"


def test_default(clients: Cloud) -> None:
    """What is no JSON, has no action, or asks for `$connect`, takes `$default` alone (1.8, 8)."""
    api = TestApi(clients)
    api.route("$default", api.mock(answer="default"))
    api.route("$connect", api.mock(answer="connect"))
    api.route("$disconnect", api.mock(answer="disconnect"))
    api.route("5", api.mock(answer="five"))
    api.route("[a, b]", api.mock(answer="list"))
    api.stage(api.deploy())
    with opened(api.url) as client:
        for message in (
            "hello",
            "",
            "{}",
            '{"action": "$connect"}',
            '{"action": "$disconnect"}',
            '{"action": {}}',
        ):
            assert ask(client, message) == "default"
        assert ask(client, '{"action": 5}') == "five"
        assert ask(client, '{"action": ["a", "b"]}') == "list"


def test_mock_without_a_status(api: TestApi) -> None:
    """A MOCK whose request template yields no integer status causes `Internal server error` (10)."""
    with opened(api.url) as client:
        assert ask(client, {"action": "mock-bad"})["message"] == "Internal server error"


def test_integrations_that_do_not_work(clients: Cloud) -> None:
    """A route that leads to neither a function nor a MOCK causes `Internal server error` here (1.5)."""
    api = TestApi(clients)
    made = clients.api.create_integration(
        ApiId=api.id, IntegrationType="HTTP_PROXY", IntegrationUri="http://127.0.0.1"
    )
    api.route("away", made["IntegrationId"])
    api.route("mock", api.mock())
    api.stage(api.deploy())
    with opened(api.url) as client:
        assert ask(client, {"action": "away"})["message"] == "Internal server error"
        assert ask(client, FENCE) == "mocked"


def test_a_route_is_throttled(clients: Cloud) -> None:
    """A message beyond its route's throttle is answered `Too Many Requests` (1.2, 8)."""
    api = TestApi(clients)
    for key in ("rare", "mock"):
        api.route(key, api.mock())
    rare = {"ThrottlingRateLimit": 0.001, "ThrottlingBurstLimit": 1}
    api.stage(api.deploy(), RouteSettings={"rare": rare})
    with opened(api.url) as client:
        assert ask(client, {"action": "rare"}) == "mocked"
        assert ask(client, {"action": "rare"})["message"] == "Too Many Requests"
        assert ask(client, FENCE) == "mocked"


def test_a_stage_serves_its_deployment(clients: Cloud) -> None:
    """A route is live once it is deployed and the stage serves that deployment (1.2, 2.4, 6)."""
    api = TestApi(clients)
    api.route("old", api.mock(answer="old"))
    first = api.deploy()
    api.stage(first)
    with opened(api.url) as client:
        api.route("new", api.mock(answer="new"))
        assert ask(client, {"action": "new"})["message"] == "Forbidden"
        second = api.deploy()
        assert ask(client, {"action": "new"})["message"] == "Forbidden"
        api.serve(second)
        assert ask(client, {"action": "new"}) == "new"
        api.serve(first)
        assert ask(client, {"action": "new"})["message"] == "Forbidden"
        clients.api.create_deployment(ApiId=api.id, StageName="test")
        assert ask(client, {"action": "new"}) == "new"


def test_auto_deploy(clients: Cloud) -> None:
    """A stage that deploys by itself serves what there is (2.4)."""
    api = TestApi(clients)
    api.stage(None, AutoDeploy=True)
    with opened(api.url) as client:
        assert ask(client, FENCE)["message"] == "Forbidden"
        api.route("mock", api.mock())
        assert ask(client, FENCE) == "mocked"


def test_concurrent(api: TestApi, tmp_path: Path) -> None:
    """Messages of one connection are handled at the same time; a later one may be answered first (1.5)."""
    with opened(api.url) as client:
        client.send(json.dumps({"action": "echo", "wait": str(tmp_path / "it")}))
        assert "last" in ask(client, {"action": "echo", "last": 1})["body"]
        (tmp_path / "it.go").touch()
        assert "wait" in json.loads(client.recv(PATIENCE_S))["body"]


def test_calls_beyond_the_workers_wait(api: TestApi, tmp_path: Path) -> None:
    """Of one function eight calls run at once; the ninth waits for its turn, and none is lost (2.3)."""
    place = tmp_path / "it"
    with opened(api.url) as client:
        for number in range(10):
            client.send(json.dumps({"action": "echo", "wait": str(place), "number": number}))
        until(lambda: place.exists() and len(place.read_text().splitlines()) >= 8)
        assert ask(client, FENCE) == "mocked"
        assert len(place.read_text().splitlines()) == 8
        Path(f"{place}.go").touch()
        bodies = [json.loads(json.loads(client.recv(PATIENCE_S))["body"]) for _ in range(10)]
    assert sorted(body["number"] for body in bodies) == list(range(10))


def test_logs(clients: Cloud, api: TestApi) -> None:
    """Every call is in CloudWatch Logs, with what the function printed (7)."""
    with opened(api.url) as client:
        connection = ask(client, {"action": "echo", "text": "find me"})["requestContext"]["connectionId"]
    (event,) = events_of(clients, "Mirror", connection, "MESSAGE")
    assert "find me" in event["body"]
    lines = [
        line["message"]
        for line in clients.logs.filter_log_events(logGroupName="/aws/lambda/Mirror")["events"]
    ]
    for kind in ("START RequestId: ", "END RequestId: ", "REPORT RequestId: "):
        assert any(line.startswith(kind) for line in lines)


def test_binary(api: TestApi) -> None:
    """A binary message closes the connection with 1003 (1.3)."""
    with opened(api.url) as client:
        client.send(b"{}")
        assert closed(client).code == 1003


@pytest.mark.parametrize(
    "message",
    ["x" * (32 * 1024 + 1), ["x" * 32 * 1024] * 4 + ["x"], "é" * (16 * 1024 + 1)],
    ids=["frame", "message", "frame in UTF-8"],
)
def test_too_big(api: TestApi, message: str | list[str]) -> None:
    """A frame over 32 KB, or a message over 128 KB, closes the connection with 1009 (1.1, 1.3)."""
    with opened(api.url) as client:
        client.send(message)
        assert closed(client).code == 1009


def test_as_big_as_may_be(clients: Cloud) -> None:
    """A message of 128 KB in frames of 32 KB is handled (1.1)."""
    api = TestApi(clients)
    api.route("$default", api.mock())
    api.stage(api.deploy())
    with opened(api.url) as client:
        client.send(["x" * 32 * 1024] * 4)
        assert client.recv(PATIENCE_S) == "mocked"
