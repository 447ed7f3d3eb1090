"""A row of an access log, as it was recorded."""

import pytest

from tests.unit.local.logs.test_execution import CONNECTION, ID, INFO, RAISED, execution
from wschat.local.gateway.model import Deployment, Stage
from wschat.local.gateway.responses import Problem, Result
from wschat.local.logs.access import Call, row, told_of, told_of_call


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
    assert row(told_of(execution("echo", INFO, result)), layout) == expected


def test_a_call() -> None:
    """A call to the management API has a row, too: who called, and that it took no integration any time."""
    stage = Stage("api1", "probe", "us-east-1", "000000000000", Deployment(""), {})
    who = {"caller": "AIDA", "user": "AIDA", "userArn": "arn:user/ann", "sourceIp": "127.0.0.1"}
    call = Call(stage, "DELETE", CONNECTION, who, "d2afc9ed", ID, 204, 1790327997.887, 1790327997.888)
    layout = (
        "requestId extendedRequestId apiId stage routeKey status identity.user identity.userArn requestTime"
    )
    layout += " requestTimeEpoch integrationLatency eventType connectionId messageId connectedAt domainName"
    layout += " error.message httpMethod"
    assert row(told_of_call(call), "|".join(f"$context.{name}" for name in layout.split())).split("|") == [
        *("d2afc9ed", ID, "api1", "probe", "DELETE /@connections/{connectionId}", "204"),
        *("AIDA", "arn:user/ann", "25/Sep/2026:09:19:57 +0000", "1790327997887", "0", "CONNECTION_API"),
        *(CONNECTION, "-", "-", "api1.execute-api.us-east-1.amazonaws.com", "-", "-"),
    ]
