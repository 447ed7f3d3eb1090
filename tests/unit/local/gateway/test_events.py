"""The events that functions get, in AWS's shapes."""

import json
import re
from typing import Any

from tests.support.websocket_api import TestApi, ask, event_of, id_of, opened
from wschat.lab.aws.cloud import Cloud


def test_connect_event(clients: Cloud, api: TestApi) -> None:
    """The event of a handshake: sorted headers, those of the hop not among them; a query; no body."""
    with opened(f"{api.url}?a=1&a=2+%2B&b=", additional_headers={"X-OddCase": "kept"}) as client:
        context = ask(client, {"action": "echo"})["requestContext"]
    event = event_of(clients, "Mirror", context["connectionId"], "CONNECT")
    assert [*event] == [
        "headers",
        "multiValueHeaders",
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "requestContext",
        "isBase64Encoded",
    ]
    assert event["headers"] == {name: values[-1] for name, values in event["multiValueHeaders"].items()}
    assert [*event["headers"]] == [
        "Host",
        "Sec-WebSocket-Extensions",
        "Sec-WebSocket-Key",
        "Sec-WebSocket-Version",
        "User-Agent",
        "X-Amzn-Trace-Id",
        "X-Forwarded-For",
        "X-Forwarded-Port",
        "X-Forwarded-Proto",
        "X-OddCase",
    ]
    assert (
        event["headers"]
        | {
            "Host": f"{api.id}.execute-api.us-east-1.amazonaws.com",
            "X-Forwarded-For": "127.0.0.1",
            "X-Forwarded-Port": "443",
            "X-Forwarded-Proto": "https",
            "X-OddCase": "kept",
        }
        == event["headers"]
    )
    assert event["multiValueHeaders"]["Sec-WebSocket-Version"] == ["13"]
    assert event["queryStringParameters"] == {"a": "2 +", "b": ""}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2 +"], "b": [""]}
    told = event["requestContext"]
    assert told["routeKey"] == "$connect"
    assert told["requestId"] == told["extendedRequestId"]
    assert [*told] == [name for name in context if name != "messageId"]
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
    assert [*event] == ["requestContext", "body", "isBase64Encoded"]
    assert (event["body"], event["isBase64Encoded"]) == (sent, False)
    context = event["requestContext"]
    assert [*context] == [
        "routeKey",
        "messageId",
        "eventType",
        "extendedRequestId",
        "requestTime",
        "messageDirection",
        "stage",
        "connectedAt",
        "requestTimeEpoch",
        "identity",
        "requestId",
        "domainName",
        "connectionId",
        "apiId",
    ]
    assert (context["routeKey"], context["eventType"]) == ("echo", "MESSAGE")
    assert (context["messageDirection"], context["apiId"], context["stage"]) == ("IN", api.id, "test")
    assert context["requestId"] == context["extendedRequestId"]
    assert re.fullmatch(r"[\w-]{15}=", context["requestId"])
    assert context["domainName"] == f"{api.id}.execute-api.us-east-1.amazonaws.com"
    assert re.fullmatch(r"[\w-]{18}==", context["connectionId"])
    assert context["messageId"][-8:] == context["connectionId"][-8:]
    assert context["messageId"] not in {context["connectionId"], again["requestContext"]["messageId"]}
    assert re.fullmatch(r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000", context["requestTime"])
    assert again["requestContext"]["connectionId"] == context["connectionId"]
    assert again["requestContext"]["connectedAt"] == context["connectedAt"] <= context["requestTimeEpoch"]
    assert again["requestContext"]["requestId"] != context["requestId"]


def test_stage_variables(clients: Cloud, api: TestApi) -> None:
    """The variables of a stage are in its events; without any there is no key for them, as above."""
    deployed = clients.api.get_stage(ApiId=api.id, StageName="test")["DeploymentId"]
    stage: Any = {"ApiId": api.id, "StageName": "variables", "DeploymentId": deployed}
    clients.api.create_stage(**stage, StageVariables={"colour": "blue"})
    with opened(api.url.replace("/test", "/variables")) as client:
        event = ask(client, {"action": "echo"})
        assert [*event] == ["stageVariables", "requestContext", "body", "isBase64Encoded"]
        assert event["stageVariables"] == {"colour": "blue"}
        clients.api.update_stage(**stage, StageVariables={"colour": "red"})
        assert ask(client, {"action": "echo"})["stageVariables"] == {"colour": "red"}
        connection = event["requestContext"]["connectionId"]
    for kind in ("CONNECT", "DISCONNECT"):
        assert "colour" in event_of(clients, "Mirror", connection, kind)["stageVariables"]
