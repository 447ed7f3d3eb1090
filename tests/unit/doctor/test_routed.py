"""What is wrong in an API of somebody's own is told first, with where."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.support.own_api import OTHER_URI, Own
from wschat.doctor import routed
from wschat.doctor.causes import CAUSES
from wschat.doctor.findings import Finding, diagnose
from wschat.doctor.graph import Graph
from wschat.doctor.visit import Visit

# fmt: off
BREAKS: dict[str, tuple[Callable[[Own], object], str]] = {
    "a route without an integration":
        (lambda own: own.api.create_route(ApiId=own.id, RouteKey="bye"), "wrong-integration"),
    "a target that is gone": (lambda own: own.change("say", Target="integrations/gone"), "wrong-integration"),
    "a URI that is an ARN alone": (lambda own: own.change("integration",
        IntegrationUri=own.clients.lab.arn("lambda", f"function:{own.function}")), "wrong-integration"),
    "another region": (lambda own: own.change("integration", IntegrationUri=OTHER_URI), "wrong-integration"),
    "a function that is missing": (lambda own: own.change("integration",
        IntegrationUri=own.clients.lab.invoke_arn("nobody")), "no-function"),
    "no permission": (lambda own: own.forbid("say"), "no-permission"),
    "a permission with one part too many": (lambda own: own.permit_from("*/*/say"), "no-permission"),
    "no route response": (Own.no_response, "no-route-response"),
    "one way, and no post": (Own.one_way, "no-route-response"),
    "no stage": (Own.no_stage, "no-stage"),
    "a stage without a deployment": (Own.no_deployment, "nothing-deployed"),
    "a throttle": (lambda own: own.change("stage",
        DefaultRouteSettings={"ThrottlingRateLimit": 1.0, "ThrottlingBurstLimit": 1}), "throttle"),
    "a disabled endpoint": (lambda own: own.change("api", DisableExecuteApiEndpoint=True),
        "endpoint-disabled"),
    "a selection without its $request": (lambda own: own.change("api",
        RouteSelectionExpression=".body.action"), "wrong-selection"),
    "a key without its $": (lambda own: own.change("$connect", RouteKey="connect"), "no-route"),
    "an authorizer that reads a header": (Own.guard, "authorizer"),
    "who signs": (lambda own: own.change("$connect", AuthorizationType="AWS_IAM"), "wants-signature"),
    "an API key": (lambda own: own.change("$connect", ApiKeyRequired=True), "api-key"),
    "little time": (lambda own: own.change("integration", TimeoutInMillis=50), "integration-timeout"),
    "no concurrency": (lambda own: own.reserve(0), "reserved-concurrency"),
}
# fmt: on


def told(graph: Graph) -> list[str]:
    return [each.cause.name for each in diagnose(Visit(), routed.suspicions(graph))]


@pytest.mark.parametrize("what", BREAKS)
def test_what_is_wrong(own: Own, what: str) -> None:
    """Each thing that is otherwise than it has to be in any API."""
    breaks, cause = BREAKS[what]
    breaks(own)
    try:
        found = diagnose(Visit(), routed.suspicions(own.graph()))
        assert found[0].cause.name == cause, found
        assert found[0].evidence
    finally:
        own.clients.functions.delete_function_concurrency(FunctionName=own.function)


def test_what_mends_it() -> None:
    """What mends the lab mends no other API: each cause names what does there, and is else as it was."""
    for cause in CAUSES:
        found = routed.mended(Finding(cause, "it fails", ("seen",), 0.5))
        assert "`wschat provision" not in found.cause.mend
        assert "`wschat status" not in found.cause.mend
        assert replace(found, cause=cause) == Finding(cause, "it fails", ("seen",), 0.5)
    assert {*routed.MENDS} < {cause.name for cause in CAUSES}


def test_what_only_aws_has(own: Own) -> None:
    """A function that could not be made, in a VPC, or has no role to assume; a deployment that is newer."""
    graph = own.graph()
    (served,) = graph.deployments
    newer = {"DeploymentId": "new123", "CreatedDate": served["CreatedDate"] + timedelta(hours=1)}
    assert told(replace(graph, deployments=(served, newer))) == ["old-deployment"]
    ((arn, function),) = graph.functions.items()
    now = function.found["Configuration"] if function.found else {}

    def changed(**changes: Any) -> list[str]:  # noqa: ANN401
        return told(replace(graph, functions={arn: replace(function, **changes)}))

    failed = {"Configuration": {**now, "State": "Failed", "StateReason": "no such image"}}
    inside = {"Configuration": {**now, "VpcConfig": {"VpcId": "vpc-1", "SubnetIds": ["subnet-1"]}}}
    assert changed(found=failed) == ["not-ready"]
    assert changed(found=inside) == ["in-a-vpc"]
    assert changed(logs=False) == ["lacks-permission"]
    assert changed(role=None) == ["cannot-assume"]
    assert changed(role={"AssumeRolePolicyDocument": {"Principal": "ec2.amazonaws.com"}}) == ["cannot-assume"]
    assert changed(found={}, role={}, statements=None) == [], "nobody may look at it"


def test_what_a_lab_is(own: Own) -> None:
    """What has most of a lab's routes may be asked what a lab refuses, and nothing else."""
    graph = own.graph()
    lab = [{"RouteKey": each} for each in ("register", "create", "join", "message", "leave", "new-room")]
    assert not routed.is_a_lab(graph)
    assert routed.is_a_lab(replace(graph, routes=(*graph.routes, *lab)))
