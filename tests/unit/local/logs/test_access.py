"""A row of an access log, as it was recorded."""

import pytest

from tests.unit.local.logs.test_execution import CONNECTION, ID, INFO, RAISED, execution
from wschat.local.gateway.responses import Problem, Result
from wschat.local.logs.access import row


@pytest.mark.parametrize(
    ("layout", "result", "expected"),
    [
        ("$context.requestId $context.extendedRequestId", Result(), f"{ID} {ID}"),
        (
            '{"id":"$context.connectionId","at":$context.connectedAt}',
            Result(),
            f'{{"id":"{CONNECTION}","at":1790328029377}}',
        ),
        ("$context.routeKey $context.eventType $context.status", Result(), "echo MESSAGE 200"),
        ("$context.identity.sourceIp, $context.integrationLatency.", Result(), "192.0.2.1, 24."),
        ("$context.httpMethod $context.error.message", Result(), "- -"),
        ("$context.status $context.error.responseType", RAISED, "502 INTEGRATION_FAILURE"),
        (
            "$context.error.message $context.error.messageString",
            RAISED,
            'Internal server error "Internal server error"',
        ),
        ("$context.error.responseType", Result(Problem.TIMED_OUT), "INTEGRATION_TIMEOUT"),
        ("$contexts context $input.x", Result(), "$contexts context $input.x"),
    ],
)
def test_a_row(layout: str, result: Result, expected: str) -> None:
    """Each variable has its value, or a hyphen; all else stays as it is."""
    assert row(execution("echo", INFO, result), layout) == expected
