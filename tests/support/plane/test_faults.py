"""Each fault comes in the shape of its service, and takes effect or not as it says."""

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.support.plane.clock import VirtualClock
from tests.support.plane.conftest import TRUST, Aws
from tests.support.plane.faults import Fault
from tests.support.plane.plane import Plane

READS: dict[str, Callable[[Aws], object]] = {
    "apigateway": lambda aws: aws.api.get_apis(),
    "dynamodb": lambda aws: aws.dynamodb.describe_table(TableName=aws.name),
    "iam": lambda aws: aws.iam.get_role(RoleName=aws.name),
    "lambda": lambda aws: aws.functions.get_function(FunctionName=aws.name),
    "logs": lambda aws: aws.logs.describe_log_groups(),
    "sts": lambda aws: aws.sts.get_caller_identity(),
}
THROTTLED = {
    "apigateway": (429, "TooManyRequestsException"),
    "dynamodb": (400, "ThrottlingException"),
    "iam": (400, "Throttling"),
    "lambda": (429, "TooManyRequestsException"),
    "logs": (400, "ThrottlingException"),
    "sts": (400, "Throttling"),
}
DENIED = {
    "apigateway": (
        403,
        "AccessDeniedException",
        "apigateway:GET on arn:aws:apigateway:us-east-1::/apis",
    ),
    "dynamodb": (
        400,
        "AccessDeniedException",
        "dynamodb:DescribeTable on arn:aws:dynamodb:us-east-1:",
    ),
    "iam": (403, "AccessDenied", "iam:GetRole on arn:aws:iam::000000000000:role/plane"),
    "lambda": (403, "AccessDeniedException", "lambda:GetFunction on arn:aws:lambda:us-east-1:"),
    "logs": (400, "AccessDeniedException", "logs:DescribeLogGroups on arn:aws:logs:us-east-1:"),
    "sts": (403, "AccessDenied", "sts:GetCallerIdentity"),
}


def fails(call: Callable[[], object]) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as caught:
        call()
    response = caught.value.response
    error = response["Error"]
    return response["ResponseMetadata"]["HTTPStatusCode"], error.get("Code", ""), error.get("Message", "")


@pytest.mark.parametrize("service", READS)
def test_throttled(aws: Aws, plane: Plane, service: str) -> None:
    """Each service has its own status and code for too many requests."""
    plane.fault = lambda _: Fault.THROTTLED
    assert fails(lambda: READS[service](aws))[:2] == THROTTLED[service]


@pytest.mark.parametrize("service", READS)
def test_server_error(aws: Aws, plane: Plane, service: str) -> None:
    """A server's error is a 5xx that botocore can read."""
    plane.fault = lambda _: Fault.SERVER_ERROR
    status, code, text = fails(lambda: READS[service](aws))
    assert status in {500, 503}
    assert code
    assert text


@pytest.mark.parametrize("service", READS)
def test_denied(aws: Aws, plane: Plane, service: str) -> None:
    """A refusal names who asked, the action and the resource."""
    plane.fault = lambda _: Fault.DENIED
    status, code, text = fails(lambda: READS[service](aws))
    assert (status, code) == DENIED[service][:2]
    assert text.startswith("User: arn:aws:iam::000000000000:root is not authorized to perform: ")
    assert DENIED[service][2].replace(" on ", " on resource: ") in text


def roles(aws: Aws, plane: Plane, clock: VirtualClock, fault: Fault) -> list[str]:
    """Make a role while a fault happens; return the names of what was made, seen without faults."""
    plane.fault = lambda call: fault if call.operation == "CreateRole" else None
    with pytest.raises(ConnectionClosedError):
        aws.make_role()
    plane.fault = lambda _: None
    clock.sleep(2)
    pages = aws.iam.get_paginator("list_roles").paginate()
    return [role["RoleName"] for page in pages for role in page["Roles"] if role["RoleName"] == aws.name]


def test_resets(aws: Aws, plane: Plane, clock: VirtualClock) -> None:
    """A connection that was reset before left nothing behind; one that was reset after did."""
    assert roles(aws, plane, clock, Fault.RESET_BEFORE) == []
    assert roles(aws, plane, clock, Fault.RESET_AFTER) == [aws.name]


@pytest.mark.parametrize("fault", [Fault.KILL_BEFORE, Fault.KILL_AFTER])
def test_kills(aws: Aws, plane: Plane, clock: VirtualClock, fault: Fault) -> None:
    """Who is killed is so before or after the call took effect, and gets no answer."""
    existed: list[bool] = []

    def kill() -> None:
        iam = Aws(Plane(plane.endpoint, clock).session(), plane.endpoint, aws.name).iam
        pages = iam.get_paginator("list_roles").paginate()
        existed.append(any(role["RoleName"] == aws.name for page in pages for role in page["Roles"]))

    plane.on_kill = kill
    made = roles(aws, plane, clock, fault)
    assert existed == [fault is Fault.KILL_AFTER]
    assert made == [aws.name] * existed[0]


def test_calls_are_told(aws: Aws, plane: Plane, clock: VirtualClock) -> None:
    """Every call is kept in order, with its service, operation, resource, time, key and whether it writes."""
    api = aws.make_api()
    aws.iam.create_role(RoleName=aws.name, AssumeRolePolicyDocument=TRUST)
    clock.sleep(5)
    aws.api.get_routes(ApiId=api)
    aws.logs.create_log_group(logGroupName=aws.name)
    told = [(each.service, each.operation, each.resource, each.key, each.write) for each in plane.calls]
    assert told == [
        ("apigateway", "CreateApi", "apis", "test", True),
        ("iam", "CreateRole", aws.name, "test", True),
        ("apigateway", "GetRoutes", f"apis/{api}/routes", "test", False),
        ("logs", "CreateLogGroup", aws.name, "test", True),
    ]
    assert [round(each.time, 1) for each in plane.calls] == [0.0, 0.1, 5.2, 5.3]
