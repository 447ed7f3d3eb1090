"""Who is let in over HTTP, and what everybody else is told, in the words of the service that was asked."""

import json
import re
from collections.abc import Callable
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from tests.support.asynchronous import asynchronous
from tests.unit.local.conftest import signed
from wschat.lab.aws.cloud import Cloud
from wschat.local.access.front import signed_only
from wschat.local.access.signatures import Asked
from wschat.local.gateway.quotas import MESSAGE_BYTES
from wschat.local.gateway.responses import Reply

SERVICES = {
    "dynamodb": "list_tables",
    "logs": "describe_log_groups",
    "lambda": "list_functions",
    "apigatewayv2": "get_apis",
    "iam": "list_users",
    "sts": "get_caller_identity",
    "s3": "list_buckets",
}
UNKNOWN, MISSING, MISMATCH = "unknown", "missing", "mismatch"
BY_PROTOCOL = {
    ("iam", "sts"): ("InvalidClientTokenId", "MissingAuthenticationToken", "SignatureDoesNotMatch"),
    ("s3",): ("InvalidAccessKeyId", "AccessDenied", "SignatureDoesNotMatch"),
}
OF_JSON = ("UnrecognizedClientException", "MissingAuthenticationTokenException", "InvalidSignatureException")


def code_of(endpoint: str, service: str, key: Credentials, config: Config | None = None) -> str:
    """Ask a service for something; return the code of its error."""
    session = boto3.Session(key.access_key, key.secret_key, key.token, "us-east-1")
    client: Any = session.client(service, endpoint_url=endpoint, config=config)  # type: ignore[call-overload]
    with pytest.raises(ClientError) as caught:
        getattr(client, SERVICES[service])()
    return str(caught.value.response["Error"]["Code"])


@pytest.mark.parametrize(
    "header",
    [("Origin", "https://evil.example"), ("Host", "evil.example"), ("Sec-Fetch-Site", "cross-site")],
    ids=["origin", "host", "image"],
)
def test_pages_of_others(
    clients: Cloud, plain: HTTPConnection, root_key: Credentials, header: tuple[str, str]
) -> None:
    """A page in a browser, which MiniStack would let in, can ask nothing of the control plane.

    A client that takes this for AWS's host can.
    """
    aws = {"Host": "lambda.us-east-1.amazonaws.com"}
    for more, status in (({}, HTTPStatus.OK), (aws, HTTPStatus.OK), (dict([header]), HTTPStatus.FORBIDDEN)):
        path = "/2015-03-31/functions/"
        asked = AWSRequest("GET", f"{clients.lab.endpoint}{path}", headers=more)
        plain.request("GET", path, headers=signed(root_key, asked, "lambda"))
        answer = plain.getresponse()
        answer.read()
        assert answer.status == status


@pytest.mark.parametrize("service", SERVICES)
def test_who_is_refused(clients: Cloud, root_key: Credentials, service: str) -> None:
    """Whom MiniStack takes for root, who signs wrongly or not at all: each has the service's own error."""
    unknown, missing, mismatch = next((told for of, told in BY_PROTOCOL.items() if service in of), OF_JSON)
    at = str(clients.lab.endpoint)
    for key in ("test", "000000000000", "123456789012", "AKIAIOSFODNN7EXAMPLE"):
        assert code_of(at, service, Credentials(key, root_key.secret_key)) == unknown
    assert code_of(at, service, Credentials(root_key.access_key, "test")) == mismatch
    assert code_of(at, service, root_key, Config(signature_version=UNSIGNED)) == missing


def test_own_paths(clients: Cloud, plain: HTTPConnection, root_key: Credentials) -> None:
    """Anybody may ask whether it lives; what else MiniStack has of its own, such as code, is root's alone."""
    clients.iam.create_user(UserName="guest-of-front")
    made = clients.iam.create_access_key(UserName="guest-of-front")["AccessKey"]
    guest = Credentials(made["AccessKeyId"], made["SecretAccessKey"])
    own = "/_ministack/lambda-code/nobody"
    for method, path, key, status in (
        ("GET", "/_ministack/health", None, 200),
        ("GET", own, None, 403),
        ("POST", "/_ministack/reset", None, 403),
        ("POST", "/_ministack/health", None, 403),
        ("GET", own, guest, 403),
        ("POST", "/_ministack/reset", guest, 403),
        ("GET", own, root_key, 404),
    ):
        asked = AWSRequest(method, f"{clients.lab.endpoint}{path}")
        plain.request(method, path, headers=signed(key, asked, "s3") if key else {})
        answer = plain.getresponse()
        answer.read()
        assert (path, key, answer.status) == (path, key, status)


def test_a_large_request_of_nobody(plain: HTTPConnection) -> None:
    """Who does not sign is refused, however much comes, and the connection bears the next request."""
    for _ in range(2):
        plain.request("POST", "/", b"x" * 3_000_000, {"X-Amz-Target": "DynamoDB_20120810.ListTables"})
        answer = plain.getresponse()
        assert (answer.status, json.load(answer)["__type"]) == (400, "MissingAuthenticationTokenException")


@asynchronous
async def test_how_much_is_kept() -> None:
    """Of what comes from somebody who does not sign, no more is kept than could be a post."""
    kept, parts = list[int](), [b"x" * 100_000] * 9

    async def manage(_path: str, _asked: Asked, body: bytes, _claim: object) -> Reply:
        kept.append(len(body))
        return 403, {}, b""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": parts.pop(), "more_body": bool(parts)}

    async def send(_message: object) -> None:
        pass

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [(b"host", b"localhost")],
    }
    await signed_only(None, manage)(scope, receive, send)
    assert parts == []
    assert MESSAGE_BYTES < kept[0] <= MESSAGE_BYTES + 100_000


