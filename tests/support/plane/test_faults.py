"""Each fault comes in the shape of its service, and takes effect or not as it says."""

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from botocore.retries.standard import ThrottledRetryableChecker

from tests.support.plane.clock import VirtualClock
from tests.support.plane.conftest import Aws
from tests.support.plane.errors import DENIED, THROTTLED
from tests.support.plane.faults import Fault
from tests.support.plane.plane import Plane

Read = Callable[[Aws], object]
SERVICES: dict[str, tuple[Read, str]] = {
    "apigateway": (
        lambda aws: aws.api.get_apis(),
        "apigateway:GET on resource: arn:aws:apigateway:us-east-1::/apis",
    ),
    "dynamodb": (
        lambda aws: aws.dynamodb.describe_table(TableName=aws.name),
        "dynamodb:DescribeTable on resource: arn:aws:dynamodb:us-east-1:",
    ),
    "iam": (
        lambda aws: aws.iam.get_role(RoleName=aws.name),
        "iam:GetRole on resource: arn:aws:iam::000000000000:role/plane",
    ),
    "lambda": (
        lambda aws: aws.functions.get_function(FunctionName=aws.name),
        "lambda:GetFunction on resource: arn:aws:lambda:us-east-1:",
    ),
    "logs": (
        lambda aws: aws.logs.describe_log_groups(),
        "logs:DescribeLogGroups on resource: arn:aws:logs:us-east-1:",
    ),
    "sts": (lambda aws: aws.sts.get_caller_identity(), "sts:GetCallerIdentity"),
}
"""A read of each service, and what its refusal names."""


def fails(read: Read, aws: Aws) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as caught:
        read(aws)
    response = caught.value.response
    error = response["Error"]
    return response["ResponseMetadata"]["HTTPStatusCode"], error.get("Code", ""), error.get("Message", "")


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_fails_in_its_own_shape(aws: Aws, plane: Plane, service: str) -> None:
    """Too many requests, a server's error and a refusal, which names who asked, action and resource."""
    read, asked = SERVICES[service]
    plane.fault = lambda _: Fault.THROTTLED
    status, code, _ = fails(read, aws)
    assert (status, code) == THROTTLED[service][:2]
    assert code in ThrottledRetryableChecker._THROTTLED_ERROR_CODES  # type: ignore[attr-defined]
    plane.fault = lambda _: Fault.SERVER_ERROR
    status, code, text = fails(read, aws)
    assert (status in {500, 503}, bool(code), bool(text)) == (True, True, True)
    plane.fault = lambda _: Fault.DENIED
    status, code, text = fails(read, aws)
    assert (status, code) == DENIED[service]
    assert text.startswith("User: arn:aws:iam::000000000000:root is not authorized to perform: ")
    assert asked in text


@pytest.mark.parametrize(
    "fault", [Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.KILL_BEFORE, Fault.KILL_AFTER]
)
def test_no_answer(aws: Aws, plane: Plane, clock: VirtualClock, fault: Fault) -> None:
    """A connection ends, or who asks is killed, before or after the call took effect."""
    killed: list[bool] = []
    plane.on_kill = lambda: killed.append(True)
    plane.fault = lambda call: fault if call.operation == "CreateRole" else None
    with pytest.raises(ConnectionClosedError):
        aws.make_role()
    clock.sleep(2)
    pages = aws.iam.get_paginator("list_roles").paginate()
    names = {role["RoleName"] for page in pages for role in page["Roles"]}
    assert (aws.name in names) is (fault in {Fault.RESET_AFTER, Fault.KILL_AFTER})
    assert bool(killed) is (fault in {Fault.KILL_BEFORE, Fault.KILL_AFTER})
