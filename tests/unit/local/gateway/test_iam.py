"""Who may connect with AWS_IAM, and which route may invoke a function."""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials

from tests.support.websocket_api import ERROR, PATIENCE_S, TestApi, ask, opened, refusal, refused
from tests.unit.local.gateway.conftest import REFUSED, headers_of
from wschat.lab.aws.cloud import Cloud
from wschat.local.gateway.iam import allows


@pytest.fixture(scope="module")
def signed(clients: Cloud, mirror: str) -> TestApi:
    """An API that lets in only who signs."""
    api = TestApi(clients)
    proxy = api.proxy(mirror)
    route: Any = {"ApiId": api.id, "RouteKey": "$connect", "Target": f"integrations/{proxy}"}
    clients.api.create_route(**route, AuthorizationType="AWS_IAM")
    api.route("echo", proxy)
    for key in ("$connect", "echo"):
        api.permit(mirror, key)
    api.stage(api.deploy())
    return api


@pytest.fixture(scope="module")
def friend(clients: Cloud) -> ReadOnlyCredentials:
    """Somebody who may connect to every API."""
    key = make_user(clients, "gateway-friend")
    grant = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [grant]})
    clients.iam.put_user_policy(UserName="gateway-friend", PolicyName="connect", PolicyDocument=document)
    return key


def make_user(clients: Cloud, name: str) -> ReadOnlyCredentials:
    """Make a user with a key."""
    clients.iam.create_user(UserName=name)
    key = clients.iam.create_access_key(UserName=name)["AccessKey"]
    return ReadOnlyCredentials(key["AccessKeyId"], key["SecretAccessKey"], None)


def sign(url: str, key: ReadOnlyCredentials, *, age: float = 0, expires: int = 60) -> str:
    """Return a presigned URL that was signed so many seconds ago."""

    class Signer(SigV4QueryAuth):
        def _modify_request_before_signing(self, request: AWSRequest) -> None:
            moment = datetime.now(UTC) - timedelta(seconds=age)
            request.context["timestamp"] = moment.strftime("%Y%m%dT%H%M%SZ")
            super()._modify_request_before_signing(request)  # type: ignore[misc]

    request = AWSRequest("GET", url.replace("ws", "http", 1))
    Signer(key, "execute-api", "us-east-1", expires).add_auth(request)
    return str(request.url).replace("http", "ws", 1)


def test_in(signed: TestApi, friend: ReadOnlyCredentials) -> None:
    """Who signed a moment ago gets in, and the events say who it is."""
    with opened(sign(signed.url, friend, age=30)) as client:
        identity = ask(client, {"action": "echo"})["requestContext"]["identity"]
    assert identity["accountId"] == "000000000000"
    assert identity["userArn"] == "arn:aws:iam::000000000000:user/gateway-friend"
    assert identity.keys() >= {"caller", "user", "sourceIp", "userAgent"}


def test_out(clients: Cloud, signed: TestApi, friend: ReadOnlyCredentials) -> None:
    """Who does not sign, signs wrongly or too long ago, or may not, gets 403 and AWS's reason."""
    guest, wrong = make_user(clients, "guest"), ReadOnlyCredentials(friend.access_key, "wrong", None)
    denied = (
        "User: arn:aws:iam::000000000000:user/guest is not authorized to perform: execute-api:Invoke "
        "on resource: "
        f"arn:aws:execute-api:us-east-1:000000000000:{signed.id}/test/$connect "
        "because no identity-based policy allows the execute-api:Invoke action"
    )
    for url, says in (
        (signed.url, "Missing Authentication Token"),
        (sign(signed.url, wrong), "The request signature we calculated does not match"),
        (sign(signed.url, guest), denied),
        (sign(signed.url, friend, age=70), "Signature expired"),
    ):
        status, body = refused(url)
        assert (status, {*body}) == (403, {"message", "connectionId", "requestId"})
        assert body["message"].startswith(says)


FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f"
ROUTE = "arn:aws:execute-api:us-east-1:000000000000:abc/test/$connect"
GRANT = {
    "Effect": "Allow",
    "Principal": {"Service": "apigateway.amazonaws.com"},
    "Action": "lambda:InvokeFunction",
    "Condition": {"ArnLike": {"AWS:SourceArn": "arn:aws:execute-api:us-east-1:000000000000:abc/*/$connect"}},
}


def test_permission() -> None:
    """A permission names who invokes what, from which routes and for which account."""
    account = {"Condition": {"StringEquals": {"AWS:SourceAccount": "000000000000"}}}
    for statement in (GRANT, GRANT | account):
        assert allows({"Statement": [statement]}, FUNCTION, ROUTE)
    for other in (
        {"Principal": {"Service": "events.amazonaws.com"}},
        {"Action": "lambda:GetFunction"},
        {"Condition": {"ArnLike": {"AWS:SourceArn": ROUTE.replace("abc", "abd")}}},
        {"Condition": {"StringEquals": {"AWS:SourceAccount": "111111111111"}}},
    ):
        assert not allows({"Statement": [GRANT | other]}, FUNCTION, ROUTE)


def test_without_permission(clients: Cloud, mirror: str) -> None:
    """A `$connect` that the function's policy does not let in ends with 500, as of AWS."""
    api = TestApi(clients)
    api.route("$connect", api.proxy(mirror))
    api.stage(api.deploy())
    answer = refusal(api.url)
    assert (answer.status_code, headers_of(answer)) == (500, REFUSED)
    assert answer.headers["content-type"] == "application/json; charset=UTF-8"
    told = re.fullmatch(ERROR % "Internal server error", answer.body.decode())
    assert told
    assert answer.headers["x-amz-apigw-id"] == told[1]
    api.permit(mirror, "echo")
    assert refused(api.url)[0] == 500
    api.permit(mirror, "$connect")
    with opened(api.url):
        pass


def test_message_without_permission(api: TestApi) -> None:
    """A route that the function's policy does not name causes `Internal server error`, and stays open."""
    with opened(api.url) as client:
        for _ in range(2):
            client.send(json.dumps({"action": "not-permitted"}))
            assert re.fullmatch(ERROR % "Internal server error", str(client.recv(PATIENCE_S)))
