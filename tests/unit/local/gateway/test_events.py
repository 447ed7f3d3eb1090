"""The events that functions get, in AWS's shapes."""

import json
import re

from tests.support.websocket_api import TestApi, ask, event_of, id_of, opened
from wschat.lab.aws.cloud import Cloud


def test_connect_event(clients: Cloud, api: TestApi) -> None:
    """The event of a handshake has headers in their case, the query if there is one, and no body."""
    with opened(f"{api.url}?a=1&a=2&b=", additional_headers={"X-OddCase": "kept"}) as client:
        context = ask(client, {"action": "echo"})["requestContext"]
    event = event_of(clients, "Mirror", context["connectionId"], "CONNECT")
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
    with opened(api.url) as client:
        event = event_of(clients, "Mirror", id_of(client), "CONNECT")
    assert not any("query" in name.lower() for name in event)


def test_two_way(api: TestApi) -> None:
    """A two-way route sends back the body that its function returns; the event has AWS's shape."""
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
