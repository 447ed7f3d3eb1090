"""Who may connect with AWS_IAM, and which route may invoke a function."""

import json
import re
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import ClientError

from tests.support.websocket_api import (
    ERROR,
    PATIENCE_S,
    TestApi,
    ask,
    id_of,
    management_of,
    opened,
    refusal,
    refused,
)
from tests.unit.local.gateway.conftest import REFUSED, headers_of
from wschat.lab.aws.cloud import Cloud
from wschat.local.gateway.iam import allows
from wschat.local.join import LocalLab


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


@pytest.fixture(scope="module", params=["user", "root"])
def key(
    request: pytest.FixtureRequest, friend: ReadOnlyCredentials, emulator: LocalLab
) -> ReadOnlyCredentials:
    """A key that may connect: of the friend, and of the account's root."""
    root = ReadOnlyCredentials(emulator.root.id, emulator.root.secret, None)
    return root if request.param == "root" else friend


def make_user(clients: Cloud, name: str) -> ReadOnlyCredentials:
    """Make a user with a key."""
    clients.iam.create_user(UserName=name)
    key = clients.iam.create_access_key(UserName=name)["AccessKey"]
    return ReadOnlyCredentials(key["AccessKeyId"], key["SecretAccessKey"], None)


ROOTS = ("test", "000000000000", "111111111111")
"""What MiniStack takes for its root."""
Signed = tuple[str, dict[str, str]]
"""A URL, and headers to send with it."""


def sign(
    url: str,
    key: ReadOnlyCredentials,
    *,
    age: float | None = 0,
    expires: Any = 60,  # noqa: ANN401  anything may stand there
    service: str = "execute-api",
    region: str = "us-east-1",
    host: bool = True,
    in_headers: bool = False,
) -> Signed:
    """Sign a handshake so many seconds ago, or with a date in a wrong form, in its URL or in headers."""

    class Signer(SigV4Auth):
        def _modify_request_before_signing(self, request: AWSRequest) -> None:
            moment = datetime.now(UTC) - timedelta(seconds=age or 0)
            form = "%Y%m%dT250000Z" if age is None else "%Y%m%dT%H%M%SZ"
            request.context["timestamp"] = moment.strftime(form)
            super()._modify_request_before_signing(request)  # type: ignore[misc]

        def headers_to_sign(self, request: AWSRequest) -> Any:  # noqa: ANN401  botocore's own
            found = super().headers_to_sign(request)
            return found if host else HTTPHeaders.from_dict({"x-own": ""})

    class QuerySigner(Signer, SigV4QueryAuth):
        pass

    request = AWSRequest("GET", url.replace("ws", "http", 1))
    signer = (
        Signer(key, service, region) if in_headers else QuerySigner(key, service, region, expires=expires)
    )
    signer.add_auth(request)
    return str(request.url).replace("http", "ws", 1), dict(request.headers.items())


@pytest.mark.parametrize("in_headers", [False, True], ids=["query", "headers"])
def test_in(
    signed: TestApi, friend: ReadOnlyCredentials, key: ReadOnlyCredentials, *, in_headers: bool
) -> None:
    """Who signed a moment ago gets in, and the events say who it is."""
    url, headers = sign(f"{signed.url}/?a=1", key, age=30, in_headers=in_headers)
    with opened(url, additional_headers=headers) as client:
        identity = ask(client, {"action": "echo"})["requestContext"]["identity"]
    assert identity["accountId"] == "000000000000"
    who = "user/gateway-friend" if key is friend else "root"
    assert identity["userArn"] == f"arn:aws:iam::000000000000:{who}"
    assert identity.keys() >= {"caller", "user", "sourceIp", "userAgent"}


def test_out(clients: Cloud, signed: TestApi) -> None:
    """Who does not sign, or may not connect, gets 403 and AWS's reason."""
    guest = make_user(clients, "guest")
    arn = f"arn:aws:execute-api:us-east-1:000000000000:{signed.id}/test/$connect"
    denied = (
        "User: arn:aws:iam::000000000000:user/guest is not authorized to perform: execute-api:Invoke "
        f"on resource: {arn} because no identity-based policy allows the execute-api:Invoke action"
    )
    for (url, headers), says in (
        ((signed.url, {}), "Missing Authentication Token"),
        ((signed.url, {"Authorization": "Basic dGVzdDp0ZXN0"}), "Missing Authentication Token"),
        ((f"{signed.url}?AWSAccessKeyId=test&Signature=x", {}), "AWS query-string parameters must include"),
        (sign(signed.url, guest), denied),
        *((sign(signed.url, ReadOnlyCredentials(key, "test", None)), "The security token") for key in ROOTS),
    ):
        status, body = refused(url, headers)
        assert (status, {*body}) == (403, {"message", "connectionId", "requestId"})
        assert body["message"].startswith(says)


