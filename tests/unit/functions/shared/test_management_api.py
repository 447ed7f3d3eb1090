"""The management API: posts over connections that are kept alive, signed, each with a limit of its own."""

import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials, ReadOnlyCredentials

from tests.support.functions.people import PATIENT
from wschat.functions.shared import management_api
from wschat.functions.shared.management_api import KEPT_ALIVE, ManagementApi, signer

BODY = b'{"type":"pong"}'
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each post the time that it takes on a machine with much else to do."""
    monkeypatch.setattr(management_api, "TIMEOUT", PATIENT)


@contextmanager
def answering(*connections: list[bytes | None]) -> Iterator[tuple[ManagementApi, list[bytes]]]:
    """Answer, in turn, the posts of each connection; None ends it without an answer, and so does its end.

    Yields what posts there, and what it has sent.
    """
    heard: list[bytes] = []

    def serve() -> None:
        for answers in connections:
            accepted, _ = server.accept()
            with accepted:
                for answer in answers:
                    if request := _request(accepted):
                        heard.append(request)
                        accepted.sendall(answer or b"")

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(PATIENT)
        thread = threading.Thread(target=serve)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/dev"
        api = ManagementApi(url, Credentials("a", "b"), "us-east-1")
        yield api, heard
        thread.join()
        api.close()


def _request(one: socket.socket) -> bytes:
    read = b""
    while not read.endswith(BODY):
        if not (more := one.recv(65536)):
            return b""
        read += more
    return read


def post(api: ManagementApi) -> str:
    (outcome,) = api.post(["L0SM="], BODY, time.monotonic() + PATIENT).values()
    return outcome


def test_ended_while_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that the other side has ended is not used."""
    with answering([OK], [OK]) as (api, _):
        assert post(api) == "posted"
        ((_, line),) = api._idle
        line.sock.settimeout(PATIENT)
        assert line.sock.recv(1, socket.MSG_PEEK) == b""  # its end has come
        request, used = line.request, list[object]()

        def noted(*post: Any) -> None:  # noqa: ANN401
            used.append(line.sock)
            request(*post)

        monkeypatch.setattr(line, "request", noted)
        assert post(api) == "posted"
    assert used == [None]


def test_ended_meanwhile() -> None:
    """A post on a connection that ends just then is sent over a new one; if that ends too, no more."""
    with answering([OK, None], [OK]) as (api, heard):
        assert [post(api), post(api)] == ["posted", "posted"]
    assert len(heard) == 3
    with answering([OK, None], [None]) as (api, heard):
        assert post(api) == "posted"
        assert post(api).startswith("RemoteDisconnected: ")
    assert len(heard) == 3


def test_ended_meanwhile_over_tls() -> None:
    """It is no other over TLS, where who writes hears of the end in OpenSSL's words."""
    with answering([OK, None], [OK]) as (api, heard):
        assert post(api) == "posted"
        ((_, line),) = api._idle

        def ended(*_: object) -> None:
            del vars(line)["request"]
            raise ssl.SSLEOFError(8, "EOF occurred in violation of protocol")

        vars(line)["request"] = ended
        assert post(api) == "posted"
    assert len(heard) == 2


def test_after_a_freeze() -> None:
    """A connection that was kept through a pause, such as Lambda's freeze, is not trusted."""
    with answering([OK, OK], [OK]) as (api, heard):
        assert post(api) == "posted"
        ((since, line),) = api._idle
        api._idle[:], old = [(since - KEPT_ALIVE, line)], line.sock
        assert post(api) == "posted"
        assert line.sock is not old
    assert len(heard) == 2


@pytest.mark.parametrize(
    ("status", "said", "outcome"),
    [
        (410, b"", "gone"),
        (429, b"", "slow"),
        (400, b'{"message":"Invalid connectionId: L0SM="}', "invalid"),
        (400, b'{"message":"Another reason"}', "status 400: Another reason"),
        (413, b"", "status 413: "),
        (403, b'{"message":"Forbidden"}', "status 403: Forbidden"),
        (403, b'{"Message":"User: arn is not authorized"}', "status 403: User: arn is not authorized"),
        (403, b'{"message": "You may not.\\n\\nx-amz-security-token:secret"}', "status 403: You may not."),
        *(
            (403, each, "status 403: ")
            for each in (b"<html>", b"[]", b'{"message": 7}', b'{"message": null}')
        ),
    ],
)
def test_outcomes(status: int, said: bytes, outcome: str) -> None:
    """What AWS says of a refusal is told, but for the lines in which it repeats what was signed."""
    head = b"HTTP/1.1 %d No\r\nContent-Length: %d\r\n\r\n" % (status, len(said))
    with answering([head + said]) as (api, _):
        assert post(api) == outcome


def test_connection_close() -> None:
    """A connection that is closed with its answer is not kept."""
    with answering([OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")], [OK]) as (api, _):
        assert post(api) == "posted"
        assert api._idle == []
        assert post(api) == "posted"


def test_tls_is_verified() -> None:
    """On AWS it is made sure that the other side is whom the host's name says."""
    api = ManagementApi(
        "https://api.execute-api.us-east-1.amazonaws.com/dev", Credentials("a", "b"), "us-east-1"
    )
    assert api.post([], b"", 0.0) == {}
    line = api._connect(timeout=PATIENT)
    context = line._context  # type: ignore[attr-defined]
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.cert_store_stats()["x509_ca"] > 50


@pytest.mark.parametrize("token", [None, "a/session+token=="])
@pytest.mark.parametrize("connection", ["L0SM9cOFvHcCIhw=", "gTg3TG75DQAYKABzSA==", "a-b_c", "~!*'() +@:"])
@pytest.mark.parametrize(
    ("url", "region"),
    [
        ("https://api.execute-api.eu-central-1.amazonaws.com/dev", "eu-central-1"),
        ("https://api.execute-api.cn-north-1.amazonaws.com.cn/dev", "cn-north-1"),
        ("https://api.execute-api.us-gov-west-1.amazonaws.com/dev", "us-gov-west-1"),
        ("http://[::1]:1/a/b", "us-east-1"),
    ],
)
def test_signature(
    connection: str, token: str | None, url: str, region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """botocore, which signs one request after the other, comes to the same headers at the same time."""
    body, now = os.urandom(50), datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: now.replace(tzinfo=None))
    theirs = AWSRequest("POST", f"{url}/@connections/{quote(connection, safe='')}", data=body)
    SigV4Auth(Credentials("AKIA", "secret", token), "execute-api", region).add_auth(theirs)

    host, _, path = url.partition("//")[2].partition("/")
    sign = signer(ReadOnlyCredentials("AKIA", "secret", token), region, host, body, now)
    ours = sign(f"/{path}/@connections/{quote(connection, safe='')}")
    assert {name.title(): value for name, value in ours.items() if name != "host"} == {
        name.title(): value for name, value in theirs.headers.items()
    }
