"""Who gets in, and what the others are told."""

import json
import socket
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from tests.support.until import until
from tests.unit.local.gateway.api import PATIENCE_S, STAGE, TestApi, ask, events_of, opened, refused
from wschat.lab.aws.cloud import Cloud


@pytest.mark.parametrize("status", [301, 401, 501])
def test_the_status_of_connect_is_passed_on(api: TestApi, status: int) -> None:
    """What `$connect` returns is the handshake's status (1.2)."""
    found, body = refused(f"{api.url}?returns={quote(json.dumps({'statusCode': status}))}")
    assert found == status
    assert body.keys() == {"message", "connectionId", "requestId"}


def test_connect_that_raises(api: TestApi) -> None:
    """A `$connect` that raises ends with 502 (1.2)."""
    status, body = refused(f"{api.url}?raise=1")
    assert (status, body["message"]) == (502, "Internal server error")


@pytest.mark.parametrize(
    "returned",
    [
        "1",
        "{}",
        '{"statusCode": 101}',
        '{"statusCode": 99999}',
        '{"statusCode": 200, "headers": ["x"]}',
        '{"statusCode": 200, "headers": {"x": "a\\r\\nb: c"}}',
    ],
)
def test_connect_that_returns_no_response(api: TestApi, returned: str) -> None:
    """A `$connect` that returns what is no response, or one that HTTP can't bear, ends with 502 (6)."""
    status, body = refused(f"{api.url}?returns={quote(returned)}")
    assert (status, body["message"]) == (502, "Internal server error")


def test_any_2xx_opens(api: TestApi) -> None:
    """Any 2xx of `$connect` opens the socket, and what it returns is no frame (1.2, 1.6)."""
    with opened(f"{api.url}?returns={quote(json.dumps({'statusCode': 204, 'body': 'hello'}))}") as client:
        assert ask(client, {"action": "mock"}) == "mocked"


def test_without_permission(clients: Cloud, mirror: str) -> None:
    """A `$connect` that the function's policy does not let in ends with 500 (1.2, 6)."""
    api = TestApi(clients)
    api.route("$connect", api.proxy(mirror))
    api.stage(api.deploy())
    status, body = refused(api.url)
    assert (status, body["message"]) == (500, "Internal server error")
    api.permit(mirror, "echo")
    assert refused(api.url)[0] == 500
    api.permit(mirror, "$connect")
    with opened(api.url):
        pass


def test_the_uri_must_be_that_of_an_invocation(clients: Cloud, mirror: str) -> None:
    """A bare function ARN, which is the HTTP API's form, ends with 500 (2.4)."""
    api = TestApi(clients)
    uri = clients.lab.arn("lambda", f"function:{mirror}")
    made = clients.api.create_integration(ApiId=api.id, IntegrationType="AWS_PROXY", IntegrationUri=uri)
    api.route("$connect", made["IntegrationId"])
    api.permit(mirror, "$connect")
    api.stage(api.deploy())
    assert refused(api.url)[0] == 500


def test_authorizers_that_do_not_work(clients: Cloud) -> None:
    """An API that asks a function who may connect lets nobody in here (2.4)."""
    api = TestApi(clients)
    route: Any = {"ApiId": api.id, "RouteKey": "$connect", "Target": f"integrations/{api.mock()}"}
    clients.api.create_route(**route, AuthorizationType="CUSTOM", AuthorizerId="any")
    api.stage(api.deploy())
    assert refused(api.url)[0] == 500


def test_no_such_stage(clients: Cloud, api: TestApi) -> None:
    """Another API, another stage, a longer path and a stage without a deployment end with 403 (1.2, 2.4)."""
    bare = TestApi(clients)
    bare.route("$connect", bare.mock())
    bare.stage(None)
    nowhere = api.url.replace(api.id, "0123456789")
    for url in (nowhere, f"{api.url}s", f"{api.url}/more", api.url.removesuffix(f"/{STAGE}"), bare.url):
        status, body = refused(url)
        assert (status, body["message"]) == (403, "Forbidden")


def test_throttled(clients: Cloud) -> None:
    """A stage whose throttle is 0 refuses every handshake with 429 (1.2, 2.4)."""
    api = TestApi(clients)
    api.route("$connect", api.mock())
    api.stage(api.deploy(), DefaultRouteSettings={"ThrottlingRateLimit": 0.0, "ThrottlingBurstLimit": 0})
    status, body = refused(api.url)
    assert (status, body["message"]) == (429, "Too Many Requests")


