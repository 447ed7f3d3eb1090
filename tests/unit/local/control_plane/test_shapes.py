"""The control plane answers about WebSocket APIs in the shapes that were recorded of AWS's."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.websocket_api import SELECTION
from wschat.lab.aws.cloud import Cloud

INTEGRATION = {
    "ConnectionType": "INTERNET",
    "IntegrationMethod": "POST",
    "IntegrationType": "AWS_PROXY",
    "PassthroughBehavior": "WHEN_NO_MATCH",
    "PayloadFormatVersion": "1.0",
    "TimeoutInMillis": 29000,
}
UNLOGGED = {"DataTraceEnabled": False, "DetailedMetricsEnabled": False, "LoggingLevel": "OFF"}


def answer(call: Callable[..., Any], **asked: Any) -> tuple[int, dict[str, Any]]:  # noqa: ANN401
    """Return the status and the content of an answer."""
    told = call(**asked)
    return told.pop("ResponseMetadata")["HTTPStatusCode"], told


def test_shapes_of_the_control_plane(clients: Cloud) -> None:
    """No part has keys that were not asked for, or lacks those that AWS adds; UpdateRoute answers 201."""
    calls = clients.api
    made, api = answer(
        calls.create_api, Name="shapes", ProtocolType="WEBSOCKET", RouteSelectionExpression=SELECTION
    )
    of = {"ApiId": api["ApiId"]}
    assert (made, answer(calls.get_api, **of)[1]) == (201, api)
    del api["CreatedDate"]
    assert api == {
        **of,
        "ApiEndpoint": clients.lab.url(api["ApiId"], "x").removesuffix("/x"),
        "ApiKeySelectionExpression": "$request.header.x-api-key",
        "DisableExecuteApiEndpoint": False,
        "IpAddressType": "ipv4",
        "Name": "shapes",
        "ProtocolType": "WEBSOCKET",
        "RouteSelectionExpression": SELECTION,
    }
    _, proxy = answer(
        calls.create_integration,
        **of,
        IntegrationType="AWS_PROXY",
        IntegrationMethod="POST",
        IntegrationUri="x",
    )
    assert proxy == {**INTEGRATION, "IntegrationUri": "x", "IntegrationId": proxy["IntegrationId"]}
    routes = [answer(calls.create_route, **of, RouteKey=f"{number}")[1] for number in range(4)]
    bare = {"ApiKeyRequired": False, "AuthorizationType": "NONE", "RouteKey": "0"}
    assert routes[0] == {**bare, "RouteId": routes[0]["RouteId"]}
    listed = [each["RouteId"] for each in calls.get_routes(**of)["Items"]]
    assert listed == sorted(each["RouteId"] for each in routes)
    one = {**of, "RouteId": routes[0]["RouteId"]}
    assert answer(calls.update_route, **one, RouteKey="zero") == (201, {**routes[0], "RouteKey": "zero"})
    _, reply = answer(calls.create_route_response, **one, RouteResponseKey="$default")
    assert reply.keys() == {"RouteResponseId", "RouteResponseKey"}
    assert answer(calls.get_route_responses, **one) == (200, {"Items": [reply]})
    _, deployment = answer(calls.create_deployment, **of, Description="first")
    del deployment["CreatedDate"], deployment["DeploymentId"]
    assert deployment == {"AutoDeployed": False, "DeploymentStatus": "DEPLOYED", "Description": "first"}
    _, stage = answer(
        calls.create_stage, **of, StageName="dev", DefaultRouteSettings={"ThrottlingRateLimit": 5}
    )
    assert answer(calls.get_stage, **of, StageName="dev") == (200, stage)
    assert stage.pop("CreatedDate") <= stage.pop("LastUpdatedDate")
    assert stage == {
        "AutoDeploy": False,
        "DefaultRouteSettings": {**UNLOGGED, "ThrottlingRateLimit": 5},
        "RouteSettings": {},
        "StageName": "dev",
        "StageVariables": {},
        "Tags": {},
    }


def test_errors_of_the_control_plane(clients: Cloud) -> None:
    """An API that is gone is named with its account, whatever is asked of it."""
    api = clients.api.create_api(Name="t", ProtocolType="WEBSOCKET", RouteSelectionExpression=SELECTION)[
        "ApiId"
    ]
    clients.api.delete_api(ApiId=api)
    for call in (clients.api.get_api, clients.api.get_routes, clients.api.delete_api):
        with pytest.raises(ClientError) as caught:
            call(ApiId=api)
        assert caught.value.response["Error"] == {
            "Code": "NotFoundException",
            "Message": f"Invalid API identifier specified 000000000000:{api}",
        }


def test_http_apis_are_left_alone(clients: Cloud) -> None:
    """An HTTP API has the defaults of its own kind."""
    api = clients.api.create_api(Name="t", ProtocolType="HTTP")["ApiId"]
    made = clients.api.create_integration(ApiId=api, IntegrationType="AWS_PROXY", PayloadFormatVersion="2.0")
    assert (made["PayloadFormatVersion"], made["TimeoutInMillis"]) == ("2.0", 30000)
    route = clients.api.create_route(ApiId=api, RouteKey="GET /")["RouteId"]
    updated = clients.api.update_route(ApiId=api, RouteId=route, RouteKey="GET /x")
    assert updated["ResponseMetadata"]["HTTPStatusCode"] == 200
