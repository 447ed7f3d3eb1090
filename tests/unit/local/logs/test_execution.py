"""What the execution log says of a request, as it was recorded."""

import json
from typing import Any

import pytest

from wschat.local.gateway import events
from wschat.local.gateway.events import ConnectionInfo, Handshake, RequestInfo
from wschat.local.gateway.model import Deployment, Stage
from wschat.local.gateway.responses import MALFORMED, Problem, Result
from wschat.local.logs.execution import Execution, lines

ID, CONNECTION = "EP5yyFgTIAMEtdw=", "gbik1K9kzQAYKEilnA=="
INFO = {"loggingLevel": "INFO", "dataTraceEnabled": False}
TRACED = {**INFO, "dataTraceEnabled": True}
ERROR = {**INFO, "loggingLevel": "ERROR"}
FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:talks"
PATH = f"2015-03-31/functions/{FUNCTION}/invocations"
URI = f"arn:aws:apigateway:us-east-1:lambda:path/{PATH}"
SENT = 1790328030.154
WHO = ConnectionInfo(
    CONNECTION, "api1", "probe", "us-east-1", 1790328029.377, {"userAgent": "probe", "sourceIp": "192.0.2.1"}
)
REQUEST = RequestInfo(ID, SENT)
EVENTS = {
    "$connect": events.connect(WHO, REQUEST, Handshake([], [], "Root=1-1")),
    "echo": events.message(WHO, REQUEST, "echo", "gbik1a9l2QAYKEilnA==", "hi"),
    "$disconnect": events.disconnect(WHO, REQUEST, 1000, "probe-complete"),
}
RAISED = Result(Problem.RAISED, "it failed", "boom", b'{"errorMessage": "boom"}')


def execution(key: str, settings: dict[str, Any], result: Result, uri: str = URI) -> Execution:
    stage = Stage(
        "api1", "probe", "us-east-1", "000000000000", Deployment(""), {"defaultRouteSettings": settings}
    )
    returned = result.returned or (None if result.problem else b"{}")
    return Execution(
        stage, key, uri, EVENTS[key], returned, result, SENT, SENT + 0.024, "bcae24c1", "Root=1-1"
    )


def logged(key: str, settings: dict[str, Any], result: Result, uri: str = URI) -> list[str]:
    """Return the lines of a request, without the id of it that each begins with."""
    found = lines(execution(key, settings, result, uri))
    assert all(line.text.startswith(f"({ID}) ") for line in found)
    return [line.text.removeprefix(f"({ID}) ") for line in found]


def begun(key: str) -> list[str]:
    no_key = "does not require API Key. Request will not contribute to throttle or quota limits"
    return [
        f"Extended Request Id: {ID}",
        f"Verifying Usage Plan for request: {ID}. API Key:  API Stage: api1/probe",
        f"API Key  authorized because route '{key}' {no_key}",
        "Usage Plan check succeeded for API Key  and API Stage api1/probe",
        f"Starting execution for request: {ID}",
        f"WebSocket Request Route: [{key}]",
    ]


CLIENT = f"[Connection Id: {CONNECTION}]"
CALLED = "AWS Integration Endpoint RequestId : bcae24c1"
CONNECTING = "Client [UserAgent: probe, SourceIp: 192.0.2.1] is connecting to WebSocket API [api1]."
BOOM = "customer function error: boom. Lambda request id: bcae24c1"
FAILED = f"Lambda execution failed with status 200 due to {BOOM}"
CLOSED = "with integration response status code [200]. Close reason: [1000: probe-complete]"


@pytest.mark.parametrize(
    ("key", "own", "over"),
    [
        ("$connect", [CONNECTING], f"Client {CLIENT} connected to API [api1] successfully."),
        (
            "echo",
            [f"WebSocket API [api1] received message from client {CLIENT}."],
            f"Message from client {CLIENT} sent to API [api1] with response status code [200].",
        ),
        (
            "$disconnect",
            [],
            f"Client {CLIENT} disconnected from API [api1] {CLOSED}",
        ),
    ],
)
def test_what_is_logged(key: str, own: list[str], over: str) -> None:
    """Of each request it is told how it began, whom it is from, that it was called, and what came of it."""
    assert logged(key, INFO, Result()) == [*begun(key), *own, CALLED, over]
    assert logged(key, ERROR, Result()) == []
    assert logged(key, {}, Result()) == logged(key, {"loggingLevel": "OFF"}, Result()) == []
    assert CALLED not in logged(key, INFO, Result(), "")


def test_what_is_logged_with_data() -> None:
    """With data tracing the event, the call and the answer are told, too, and what the function raised."""
    event = json.dumps(EVENTS["echo"], separators=(",", ":"))
    *before, over = logged("echo", TRACED, RAISED)
    assert before[: len(begun("echo"))] == begun("echo")
    told = before[len(begun("echo")) + 1 :]
    assert told[:2] == [
        f"WebSocket API [api1] received message from client [{CONNECTION}]. Message: [{event}].",
        f"Endpoint request URI: https://lambda.us-east-1.amazonaws.com/{PATH}",
    ]
    headers, body, sending, received, answered, *rest = told[2:]
    assert headers.startswith(
        "Endpoint request headers: {X-Amz-Date=20260925T092030Z, x-amzn-apigateway-api-id=api1, "
    )
    assert "X-Amz-Source-Arn=arn:aws:execute-api:us-east-1:000000000000:api1/probe/echo" in headers
    assert body == f"Endpoint request body after transformations: {event}"
    assert sending == f"Sending request to https://lambda.us-east-1.amazonaws.com/{PATH}"
    assert received == "Received response. Status: 200, Integration latency: 24 ms"
    assert answered.startswith("Endpoint response headers: {Date=Fri, 25 Sep 2026 09:20:30 GMT, ")
    assert "x-amzn-RequestId=bcae24c1, X-Amz-Function-Error=Unhandled, " in answered
    returned = 'Endpoint response body before transformations: {"errorMessage": "boom"}'
    assert rest == [returned, FAILED, CALLED]
    assert over.endswith("with response status code [502].")
    assert logged("echo", ERROR, RAISED) == [FAILED]


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (MALFORMED, "Execution failed due to configuration error: Malformed Lambda proxy response"),
        (Result(Problem.TIMED_OUT, "29 s"), "Execution failed due to a timeout error"),
    ],
)
def test_failures_are_logged(result: Result, told: str) -> None:
    """Whatever else fails is told at each level; a connection that is refused is not told to be open."""
    assert logged("echo", ERROR, result) == [told]
    assert logged("$connect", INFO, result)[-2:] == [told, CALLED]


def test_long_lines() -> None:
    """A line ends after 1,024 characters, its id counted."""
    body = Result(Problem.RAISED, "", "x" * 5000)
    (line,) = lines(execution("echo", ERROR, body))
    assert line.text.endswith("x [TRUNCATED]")
    assert len(line.text) == 1024 + len(" [TRUNCATED]")


def test_settings_of_a_route() -> None:
    """A route's own settings hold for it."""
    found = execution("echo", ERROR, Result())
    own = {**found.stage.description, "routeSettings": {"echo": INFO}}
    stage = Stage("api1", "probe", "us-east-1", "000000000000", Deployment(""), own)
    assert lines(found._replace(stage=stage))
    assert not lines(found._replace(stage=stage, route_key="other"))
