"""What AWS takes, keeps and refuses of the parts of a WebSocket API."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.websocket_api import TestApi
from wschat.lab.aws.cloud import Cloud
from wschat.local.control_plane.parts import NO_SOURCE

ROLE = "arn:aws:iam::000000000000:role/r"


def refusal(call: Any, **asked: Any) -> tuple[int, str, str]:  # noqa: ANN401  boto3's
    """Return the status, the name and the message of an error."""
    with pytest.raises(ClientError) as caught:
        call(**asked)
    told: Any = caught.value.response
    return told["ResponseMetadata"]["HTTPStatusCode"], told["Error"]["Code"], told["Error"]["Message"]


def test_authorizers(clients: Cloud) -> None:
    """An authorizer has what it was given and no more; one that a route has can't be deleted."""
    api, calls = TestApi(clients), clients.api
    of: Any = {"ApiId": api.id}
    given: Any = {"Name": "a", "AuthorizerType": "REQUEST", "AuthorizerUri": "x"}
    made: Any = calls.create_authorizer(
        **of, **given, IdentitySource=[""], IdentityValidationExpression="a.*"
    )
    no_role = (400, "BadRequestException", "Invalid role ARN")
    assert (
        refusal(calls.create_authorizer, **of, **given, IdentitySource=[], AuthorizerCredentialsArn="")
        == no_role
    )
    del made["ResponseMetadata"]
    one = {**of, "AuthorizerId": made["AuthorizerId"]}
    assert made == {**given, "IdentityValidationExpression": "a.*", "AuthorizerId": made["AuthorizerId"]}
    sources = ["route.request.header.A", "route.request.querystring.b", "stageVariables.c", "context.d"]
    calls.update_authorizer(**one, IdentitySource=sources, AuthorizerCredentialsArn=ROLE)
    assert calls.get_authorizers(**of)["Items"] == [
        {**made, "IdentitySource": sources, "AuthorizerCredentialsArn": ROLE}
    ]
    calls.update_authorizer(**one, IdentitySource=[], AuthorizerCredentialsArn="")
    found: Any = calls.get_authorizer(**one)
    assert made.items() == {**found, "ResponseMetadata": 0}.items() - {("ResponseMetadata", 0)}
    route = calls.create_route(
        **of, RouteKey="$connect", AuthorizationType="CUSTOM", AuthorizerId=made["AuthorizerId"]
    )["RouteId"]
    in_use = "Cannot delete authorizer 'a', is referenced in route: $connect"
    assert refusal(calls.delete_authorizer, **one) == (409, "ConflictException", in_use)
    calls.delete_route(**of, RouteId=route)
    calls.delete_authorizer(**one)
    gone = "Invalid Authorizer identifier specified"
    assert refusal(calls.get_authorizer, **one) == (404, "NotFoundException", gone)


NOT_FOR_WEBSOCKETS = "{} cannot be set for WEBSOCKET protocol Apis."
TYPE = "Invalid authorizer type. Only REQUEST authorizer type is supported on WEBSOCKET protocol Apis."
REFUSED: dict[str, tuple[Any, str]] = {
    "AuthorizerResultTtlInSeconds": (0, NOT_FOR_WEBSOCKETS.format("AuthorizerResultTtlInSeconds")),
    "AuthorizerPayloadFormatVersion": ("2.0", NOT_FOR_WEBSOCKETS.format("AuthorizerPayloadFormatVersion")),
    "EnableSimpleResponses": (False, NOT_FOR_WEBSOCKETS.format("EnableSimpleResponses")),
    "AuthorizerType": ("JWT", TYPE),
    "IdentitySource": (["$request.header.A"], NO_SOURCE.format("$request.header.A")),
    "AuthorizerCredentialsArn": ("no-arn", "Invalid role ARN"),
}


@pytest.mark.parametrize("field", REFUSED)
def test_authorizers_that_are_refused(clients: Cloud, field: str) -> None:
    """What AWS refuses of an authorizer is refused when it is made, and when it is changed."""
    api, (value, message) = TestApi(clients), REFUSED[field]
    given: Any = {
        "ApiId": api.id,
        "Name": "a",
        "AuthorizerType": "REQUEST",
        "AuthorizerUri": "x",
        "IdentitySource": [],
    }
    made = clients.api.create_authorizer(**given)["AuthorizerId"]
    bad = (400, "BadRequestException", message)
    assert refusal(clients.api.create_authorizer, **{**given, field: value}) == bad
    assert refusal(clients.api.update_authorizer, ApiId=api.id, AuthorizerId=made, **{field: value}) == bad
    assert [each["AuthorizerId"] for each in clients.api.get_authorizers(ApiId=api.id)["Items"]] == [made]


def test_credentials_of_an_integration(clients: Cloud) -> None:
    """An integration keeps its role until it is given none; those of the caller can't be passed on."""
    api, calls = TestApi(clients), clients.api
    made: Any = {"ApiId": api.id, "IntegrationId": api.proxy("f", CredentialsArn=ROLE)}
    assert calls.update_integration(**made, Description="d")["CredentialsArn"] == ROLE
    assert calls.get_integration(**made)["CredentialsArn"] == ROLE
    callers = refusal(calls.update_integration, **made, CredentialsArn="arn:aws:iam::*:user/*")
    assert callers == (400, "BadRequestException", "Invalid role ARN")
    assert calls.get_integrations(ApiId=api.id)["Items"][0]["CredentialsArn"] == ROLE
    assert "CredentialsArn" not in calls.update_integration(**made, CredentialsArn="")


def test_variables_of_a_stage(clients: Cloud) -> None:
    """An update of a stage's variables adds to them, and changes none that it does not name."""
    api = TestApi(clients)
    api.stage(None, StageVariables={"a": "1", "b": "1"})
    for variables in ({"b": "2", "c": "2"}, {}):
        told = clients.api.update_stage(ApiId=api.id, StageName="test", StageVariables=variables)
        assert told["StageVariables"] == {"a": "1", "b": "2", "c": "2"}
