"""The events that API Gateway makes of a WebSocket connection, in AWS's shapes (recorded, 2026-09)."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from wschat.local.gateway.addresses import host_of
from wschat.local.gateway.model import Stage

Event = dict[str, Any]
Pairs = Iterable[tuple[str, str]]
HOP_BY_HOP = {"connection", "upgrade"}
"""Headers that are about one hop alone, so no integration sees them; names in lower case."""
LATENCY = "integrationLatency"
"""How many milliseconds an authorizer took; only the event of the handshake tells it (recorded, 2026-09)."""


@dataclass(frozen=True)
class ConnectionInfo:
    """What is known of a connection from its handshake on; `connected_at` is in seconds since 1970.

    `identity` is who connects: the address, the user agent, and with AWS_IAM the principal. `authorizer` is
    what the function that let it in says of it, and how long that took; None if no function was asked.
    """

    id: str
    api: str
    stage: str
    region: str
    connected_at: float
    identity: Mapping[str, str] = field(default_factory=dict)
    authorizer: Mapping[str, str | int] | None = None

    @property
    def host(self) -> str:
        """The host that AWS would serve the API at."""
        return host_of(self.api, self.region)


@dataclass(frozen=True)
class RequestInfo:
    """One request to API Gateway: its id, and when it was made, in seconds since 1970."""

    request_id: str
    time: float


@dataclass(frozen=True)
class Handshake:
    """A handshake as API Gateway's front has it: by TLS, at the API's own host.

    `headers` and `query` are names with their values, as they were sent; `trace` is a header of its own.
    """

    headers: Sequence[tuple[str, str]]
    query: Sequence[tuple[str, str]]
    trace: str

    def values(self, connection: ConnectionInfo, left_out: AbstractSet[str] = frozenset()) -> Event:
        """Return the headers, sorted, as they were sent, without those left out, and the query."""
        own = {
            "Host": connection.host,
            "X-Amzn-Trace-Id": self.trace,
            "X-Forwarded-For": connection.identity.get("sourceIp", ""),
            "X-Forwarded-Port": "443",
            "X-Forwarded-Proto": "https",
        }
        replaced = left_out | {name.lower() for name in own}
        kept = [(name, value) for name, value in self.headers if name.lower() not in replaced]
        in_order = sorted([*kept, *own.items()], key=lambda pair: pair[0].lower())
        return _with_values("headers", "multiValueHeaders", in_order) | _with_values(
            "queryStringParameters", "multiValueQueryStringParameters", self.query
        )


def authorize(connection: ConnectionInfo, request: RequestInfo, handshake: Handshake, stage: Stage) -> Event:
    """Return the event by which an authorizer is asked: it has a key for what is empty, too."""
    hop = [("Connection", "upgrade"), ("content-length", "0")]
    kept = [pair for pair in handshake.headers if pair[0].lower() != "connection"]
    whole = replace(handshake, headers=[*kept, *hop])
    asked = {"type": "REQUEST", "methodArn": stage.arn("$connect"), **whole.values(connection)}
    context = _event(connection, request, "$connect", "CONNECT")["requestContext"]
    return {**asked, "stageVariables": dict(stage.variables), "requestContext": context}


def connect(connection: ConnectionInfo, request: RequestInfo, handshake: Handshake) -> Event:
    """Return the event of a handshake; without a query there is no key for it."""
    told = handshake.values(connection, HOP_BY_HOP)
    event = {name: values for name, values in told.items() if values}
    return event | _event(connection, request, "$connect", "CONNECT")


def message(
    connection: ConnectionInfo, request: RequestInfo, route_key: str, message_id: str, body: str
) -> Event:
    """Return the event of a message: it has a body and no headers."""
    return _event(connection, request, route_key, "MESSAGE", messageId=message_id, body=body)


def disconnect(connection: ConnectionInfo, request: RequestInfo, code: int, reason: str) -> Event:
    """Return the event of a connection's end: it has no body, and headers of API Gateway's own."""
    end = {"disconnectStatusCode": code, "disconnectReason": reason}
    event = _event(connection, request, "$disconnect", "DISCONNECT", **end)
    headers = {"Host": connection.host, "x-api-key": "", "X-Forwarded-For": "", "x-restapi": ""}
    return _with_values("headers", "multiValueHeaders", headers.items()) | event


def at_stage(event: Event, stage: Stage) -> Event:
    """Return an event with the variables of its stage, if it has any, in AWS's place."""
    if not stage.variables:
        return event
    parts, at = [*event.items()], [*event].index("requestContext")
    return dict([*parts[:at], ("stageVariables", dict(stage.variables)), *parts[at:]])


def _event(
    connection: ConnectionInfo, request: RequestInfo, route_key: str, event_type: str, **own: object
) -> Event:
    """Return an event, its keys in AWS's order; `own` is what only events of its kind tell."""
    made = datetime.fromtimestamp(request.time, UTC)
    authorizer = connection.authorizer and {
        name: value
        for name, value in connection.authorizer.items()
        if name != LATENCY or event_type == "CONNECT"
    }
    context = {
        "routeKey": route_key,
        "disconnectStatusCode": own.get("disconnectStatusCode"),
        "authorizer": authorizer,
        "messageId": own.get("messageId"),
        "eventType": event_type,
        "extendedRequestId": request.request_id,
        "requestTime": request_time(made),
        "messageDirection": "IN",
        "disconnectReason": own.get("disconnectReason"),
        "stage": connection.stage,
        "connectedAt": int(connection.connected_at * 1000),
        "requestTimeEpoch": int(request.time * 1000),
        "identity": dict(connection.identity),
        "requestId": request.request_id,
        "domainName": connection.host,
        "connectionId": connection.id,
        "apiId": connection.api,
    }
    event = {"requestContext": _told(context), "body": own.get("body"), "isBase64Encoded": False}
    return _told(event)


def request_time(made: datetime) -> str:
    """Return the time of a request, in UTC, as API Gateway writes it."""
    return f"{made:%d/%b/%Y:%H:%M:%S} +0000"


def _told(fields: Event) -> Event:
    """Leave out what this kind of event does not tell."""
    return {name: value for name, value in fields.items() if value is not None}


def _with_values(one: str, many: str, pairs: Pairs) -> Event:
    """Return the last value of each name, and all of them."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {one: {name: found[-1] for name, found in values.items()}, many: values}