Change = Callable[[dict[str, str]], dict[str, str]]


def changed(name: str, pattern: str, by: str) -> Change:
    """Change what a pattern finds in a header."""
    return lambda headers: {**headers, name: re.sub(pattern, by, headers[name])}


def renamed(headers: dict[str, str]) -> dict[str, str]:
    """Name MiniStack's root first, and then who has signed."""
    return changed("Authorization", "Credential=", "Credential=test/20260101/us-east-1/iam/x, Credential=")(
        headers
    )


TAMPERED: dict[str, Change] = {
    "another key": changed("Authorization", "Credential=[^/]+", "Credential=test"),
    "two keys": renamed,
    "another service": changed("Authorization", "/dynamodb/", "/iam/"),
    "another day": changed("Authorization", r"/\d{8}/", "/20260101/"),
    "another time": changed("X-Amz-Date", r"\d\dZ$", "61Z"),
    "another target": changed("X-Amz-Target", "ListTables", "DeleteTable"),
    "fewer headers": changed("Authorization", "host;", ""),
    "no signature": changed("Authorization", ", Signature=.*", ""),
    "another signature": changed("Authorization", "(.)$", "x"),
    "another algorithm": changed("Authorization", "HMAC", "ECDSA-P256"),
    "an older version": lambda headers: headers | {"Authorization": "AWS test:c2lnbmF0dXJl"},
    "a claimed payload": lambda headers: headers | {"X-Amz-Content-Sha256": "0" * 64},
    "an unsigned payload": lambda headers: headers | {"X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD"},
    "a token": lambda headers: headers | {"X-Amz-Security-Token": "x"},
}
BODY = b'{"Limit": 1}'


def ask(plain: HTTPConnection, path: str, headers: dict[str, str], body: bytes = BODY) -> int:
    """Ask, and return the status."""
    plain.request("POST", path, body, headers)
    answer = plain.getresponse()
    answer.read()
    return answer.status


@pytest.mark.parametrize("tamper", TAMPERED.values(), ids=TAMPERED)
def test_what_was_tampered_with(
    clients: Cloud, plain: HTTPConnection, root_key: Credentials, tamper: Change
) -> None:
    """What botocore has signed is served, and nothing of it that was changed since."""
    target = {"X-Amz-Target": "DynamoDB_20120810.ListTables"}
    asked = AWSRequest("POST", f"{clients.lab.endpoint}/", headers=target, data=BODY)
    headers = signed(root_key, asked, "dynamodb")
    assert ask(plain, "/", headers) == 200
    assert ask(plain, "/", tamper(headers)) in {400, 403}
    assert ask(plain, "/", headers, BODY.replace(b"1", b"2")) == 400
    assert ask(plain, "/?X-Amz-Credential=test/20260101/us-east-1/dynamodb/aws4_request", headers) == 400


def test_presigned(clients: Cloud, root: boto3.Session, plain: HTTPConnection) -> None:
    """A URL that root has signed is good for those who have it, for its time, as it was signed."""
    s3 = root.client("s3", endpoint_url=clients.lab.endpoint, config=Config(signature_version="s3v4"))
    s3.create_bucket(Bucket="presigned")
    s3.put_object(Bucket="presigned", Key="a b", Body=b"unsigned " * 9)
    url = s3.generate_presigned_url("get_object", {"Bucket": "presigned", "Key": "a b"}, ExpiresIn=60)
    for asked, status in (
        (url, 200),
        (url.replace("a%20b", "a"), 403),
        (url.replace("X-Amz-Expires=60", "X-Amz-Expires=61"), 403),
        (re.sub("X-Amz-Algorithm=[^&]+&", "", url), 400),
        (re.sub("X-Amz-Credential=[^%]+", "X-Amz-Credential=test", url), 403),
    ):
        plain.request("GET", asked.removeprefix(str(clients.lab.endpoint)))
        answer = plain.getresponse()
        answer.read()
        assert answer.status == status, asked


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"X-Amz-Target": "DynamoDB_20120810.ListTables"}, "{}"),
        ({"X-Amz-Acl": "public-read"}, ""),
        ({"Content-Type": "application/x-www-form-urlencoded"}, "Action=ListUsers&Version=2010-05-08"),
    ],
    ids=["target", "acl", "action"],
)
def test_what_is_added_to_a_presigned_url(
    clients: Cloud, root: boto3.Session, plain: HTTPConnection, headers: dict[str, str], body: str
) -> None:
    """Who has a URL for something in S3 can't make of it a request to another service, as root."""
    s3 = root.client("s3", endpoint_url=clients.lab.endpoint, config=Config(signature_version="s3v4"))
    s3.create_bucket(Bucket="added-to")
    s3.put_object(Bucket="added-to", Key="a", Body=b"hello")
    url = s3.generate_presigned_url("get_object", {"Bucket": "added-to", "Key": "a"})
    for more, sent, statuses in (({}, "", {200}), (headers, body, {400, 403})):
        plain.request("GET", url.removeprefix(str(clients.lab.endpoint)), sent, more)
        answer = plain.getresponse()
        answer.read()
        assert answer.status in statuses
