"""Requests to AWS: signed as botocore signs them, over verified connections that are kept alive."""

import os
import socket
import ssl
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPException
from urllib.parse import quote, urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import where

from tests.support.functions.answering import LOCALHOST, PATIENT, answered, answering, give_role, reply
from wschat.functions.shared import aws
from wschat.functions.shared.aws import KEPT_ALIVE, NO_ANSWER, ClientError, Endpoint, message_of
from wschat.protocol.json_objects import json_object

OK = reply(200, b"taken")


class Service(Endpoint):
    """Some service."""

    SERVICE = "service"
    CONNECT_TIMEOUT, READ_TIMEOUT = PATIENT, PATIENT + 1


@pytest.fixture(autouse=True)
def _role(monkeypatch: pytest.MonkeyPatch) -> None:
    give_role(monkeypatch)


service = partial(answered, Service)


class Noting(socket.socket):
    """A socket that notes what is written to it."""

    def __init__(self, of: socket.socket) -> None:
        super().__init__(fileno=of.detach())
        self.settimeout(PATIENT)
        self.written = list[bytes]()

    def sendall(self, data: bytes) -> None:  # type: ignore[override]
        self.written.append(data)
        super().sendall(data)


def test_ended_while_idle() -> None:
    """A connection that the other side has ended is not used."""
    with service([OK], [OK]) as (made, _):
        assert made.send("/", b"") == (200, b"taken")
        ((_, connection),) = made._idle
        connection.sock = noting = Noting(connection.sock)
        assert noting.recv(1, socket.MSG_PEEK) == b""  # its end has come
        assert made.send("/", b"") == (200, b"taken")
    assert noting.written == []


def test_ended_meanwhile() -> None:
    """A request on a connection that ends just then is sent over a new one; if that ends too, no more."""
    with service([OK, None], [OK]) as (made, asked):
        assert [made.send("/", b"")[0], made.send("/", b"")[0]] == [200, 200]
    assert len(asked) == 3
    with service([OK, None], [None]) as (made, asked):
        made.send("/", b"")
        with pytest.raises(ConnectionError):
            made.send("/", b"")
    assert len(asked) == 3


class EndedTls:
    """A connection that TLS has ended, of which who writes hears in OpenSSL's words."""

    def __init__(self, under: socket.socket) -> None:
        self.fileno, self.close = under.fileno, under.close

    def sendall(self, _data: bytes) -> None:
        raise ssl.SSLEOFError(8, "EOF occurred in violation of protocol")


def test_ended_meanwhile_over_tls() -> None:
    """It is no other over TLS."""
    with service([OK, None], [OK]) as (made, asked):
        made.send("/", b"")
        ((_, connection),) = made._idle
        connection.sock = EndedTls(connection.sock)
        assert made.send("/", b"")[0] == 200
    assert len(asked) == 2


def test_in_one_piece() -> None:
    """A request is written at once, so that the other side reads it at once."""
    with service([OK, OK]) as (made, _):
        made.send("/", b"")
        ((_, connection),) = made._idle
        connection.sock = noting = Noting(connection.sock)
        assert made.send("/", b"body")[0] == 200
    (request,) = noting.written
    assert request.startswith(b"POST / HTTP/1.1\r\n")
    assert request.endswith(b"\r\ncontent-length: 4\r\n\r\nbody")


