"""A row of an access log: what a stage's format asks for of a request, or of a call to the management API."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from wschat.local.gateway.addresses import host_of
from wschat.local.gateway.events import request_time
from wschat.local.gateway.model import Stage
from wschat.local.gateway.responses import Problem
from wschat.local.logs.execution import Execution

VARIABLE = re.compile(r"\$context((?:\.\w+)+)", re.ASCII)
UNKNOWN = "-"
TYPES = {Problem.TIMED_OUT: "INTEGRATION_TIMEOUT"}
"""The type of response of a problem; else it is `INTEGRATION_FAILURE` (recorded, us-east-1, 2026-09)."""


class Call(NamedTuple):
    """A call to the management API that was allowed; times are in seconds since 1970.

    Attributes:
        identity: who called, from where and by which program.
        began: when it came.
        ended: when it was answered.
    """

    stage: Stage
    method: str
    connection: str
    identity: Mapping[str, str]
    request_id: str
    extended_request_id: str
    status: int
    began: float
    ended: float


def row(told: Mapping[str, object], layout: str) -> str:
    """Return a format with the values of its variables, as AWS has them (recorded, us-east-1, 2026-09)."""
    return VARIABLE.sub(lambda match: str(told.get(match[1][1:], UNKNOWN)), layout)


def told_of(done: Execution) -> dict[str, Any]:
    """Return the variables of a request at an integration."""
    problem = done.result.problem
    told: dict[str, Any] = dict(_flat("", done.event["requestContext"]))
    told |= {"status": done.status, "integrationLatency": done.latency}
    if problem:
        told |= {
            "error.message": problem.message,
            "error.messageString": json.dumps(problem.message),
            "error.responseType": TYPES.get(problem, "INTEGRATION_FAILURE"),
        }
    return told


def told_of_call(call: Call) -> dict[str, Any]:
    """Return the variables of a call to the management API."""
    context = {
        "requestId": call.request_id,
        "extendedRequestId": call.extended_request_id,
        "apiId": call.stage.api,
        "stage": call.stage.name,
        "routeKey": f"{call.method} /@connections/{{connectionId}}",
        "eventType": "CONNECTION_API",
        "connectionId": call.connection,
        "domainName": host_of(call.stage.api, call.stage.region),
        "identity": call.identity,
        "requestTime": request_time(datetime.fromtimestamp(call.began, UTC)),
        "requestTimeEpoch": int(call.began * 1000),
        "status": call.status,
        "integrationLatency": 0,
    }
    return dict(_flat("", context))


def _flat(path: str, found: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for name, value in found.items():
        if isinstance(value, Mapping):
            yield from _flat(f"{path}{name}.", value)
        else:
            yield f"{path}{name}", value