def test_the_url_is_too_long(api: TestApi) -> None:
    """A URL of more than 4,096 characters is refused (1.1)."""
    assert refused(f"{api.url}?a={'x' * 4096}")[0] == 403


def test_subprotocol(api: TestApi) -> None:
    """The subprotocol is what `$connect` returns as a header; compression is not negotiated (1.7)."""
    response = {"statusCode": 200, "headers": {"Sec-WebSocket-Protocol": "b"}}
    url = f"{api.url}?returns={quote(json.dumps(response))}"
    with opened(url, subprotocols=["a", "b"]) as client:
        assert client.subprotocol == "b"
        assert client.response
        assert "Sec-WebSocket-Extensions" not in client.response.headers


def test_connect_event(clients: Cloud, api: TestApi) -> None:
    """The event of a handshake has headers in their case, the query and no body (1.8)."""
    with opened(f"{api.url}?a=1&a=2&b=", additional_headers={"X-OddCase": "kept"}) as client:
        context = ask(client, {"action": "echo"})["requestContext"]
    (event,) = events_of(clients, "Mirror", context["connectionId"], "CONNECT")
    assert event.keys() == {
        "headers",
        "multiValueHeaders",
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "requestContext",
        "isBase64Encoded",
    }
    assert event["headers"]["X-OddCase"] == "kept"
    assert event["multiValueHeaders"]["Sec-WebSocket-Version"] == ["13"]
    assert event["queryStringParameters"] == {"a": "2", "b": ""}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": [""]}
    told = event["requestContext"]
    assert told["routeKey"] == "$connect"
    assert told["connectedAt"] == context["connectedAt"]
    assert told["identity"]["sourceIp"] == "127.0.0.1"
    assert "Python" in told["identity"]["userAgent"]


def test_connect_event_without_a_query(clients: Cloud, api: TestApi) -> None:
    """Without a query the event has no key for one (1.8)."""
    with opened(api.url) as client:
        connection = ask(client, {"action": "echo"})["requestContext"]["connectionId"]
    (event,) = events_of(clients, "Mirror", connection, "CONNECT")
    assert not any("query" in name.lower() for name in event)


def test_a_handshake_takes_its_time(api: TestApi, tmp_path: Path) -> None:
    """A handshake waits for `$connect`, and others are not kept by it (1.5, 1.7)."""
    (tmp_path / "it.go").touch()
    with opened(f"{api.url}?wait={quote(str(tmp_path / 'it'))}") as client:
        known = (tmp_path / "it").read_text().strip()
        assert ask(client, {"action": "echo"})["requestContext"]["connectionId"] == known


def test_no_handshake_of_a_websocket(api: TestApi, tmp_path: Path) -> None:
    """What lacks a proper key is refused with 400, and runs no `$connect` (8)."""
    place = tmp_path / "it"
    with half_a_client(f"{api.url}?wait={quote(str(place))}", key="none") as client:
        assert client.recv(100).startswith(b"HTTP/1.1 400 ")
    assert not place.exists()


def test_a_client_that_leaves_meanwhile(clients: Cloud, api: TestApi, tmp_path: Path) -> None:
    """Who leaves while `$connect` runs is told to `$disconnect`, if `$connect` lets them in (8)."""
    place = tmp_path / "it"
    with half_a_client(f"{api.url}?wait={quote(str(place))}"):
        until(lambda: place.exists() and place.read_text().endswith("\n"))
    Path(f"{place}.go").touch()
    (event,) = events_of(clients, "Mirror", place.read_text().strip(), "DISCONNECT")
    assert event["requestContext"]["disconnectStatusCode"] == 1006


def half_a_client(url: str, key: str = "dGhlIHNhbXBsZSBub25jZQ==") -> socket.socket:
    """Ask for a WebSocket, and wait for no answer."""
    parts = urlsplit(url)
    client = socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE_S)
    headers = (
        f"Host: {parts.netloc}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
    )
    request = "\r\n".join((f"GET {parts.path}?{parts.query} HTTP/1.1", *headers, "", ""))
    client.sendall(request.encode())
    return client
