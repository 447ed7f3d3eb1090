"""The events that API Gateway makes of a WebSocket connection, in AWS's shapes (recorded, 2026-09)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any

from wschat.local.gateway.addresses import host_of

Event = dict[str, Any]
Pairs = Iterable[tuple[str, str]]
HOP_BY_HOP = {"connection", "upgrade"}
"""Headers that are about one hop alone, so no function sees them; names in lower case."""


@dataclass(frozen=True)
class ConnectionInfo:
    """What is known of a connection from its handshake on; `connected_at` is in seconds since 1970.

    `identity` is who connects: the address, the user agent, and with AWS_IAM the principal.
    """

    id: str
    api: str
    stage: str
    region: str
    connected_at: float
    identity: Mapping[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """The host that AWS would serve the API at."""
        return host_of(self.api, self.region)


@dataclass(frozen=True)
class RequestInfo:
    """One request to API Gateway: its id, and when it was made, in seconds since 1970."""

    request_id: str
    time: float


def connect(
    connection: ConnectionInfo,
    request: RequestInfo,
    headers: Pairs,
    query: Sequence[tuple[str, str]],
    trace: str,
) -> Event:
    """Return the event of a handshake, as API Gateway's front has it: by TLS, at the API's own host.

    Headers are sorted and keep their case; without a query there is no key for it.
    """
    own = {
        "Host": connection.host,
        "X-Amzn-Trace-Id": trace,
        "X-Forwarded-For": connection.identity.get("sourceIp", ""),
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
    }
    replaced = HOP_BY_HOP | {name.lower() for name in own}
    kept = [(name, value) for name, value in headers if name.lower() not in replaced]
    event = _with_values("headers", "multiValueHeaders", sorted([*kept, *own.items()], key=itemgetter(0)))
    if query:
        event |= _with_values("queryStringParameters", "multiValueQueryStringParameters", query)
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


def _event(
    connection: ConnectionInfo, request: RequestInfo, route_key: str, event_type: str, **own: object
) -> Event:
    """Return an event, its keys in AWS's order; `own` is what only events of its kind tell."""
    made = datetime.fromtimestamp(request.time, UTC)
    context = {
        "routeKey": route_key,
        "messageId": own.get("messageId"),
        "disconnectStatusCode": own.get("disconnectStatusCode"),
        "eventType": event_type,
        "extendedRequestId": request.request_id,
        "requestTime": f"{made:%d/%b/%Y:%H:%M:%S} +0000",
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


def _told(fields: Event) -> Event:
    """Leave out what this kind of event does not tell."""
    return {name: value for name, value in fields.items() if value is not None}


def _with_values(one: str, many: str, pairs: Pairs) -> Event:
    """Return the last value of each name, and all of them."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {one: {name: found[-1] for name, found in values.items()}, many: values}
