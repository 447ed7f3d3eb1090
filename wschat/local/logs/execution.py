"""One request at an integration, and what the execution log says of it, line by line as AWS does.

They are recorded (us-east-1, 2026-09) of requests that were served, or whose function raised; those of other
failures are a REST API's: https://repost.aws/knowledge-center/api-gateway-internal-server-error.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import NamedTuple

from wschat.local.gateway.events import Event
from wschat.local.gateway.model import Stage
from wschat.local.gateway.responses import Problem, Result

LONGEST = 1024
"""Characters of a line, of which the rest is left out."""
CUT = " [TRUNCATED]"


class Execution(NamedTuple):
    """A request at an integration, which is over; times are in seconds since 1970.

    Attributes:
        uri: that of the integration's function, with the stage's variables; empty for any other.
        event: what the function got.
        returned: what it returned; None if it returned nothing.
        result: what came of it.
        sent: when it was called.
        ended: when that was over.
        endpoint_id: the id of that call, which is not the one in the function's own log.
        trace_id: that of `X-Amzn-Trace-Id`.
    """

    stage: Stage
    route_key: str
    uri: str
    event: Event
    returned: bytes | None
    result: Result
    sent: float
    ended: float
    endpoint_id: str
    trace_id: str

    @property
    def status(self) -> int:
        """The status that came of it."""
        return self.result.problem.status if self.result.problem else self.result.status

    @property
    def latency(self) -> int:
        """How long the integration took, in milliseconds."""
        return round((self.ended - self.sent) * 1000)


class Line(NamedTuple):
    """A line of a log: its time in milliseconds since 1970, and its text."""

    time: int
    text: str


def lines(done: Execution) -> list[Line]:
    """Return what the stage's settings, or those of the route, have written of a request."""
    level = done.stage.setting(done.route_key, "loggingLevel")
    if level not in {"INFO", "ERROR"}:
        return []
    sent, ended = int(done.sent * 1000), int(done.ended * 1000)
    failed = [(ended, text) for text in _failed(done)]
    if level == "INFO":
        is_traced = done.stage.setting(done.route_key, "dataTraceEnabled")
        before = [*_begun(done), *(_asked(done) if is_traced else ())]
        answered = _answered(done) if is_traced and done.returned is not None else ()
        told = [(sent, text) for text in before] + [(ended, text) for text in answered] + failed
        told += [(ended, text) for text in _over(done)]
    else:
        told = failed
    request = done.event["requestContext"]["requestId"]
    return [Line(time, _cut(f"({request}) {text}")) for time, text in told]


def _begun(done: Execution) -> Iterator[str]:
    context = done.event["requestContext"]
    request, api = context["requestId"], done.stage.api
    at = f"{api}/{done.stage.name}"
    yield f"Extended Request Id: {request}"
    yield f"Verifying Usage Plan for request: {request}. API Key:  API Stage: {at}"
    yield (
        f"API Key  authorized because route '{done.route_key}' does not require API Key."
        " Request will not contribute to throttle or quota limits"
    )
    yield f"Usage Plan check succeeded for API Key  and API Stage {at}"
    yield f"Starting execution for request: {request}"
    yield f"WebSocket Request Route: [{done.route_key}]"
    match context["eventType"]:
        case "CONNECT":
            who = context["identity"]
            client = f"UserAgent: {who.get('userAgent', '')}, SourceIp: {who['sourceIp']}"
            yield f"Client [{client}] is connecting to WebSocket API [{api}]."
        case "MESSAGE":
            received = f"WebSocket API [{api}] received message from client"
            yield f"{received} [Connection Id: {context['connectionId']}]."


def _asked(done: Execution) -> Iterator[str]:
    """Yield what data tracing tells of a request."""
    context, stage, event = done.event["requestContext"], done.stage, _json(done.event)
    if context["eventType"] == "MESSAGE":
        received = f"WebSocket API [{stage.api}] received message from client [{context['connectionId']}]"
        yield f"{received}. Message: [{event}]."
    if not done.uri:
        return
    host = f"lambda.{stage.region}.amazonaws.com"
    url = f"https://{host}{done.uri.partition(':path')[2]}"
    headers = {
        "X-Amz-Date": f"{datetime.fromtimestamp(done.sent, UTC):%Y%m%dT%H%M%SZ}",
        "x-amzn-apigateway-api-id": stage.api,
        "Accept": "application/json",
        "User-Agent": f"AmazonAPIGateway_{stage.api}",
        "Host": host,
        "X-Amz-Content-Sha256": hashlib.sha256(event.encode()).hexdigest(),
        "X-Amzn-Trace-Id": done.trace_id,
        "x-amzn-lambda-integration-tag": context["requestId"],
        "Authorization": "*" * 440,
        "X-Amz-Source-Arn": stage.arn(done.route_key),
    }
    yield f"Endpoint request URI: {url}"
    yield f"Endpoint request headers: {_listed(headers)}"
    yield f"Endpoint request body after transformations: {event}"
    yield f"Sending request to {url}"


def _answered(done: Execution) -> Iterator[str]:
    """Yield what data tracing tells of a function's answer."""
    returned = done.returned or b""
    headers = {
        "Date": format_datetime(datetime.fromtimestamp(done.ended, UTC), usegmt=True),
        "Content-Type": "application/json",
        "Content-Length": str(len(returned)),
        "Connection": "keep-alive",
        "x-amzn-RequestId": done.endpoint_id,
        **({"X-Amz-Function-Error": "Unhandled"} if done.result.problem is Problem.RAISED else {}),
        "x-amzn-Remapped-Content-Length": "0",
        "X-Amz-Executed-Version": "$LATEST",
        "X-Amzn-Trace-Id": done.trace_id,
    }
    yield f"Received response. Status: 200, Integration latency: {done.latency} ms"
    yield f"Endpoint response headers: {_listed(headers)}"
    yield f"Endpoint response body before transformations: {returned.decode(errors='replace')}"


def _failed(done: Execution) -> Iterator[str]:
    match done.result.problem:
        case None:
            return
        case Problem.RAISED:
            error = f"customer function error: {done.result.raised}. Lambda request id: {done.endpoint_id}"
            yield f"Lambda execution failed with status 200 due to {error}"
        case Problem.TIMED_OUT:
            yield "Execution failed due to a timeout error"
        case _:
            yield f"Execution failed due to configuration error: {done.result.reason}"


def _over(done: Execution) -> Iterator[str]:
    context, api = done.event["requestContext"], done.stage.api
    client = f"[Connection Id: {context['connectionId']}]"
    if done.uri:
        yield f"AWS Integration Endpoint RequestId : {done.endpoint_id}"
    match context["eventType"]:
        case "CONNECT" if done.status in range(200, 300):
            yield f"Client {client} connected to API [{api}] successfully."
        case "MESSAGE":
            status = f"response status code [{done.status}]"
            yield f"Message from client {client} sent to API [{api}] with {status}."
        case "DISCONNECT":
            why = f"{context['disconnectStatusCode']}: {context['disconnectReason']}"
            status = f"integration response status code [{done.status}]"
            yield f"Client {client} disconnected from API [{api}] with {status}. Close reason: [{why}]"


def _json(event: Event) -> str:
    return json.dumps(event, separators=(",", ":"), ensure_ascii=False)


def _listed(headers: Mapping[str, str]) -> str:
    return f"{{{', '.join(f'{name}={value}' for name, value in headers.items())}}}"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + CUT