def test_after_a_freeze(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that was kept through a pause is not trusted: the clock goes on in Lambda's freeze."""
    with service([OK, OK], [OK]) as (made, asked):
        made.send("/", b"")
        ((since, connection),) = made._idle
        old = connection.sock
        monkeypatch.setattr("time.time", lambda: since + KEPT_ALIVE)
        made.send("/", b"")
        assert connection.sock is not old
    assert len(asked) == 2


def test_kept_alive() -> None:
    """One connection takes all requests, one after the other; one that its answer closed is not kept."""
    with service([OK, OK, reply(more=b"Connection: close\r\n")], [OK]) as (made, asked):
        assert [made.send("/", b"")[0] for _ in range(3)] == [200] * 3
        assert made._idle == []
        assert made.send("/", b"")[0] == 200
    assert len(asked) == 4


@pytest.mark.parametrize("status", [101, 103])
def test_a_provisional_answer(status: int) -> None:
    """What may come before the answer is none; the answer behind it is not taken for the next request's."""
    with service([reply(status)]) as (made, _):
        assert made.send("/", b"")[0] == status
        assert made._idle == []


def test_a_url_with_a_password() -> None:
    """A name and a password in a URL are neither sent nor told in an error."""
    with service([OK]) as (made, _):
        other = Service(f"http://somebody:secret@{made.host}")
        assert other.host == made.host
        assert other.send("/", b"") == (200, b"taken")
        other.close()


def test_patience() -> None:
    """Each connection, the second one too, is waited for as long as it may take, and each answer likewise."""
    with service([OK, None], [OK]) as (made, _):
        for _ in range(2):
            made.send("/", b"")
            ((_, connection),) = made._idle
            assert (connection.timeout, connection.sock.gettimeout()) == (PATIENT, PATIENT + 1)


@pytest.mark.parametrize(
    ("answer", "error"),
    [(OK[:-1], HTTPException), (OK.replace(b": 5", b": 99999999999999999999"), OverflowError)],
)
def test_cut_off(answer: bytes, error: type[Exception]) -> None:
    """An answer whose end is missing is none."""
    with service([answer]) as (made, _), pytest.raises(error) as caught:
        made.send("/", b"")
    assert isinstance(caught.value, NO_ANSWER)


def test_over_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    """TLS is kept alive, too; whom nobody known vouches for is told nothing, nor who is another host."""
    with answering([OK, OK], [], [], tls=True) as (url, asked):
        monkeypatch.setenv("AWS_CA_BUNDLE", str(LOCALHOST))
        aws._tls.cache_clear()
        known, renamed = Service(url), Service(url.replace("localhost", "127.0.0.1"))
        monkeypatch.delenv("AWS_CA_BUNDLE")
        aws._tls.cache_clear()
        stranger = Service(url)
        assert [known.send("/", b"")[0], known.send("/", b"")[0]] == [200, 200]
        known.close()
        for each in (renamed, stranger):
            with pytest.raises(ssl.SSLCertVerificationError):
                each.send("/", b"")
    assert len(asked) == 2


def test_whom_the_system_trusts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a file of authorities, they are those of the system, where OpenSSL looks: read once."""
    monkeypatch.setenv("SSL_CERT_FILE", where())  # which this system may lack
    monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
    aws._tls.cache_clear()
    assert aws._tls().cert_store_stats()["x509_ca"] > 50
    assert aws._tls() is aws._tls()
    aws._tls.cache_clear()


def test_words_of_an_error() -> None:
    """They are botocore's, by which people search, and the doctor too."""
    told = str(ClientError("GetItem", "AccessDeniedException", "You may not."))
    assert (
        told == "An error occurred (AccessDeniedException) when calling the GetItem operation: You may not."
    )


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (b'{"message":"Forbidden"}', "Forbidden"),
        (b'{"Message":"User: arn is not authorized"}', "User: arn is not authorized"),
        (b'{"message": "You may not.\\n\\nx-amz-security-token:secret"}', "You may not."),
        *((each, "") for each in (b'{"message": 7}', b'{"message": null}', b"{}")),
    ],
)
def test_message(said: bytes, message: str) -> None:
    """What AWS says of a refusal is told, but for the lines in which it repeats what was signed."""
    assert message_of(json_object(said) or {}) == message


@pytest.mark.parametrize("token", ["", "a/session+token=="])
@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/", {"content-type": "application/x-amz-json-1.0", "x-amz-target": "DynamoDB_20120810.GetItem"}),
        *(
            (f"/dev/@connections/{quote(connection, safe='')}", {})
            for connection in ("L0SM9cOFvHcCIhw=", "gTg3TG75DQAYKABzSA==", "a-b_c", "~!*'() +@:")
        ),
    ],
)
@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://api.execute-api.eu-central-1.amazonaws.com", "eu-central-1"),
        ("https://dynamodb.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("https://api.execute-api.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("http://[::1]:1", "us-east-1"),
    ],
)
def test_signature(
    path: str, headers: dict[str, str], token: str, url: str, region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The headers are those to which botocore comes at the same time."""
    body, now = os.urandom(50), datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: now.replace(tzinfo=None))
    theirs = AWSRequest("POST", f"{url}{path}", headers=headers, data=body)
    SigV4Auth(Credentials("AKIA", "secret", token), "service", region).add_auth(theirs)

    monkeypatch.setattr(aws, "_tls", lambda: None)
    for name, value in {"AWS_SESSION_TOKEN": token, "AWS_REGION": region}.items():
        monkeypatch.setenv(name, value)
    ours = Service(url).signed(path, body, headers, now)
    assert ours.pop("host") == urlsplit(url).netloc
    assert {name.title(): value for name, value in ours.items()} == {
        name.title(): value for name, value in theirs.headers.items()
    }
