"""WebSocket APIs that CloudFormation makes are served, changed and forgotten like any."""

import json
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest

from tests.support.until import until
from tests.support.websocket_api import FENCE, STAGE, ask, opened, refused
from wschat.lab.aws.cloud import Cloud
from wschat.local.join import LocalLab

KIND = "AWS::ApiGatewayV2::"
NAMES = {"ApiId": {"Ref": "Api"}, "RouteId": {"Ref": "Route"}, "IntegrationId": {"Ref": "Integration"}}
TARGET = {"Fn::Sub": "integrations/${Integration}"}


def part(kind: str, *of: str, **properties: object) -> dict[str, Any]:
    """Return a part of an API, with what it belongs to."""
    named = {name: NAMES[name] for name in ("ApiId", *of)}
    return {"Type": KIND + kind, "Properties": named | properties}


def template(answer: str, **more: dict[str, Any]) -> str:
    """Return that of an API which replies to `mock`; more parts take the place of others."""
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
    return json.dumps({"Resources": parts | more, "Outputs": outputs})


class Stack:
    """A stack in the emulator."""

    def __init__(self, emulator: LocalLab, root: boto3.Session, name: str) -> None:
        self._calls = root.client("cloudformation", endpoint_url=emulator.endpoint)
        self._name = name

    def look(self) -> dict[str, Any]:
        """Return what is known of it."""
        found: Any = self._calls.describe_stacks(StackName=self._name)["Stacks"][0]
        return dict(found)

    def make(self, text: str, *, anew: bool) -> str:
        """Make it, or update it, of a template; return the URL that it tells."""
        act = self._calls.create_stack if anew else self._calls.update_stack
        act(StackName=self._name, TemplateBody=text)
        until(lambda: not self.look()["StackStatus"].endswith("_IN_PROGRESS"), self.look)
        url: str = self.look()["Outputs"][0]["OutputValue"]
        return url

    def delete(self) -> None:
        """Delete it."""
        identity = self.look()["StackId"]
        self._calls.delete_stack(StackName=self._name)
        until(lambda: "DELETE_COMPLETE" in str(self._calls.describe_stacks(StackName=identity)))


def test_a_stack(emulator: LocalLab, root: boto3.Session) -> None:
    """A stack's API is served at the URL that the stack tells, also after an update, and then no more."""
    stack = Stack(emulator, root, "t")
    for answer in ("one", "two"):
        url = stack.make(template(answer), anew=answer == "one")
        assert urlsplit(url).netloc == urlsplit(emulator.endpoint).netloc
        with opened(url) as client:
            assert ask(client, FENCE) == answer
    stack.delete()
    assert refused(url)[0] == 403


ROLE = "arn:aws:iam::000000000000:role/r"
THROTTLE = {"ThrottlingBurstLimit": 5, "ThrottlingRateLimit": 1.0}
MOCK: dict[str, Any] = {"IntegrationType": "MOCK", "RequestTemplates": {"$default": '{"statusCode": 200}'}}


def test_all_of_a_stack(clients: Cloud, emulator: LocalLab, root: boto3.Session) -> None:
    """What a template says of roles, authorizers and throttles is as if said over HTTP, and so is its end."""

    def text(answer: str, **settings: object) -> str:
        connect = part(
            "Route", RouteKey="$connect", AuthorizationType="CUSTOM", AuthorizerId={"Ref": "Guard"}
        )
        uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{answer}/invocations"
        guard = part("Authorizer", Name="g", AuthorizerType="REQUEST", AuthorizerUri=uri)
        stage = part("Stage", StageName=STAGE, DeploymentId={"Ref": f"Deployment{answer}"})
        stage["Properties"] |= {"DefaultRouteSettings": THROTTLE, "RouteSettings": {"mock": THROTTLE}}
        integration = part("Integration", **MOCK, **settings)
        return template(answer, Connect=connect, Guard=guard, Integration=integration, Stage=stage)

    stack, calls = Stack(emulator, root, "whole"), clients.api
    url = stack.make(text("one", CredentialsArn=ROLE, TimeoutInMillis=5000), anew=True)
    of: Any = {"ApiId": urlsplit(url).path.split("/")[-2]}
    made = calls.get_integrations(**of)["Items"][0]
    assert (made["CredentialsArn"], made["TimeoutInMillis"], made["PayloadFormatVersion"]) == (
        ROLE,
        5000,
        "1.0",
    )
    guard = calls.get_authorizers(**of)["Items"][0]
    assert guard.keys() == {"AuthorizerId", "AuthorizerType", "AuthorizerUri", "Name"}
    routes = {each["RouteKey"]: each for each in calls.get_routes(**of)["Items"]}
    assert routes["$connect"]["AuthorizerId"] == guard["AuthorizerId"]
    stage = calls.get_stage(**of, StageName=STAGE)
    assert stage["DefaultRouteSettings"].items() >= THROTTLE.items() == stage["RouteSettings"]["mock"].items()
    assert stack.make(text("two"), anew=False) == url
    changed = calls.get_integrations(**of)["Items"][0]
    assert (changed["IntegrationId"], changed["TimeoutInMillis"]) == (made["IntegrationId"], 29000)
    assert "CredentialsArn" not in changed
    assert "/two/" in calls.get_authorizers(**of)["Items"][0]["AuthorizerUri"]
    assert len(calls.get_routes(**of)["Items"]) == 2
    stack.delete()
    with pytest.raises(calls.exceptions.NotFoundException):
        calls.get_authorizers(**of)
