"""Signatures, held against those that botocore makes: of now, of whom there is, and of what came."""

from collections.abc import Iterator
from contextvars import copy_context
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from ministack.core.iam_evaluator import AuthError
from ministack.services import sts

from wschat.local.access.root import make_key
from wschat.local.access.sessions import begin_session
from wschat.local.access.signatures import Asked, claim_of, failure_of

AT = "http://127.0.0.1:4566"
ROOT = make_key()
KEY = Credentials(ROOT.id, ROOT.secret)
FUNCTION = {"FunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:f", "FunctionName": "f"}


@pytest.fixture(autouse=True)
def _root(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process is a lab's, and has its root."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ROOT.id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", ROOT.secret)


@pytest.fixture
def session() -> Iterator[Credentials]:
    """What a function signs with."""
    told = begin_session({**FUNCTION, "Role": "arn:aws:iam::000000000000:role/path/r"})
    yield Credentials(*told.values())
    del sts._sessions[told["AWS_ACCESS_KEY_ID"]]


def asked(
    url: str,
    key: Credentials = KEY,
    signer: type[SigV4Auth] = SigV4Auth,
    *,
    method: str = "POST",
    body: bytes = b"",
    service: str = "dynamodb",
    age: float = 0,
    headers: dict[str, str] | None = None,
    **more: Any,  # noqa: ANN401  the signer's own
) -> Asked:
    """Return a request as it comes from who has signed it so many seconds ago."""

    class Dated(signer):  # type: ignore[valid-type, misc]
        def _modify_request_before_signing(self, request: AWSRequest) -> None:
            moment = datetime.now(UTC) - timedelta(seconds=age)
            request.context["timestamp"] = moment.strftime("%Y%m%dT%H%M%SZ")
            super()._modify_request_before_signing(request)

    request = AWSRequest(method, f"{AT}{url}", headers=headers, data=body)
    Dated(key, service, "us-east-1", **more).add_auth(request)
    sent = request.prepare()
    path, _, query = sent.url.removeprefix(AT).partition("?")
    told = {"host": "127.0.0.1:4566", **sent.headers}
    raw = [
        (name.encode(), value if isinstance(value, bytes) else value.encode()) for name, value in told.items()
    ]
    return Asked.of(method, path.encode(), query.encode(), raw)


def verdict(it: Asked, body: bytes = b"") -> str:
    """Return the error, or who it is."""

    def tell() -> str:
        claim = claim_of(it)
        if isinstance(claim, AuthError):
            return str(claim.code)
        failed = failure_of(it, claim, body)
        return str(failed.code if failed else claim.credential.principal_arn)

    return copy_context().run(tell)


IS_ROOT = "arn:aws:iam::000000000000:root"
URLS = (
    *("/", "/?a=1&b=2", "/?b=2&a=%20x%2By&a=&c", "/a%20b/c%2Fd", "/a//b/../c", "/%C3%BC?%C3%BC=%C3%BC"),
    "/2015-03-31/functions/arn%3Aaws%3Alambda/policy",
)


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("signer", [SigV4Auth, S3SigV4Auth, SigV4QueryAuth])
def test_what_botocore_signs(url: str, signer: type[SigV4Auth], session: Credentials) -> None:
    """Whatever stands in a URL, what botocore has signed in headers or in the query is good, and no other."""
    service, body = "s3" if signer is S3SigV4Auth else "dynamodb", b"" if signer is SigV4QueryAuth else b"{}"
    for key, who in ((KEY, IS_ROOT), (session, "arn:aws:sts::000000000000:assumed-role/r/f")):
        it = asked(url, key, signer, service=service, body=body)
        assert verdict(it, body) == who
        other = "SignatureDoesNotMatch"
        assert verdict(replace(it, method="PUT"), body) == other
        assert verdict(replace(it, raw_path=f"{it.raw_path}x"), body) == other
        assert verdict(replace(it, query=it.query | {"more": ["1"]}), body) == other
        assert verdict(replace(it, headers=it.headers | {"host": "another"}), body) == other
        assert verdict(it, b"{ }") == other


MINUTES = {"dynamodb": 15, "s3": 15, "lambda": 5, "execute-api": 5}


@pytest.mark.parametrize(("service", "minutes"), MINUTES.items())
def test_the_clock(service: str, minutes: int) -> None:
    """A header's signature is good for as many minutes as AWS lets clocks differ, either way."""
    for late in (-60 * minutes + 5, 60 * minutes - 5):
        assert verdict(asked("/", service=service, age=late)) == IS_ROOT
    for late in (-60 * minutes - 5, 60 * minutes + 5):
        assert verdict(asked("/", service=service, age=late)) == "RequestTimeTooSkewed"


def test_the_time_of_a_url() -> None:
    """A URL's is good for its own time, which begins about now and takes a week at most."""
    for age, expires, told in (
        (7000, 7200, IS_ROOT),
        (7000, 6000, "RequestExpired"),
        (-1000, 7200, "RequestTimeTooSkewed"),
        (0, 604_801, "SignatureDoesNotMatch"),
    ):
        assert verdict(asked("/", signer=SigV4QueryAuth, age=age, expires=expires)) == told
    it = asked("/", signer=SigV4QueryAuth)
    for date in ("20261399T000000Z", "20261129T250000Z", "20261129", ""):
        assert verdict(replace(it, query=it.query | {"X-Amz-Date": [date]})) != IS_ROOT


def test_keys(session: Credentials) -> None:
    """A key must be there, and have its token, and no other; what MiniStack takes for root is none."""
    for name in ("test", "000000000000", "123456789012", "", "AKIAIOSFODNN7EXAMPLE"):
        assert verdict(asked("/", Credentials(name, ROOT.secret))) == "UnrecognizedClientException"
    for key, told in (
        (Credentials(ROOT.id, "test"), "SignatureDoesNotMatch"),
        (Credentials(ROOT.id, ROOT.secret, "token"), "InvalidToken"),
        (Credentials(session.access_key, session.secret_key), "UnrecognizedClientException"),
        (Credentials(session.access_key, session.secret_key, "another"), "InvalidToken"),
        (Credentials(session.access_key, ROOT.secret, session.token), "SignatureDoesNotMatch"),
    ):
        assert verdict(asked("/", key)) == told
        assert verdict(asked("/", key, SigV4QueryAuth)) == told


def test_a_session_that_has_ended(session: Credentials) -> None:
    """The keys of a session end with it."""
    sts._sessions[session.access_key]["Expiration"] = 1.0
    assert verdict(asked("/", session)) == "ExpiredTokenException"


def test_two_that_are_named() -> None:
    """MiniStack looks for the key in its own way: a request names one, once, and where it is signed."""
    it, credential = asked("/"), "Credential=test/20260101/us-east-1/iam/aws4_request"
    signed = it.headers["authorization"]
    query = asked("/", signer=SigV4QueryAuth).query
    for headers in (
        {"authorization": signed.replace("Credential=", f"{credential}, Credential=", 1)},
        {"authorization": f"{signed}, {credential}"},
        {"authorization": signed.replace("Credential=", f"x{credential},Credential=", 1)},
    ):
        assert verdict(replace(it, headers=it.headers | headers)) == "UnsupportedSignature"
    lines = [(b"Authorization", signed.encode()), (b"authorization", signed.encode())]
    host = [(name.encode(), value.encode()) for name, value in it.headers.items() if name != "authorization"]
    for raw in ([*host, *lines], [*host, *reversed(lines)]):
        assert verdict(Asked.of("POST", b"/", b"", raw)) == "UnsupportedSignature"
    assert (
        verdict(Asked.of("POST", b"/", b"AWSAccessKeyId=test", [*host, lines[0]])) == "UnsupportedSignature"
    )
    for extra in ({"X-Amz-Credential": ["test/x"]}, {"X-Amz-Algorithm": ["AWS4-HMAC-SHA256", "x"]}):
        twice = {name: [*query[name], *extra.get(name, [])] for name in query}
        assert verdict(replace(it, headers={"host": it.headers["host"]}, query=twice)) != IS_ROOT


@pytest.mark.parametrize("header", ["Basic dGVzdDp0ZXN0", "Bearer x", "x", None])
def test_who_does_not_sign(header: str | None) -> None:
    """Another kind of authorization, or none, is nobody's signature."""
    headers = [(b"host", b"127.0.0.1"), *([(b"authorization", header.encode())] if header else [])]
    assert verdict(Asked.of("POST", b"/", b"", headers)) == "MissingAuthenticationToken"


def test_payloads() -> None:
    """Only S3 takes what was not signed with its content, and what was claimed must have come."""
    claimed = {"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"}
    assert verdict(asked("/", service="s3", headers=claimed, signer=Claiming), b"any") == IS_ROOT
    assert verdict(asked("/", headers=claimed, signer=Claiming), b"any") == "SignatureDoesNotMatch"
    in_chunks = {"X-Amz-Content-SHA256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"}
    forged = b"3;chunk-signature=" + b"0" * 64 + b"\r\nany\r\n0;chunk-signature=" + b"0" * 64 + b"\r\n\r\n"
    it = asked("/", service="s3", headers=in_chunks, signer=Claiming)
    assert verdict(it, forged) == "SignatureDoesNotMatch"


class Claiming(SigV4Auth):
    """Signs what a header claims of the payload."""

    def payload(self, request: AWSRequest) -> str:
        return str(request.headers["X-Amz-Content-SHA256"])
