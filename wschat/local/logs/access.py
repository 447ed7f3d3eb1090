"""A row of an access log: what a stage's format asks for of a request."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from wschat.local.gateway.responses import Problem
from wschat.local.logs.execution import Execution

VARIABLE = re.compile(r"\$context((?:\.\w+)+)", re.ASCII)
UNKNOWN = "-"
TYPES = {Problem.TIMED_OUT: "INTEGRATION_TIMEOUT"}
"""The type of response of a problem; else it is `INTEGRATION_FAILURE` (recorded, us-east-1, 2026-09)."""


def row(done: Execution, layout: str) -> str:
    """Return a format with the values of its variables, as AWS has them (recorded, us-east-1, 2026-09)."""
    problem = done.result.problem
    told: dict[str, Any] = dict(_flat("", done.event["requestContext"]))
    told |= {"status": done.status, "integrationLatency": done.latency}
    if problem:
        told |= {
            "error.message": problem.message,
            "error.messageString": json.dumps(problem.message),
            "error.responseType": TYPES.get(problem, "INTEGRATION_FAILURE"),
        }
    return VARIABLE.sub(lambda match: str(told.get(match[1][1:], UNKNOWN)), layout)


def _flat(path: str, found: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for name, value in found.items():
        if isinstance(value, Mapping):
            yield from _flat(f"{path}{name}.", value)
        else:
            yield f"{path}{name}", value
