"""WebSocket APIs that CloudFormation makes are served, changed and forgotten like any."""

import json
from typing import Any
from urllib.parse import urlsplit

import boto3

from tests.support.until import until
from tests.support.websocket_api import FENCE, STAGE, ask, opened, refused
from wschat.local.join import LocalLab

KIND = "AWS::ApiGatewayV2::"
NAMES = {"ApiId": {"Ref": "Api"}, "RouteId": {"Ref": "Route"}, "IntegrationId": {"Ref": "Integration"}}
TARGET = {"Fn::Sub": "integrations/${Integration}"}


def template(answer: str) -> str:
    """Return that of an API which replies to `mock`."""

    def part(kind: str, *of: str, **properties: object) -> dict[str, Any]:
        named = {name: NAMES[name] for name in ("ApiId", *of)}
        return {"Type": KIND + kind, "Properties": named | properties}

    everything = "$default"
    expressions = {"RouteResponseSelectionExpression": everything, "Target": TARGET}
    api = {"Name": answer, "ProtocolType": "WEBSOCKET", "RouteSelectionExpression": "$request.body.action"}
    parts = {
        "Api": {"Type": f"{KIND}Api", "Properties": api},
        "Integration": part(
            "Integration", IntegrationType="MOCK", RequestTemplates={everything: '{"statusCode": 200}'}
        ),
        "Answer": part(
            "IntegrationResponse",
            "IntegrationId",
            IntegrationResponseKey=everything,
            ResponseTemplates={everything: answer},
        ),
        "Route": part("Route", RouteKey="mock", **expressions),
        "Reply": part("RouteResponse", "RouteId", RouteResponseKey=everything),
        f"Deployment{answer}": part("Deployment") | {"DependsOn": "Api"},
        "Stage": part("Stage", StageName=STAGE, DeploymentId={"Ref": f"Deployment{answer}"}),
    }
    outputs = {"Url": {"Value": {"Fn::Sub": f"${{Api.ApiEndpoint}}/{STAGE}"}}}
    return json.dumps({"Resources": parts, "Outputs": outputs})


def test_a_stack(emulator: LocalLab, root: boto3.Session) -> None:
    """A stack's API is served at the URL that the stack tells, also after an update, and then no more."""
    stacks = root.client("cloudformation", endpoint_url=emulator.endpoint)

    def look() -> dict[str, Any]:
        found: Any = stacks.describe_stacks(StackName="t")["Stacks"][0]
        return dict(found)

    for answer, act in (("one", stacks.create_stack), ("two", stacks.update_stack)):
        act(StackName="t", TemplateBody=template(answer))
        until(lambda: not look()["StackStatus"].endswith("_IN_PROGRESS"), look)
        url = look()["Outputs"][0]["OutputValue"]
        assert urlsplit(url).netloc == urlsplit(emulator.endpoint).netloc
        with opened(url) as client:
            assert ask(client, FENCE) == answer
    identity = look()["StackId"]
    stacks.delete_stack(StackName="t")
    until(lambda: "DELETE_COMPLETE" in str(stacks.describe_stacks(StackName=identity)))
    assert refused(url)[0] == 403