MISMATCH = "The request signature we calculated does not match"
FALSE_SIGNATURES: dict[str, tuple[dict[str, Any], str]] = {
    "expired": ({"age": 70}, "Signature expired"),
    "for ever": ({"expires": 604_801}, "X-Amz-Expires must be"),
    "for no time": ({"expires": "soon"}, "X-Amz-Expires must be"),
    "of the future": ({"age": -400}, "Signature not yet current"),
    "of no date": ({"age": None}, "Date must be in ISO-8601"),
    "elsewhere": ({"region": "eu-west-1"}, "Credential should be scoped to a valid region, not 'eu-west-1'"),
    "of another service": ({"service": "lambda"}, "Credential should be scoped to correct service"),
    "of any host": ({"host": False}, "'Host' or ':authority' must be a 'SignedHeader'"),
}


@pytest.mark.parametrize(("how", "says"), FALSE_SIGNATURES.values(), ids=FALSE_SIGNATURES)
def test_false_signatures(signed: TestApi, key: ReadOnlyCredentials, how: dict[str, Any], says: str) -> None:
    """A signature that is old, for another place, or of no date, is refused with 403, the root's as well."""
    for in_headers in (False, True):
        if not in_headers or (how.get("age", 0) != 70 and "expires" not in how):
            status, body = refused(*sign(signed.url, key, **how, in_headers=in_headers))
            assert (status, body["message"][: len(says)]) == (403, says)


def test_forgeries(signed: TestApi, key: ReadOnlyCredentials) -> None:
    """A wrong secret, a token too many, and what was changed after it was signed, are refused with 403."""
    url, _ = sign(f"{signed.url}?a=1", key, age=30)
    *_, second = re.findall(r"X-Amz-Date=\d+T\d{5}(\d)Z", url)
    for (changed, headers), says in (
        (sign(signed.url, ReadOnlyCredentials(key.access_key, "wrong", None)), MISMATCH),
        (sign(signed.url, ReadOnlyCredentials(key.access_key, "wrong", None), in_headers=True), MISMATCH),
        (sign(signed.url, ReadOnlyCredentials(*key[:2], "token")), "The security token"),
        (sign(signed.url, ReadOnlyCredentials(*key[:2], "token"), in_headers=True), "The security token"),
        ((url.replace("a=1", "a=2"), {}), MISMATCH),
        ((url.replace(f"{second}Z&", f"{'01'[second == '0']}Z&"), {}), MISMATCH),
        ((url.replace("X-Amz-Expires=60", "X-Amz-Expires=600"), {}), MISMATCH),
        ((url[:-1] + "01"[url[-1] == "0"], {}), MISMATCH),
    ):
        status, body = refused(changed, headers)
        assert (status, body["message"][: len(says)]) == (403, says)


@pytest.mark.parametrize("who", ["welcome-poster", "unwelcome-poster"])
def test_conditions(clients: Cloud, api: TestApi, who: str) -> None:
    """What a policy asks of who posts is looked at, where another one allows everything."""
    key, every = make_user(clients, who), {"Action": "execute-api:ManageConnections", "Resource": "*"}
    unless = {"Effect": "Deny", **every, "Condition": {"StringEquals": {"aws:username": "unwelcome-poster"}}}
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **every}, unless]})
    clients.iam.put_user_policy(UserName=who, PolicyName="post", PolicyDocument=document)
    post = management_of(boto3.Session(*key[:2], region_name="us-east-1"), clients, api.id).post_to_connection
    denied = pytest.raises(ClientError, match="explicit deny")
    with opened(api.url) as client, denied if who.startswith("un") else nullcontext():
        post(ConnectionId=id_of(client), Data=b"x")


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
    assert len(answer.body) == 107
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
