"""Where an API is: by which host and path it is asked for."""

import json
import socket
from http.client import HTTPConnection
from time import process_time
from urllib.parse import quote, urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.support.websocket_api import PATIENCE_S, STAGE, TestApi, event_of, id_of, opened, refused
from wschat.lab.aws.cloud import Cloud
from wschat.local.gateway.addresses import AWS_HOST, HANDSHAKE, host_of, path_here

OURS = host_of("abc", "us-east-1")
PATH = "/test/@connections/x%3D?a=1"


@pytest.mark.parametrize("host", [OURS, f"{OURS}:443", OURS.replace("amazonaws", "AmazonAWS")])
def test_the_host_that_aws_has_for_it(host: str) -> None:
    """What is asked of an API's own host is asked of the API; its path and query stay."""
    assert path_here(host, PATH) == f"/_aws/execute-api/abc{PATH}"


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:80", "", "dynamodb.us-east-1.amazonaws.com", f"{OURS}.evil.example", f"x{OURS}/", "a.b.c"],
)
def test_any_other_host(host: str) -> None:
    """What is asked of another host is left as it is."""
    assert path_here(host, PATH) == PATH


def test_names_of_aws() -> None:
    """AWS's hosts are known by their last names, whatever stands before."""
    for host in (OURS, "sts.amazonaws.com", "a.s3.amazonaws.com", "x.amazonaws.com.cn", "b.eu-west-1.on.aws"):
        assert AWS_HOST.fullmatch(host)
    for host in ("amazonaws.com.evil.example", "notamazonaws.com", "aws", "a/b.amazonaws.com"):
        assert not AWS_HOST.fullmatch(host)


@pytest.mark.parametrize("target", ["/_aws/execute-api/abc/test", "/test", "/"])
def test_a_handshake(target: str) -> None:
    """A request for a WebSocket is told by its headers, in any order, wherever it goes."""
    lines = [f"Host: {OURS}", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]
    for headers in (lines, lines[::-1], [lines[1], lines[0]]):
        head = "\r\n".join((f"GET {target} HTTP/1.1", *headers, "", ""))
        assert HANDSHAKE.match(head.encode())
        assert not HANDSHAKE.match(head.replace("Upgrade: ", "Downgrade: ").encode())
        assert not HANDSHAKE.match(head.replace("GET", "POST").encode())


@pytest.mark.parametrize("target", ["/_aws/execute-api/", "/"])
@pytest.mark.parametrize("filler", ["\r", "x", "\r\nupgrade:", "\r\nupgrade: websock", f"\r\nhost: {OURS}"])
def test_a_head_that_is_hard_to_read(target: str, filler: str) -> None:
    """Whoever reaches the port can't hold up the lab by a head, however it is made."""
    start, rest = process_time(), filler * (30_000 // len(filler))
    for half in ("a" * 30_000, " " * 30_000, rest):
        assert not HANDSHAKE.match(f"GET {target}{half}{rest}x\r\n\r\n".encode())
    assert process_time() - start < 0.5


def test_plain_http(clients: Cloud, mirror: str, plain: HTTPConnection, root_key: Credentials) -> None:
    """What is no handshake, and asks for no connection, is refused, signed or not, without a call."""
    api = TestApi(clients)
    for key in ("$connect", "$default", "GET /", "POST /x"):
        api.route(key, api.proxy(mirror))
    api.permit(mirror, "*")
    api.stage(api.deploy())
    own, here = host_of(api.id, "us-east-1"), urlsplit(api.url).netloc
    asked = [(own, f"/{STAGE}"), (own, f"/{STAGE}/x")]
    asked += [
        (here, f"/_aws/execute-api/{api.id}{rest}") for rest in ("", "/", f"/{STAGE}", f"/{STAGE}/x?a=1")
    ]
    for host, path in asked:
        for method in ("GET", "POST"):
            request = AWSRequest(method, f"https://{host}{path}", data=b"{}")
            SigV4Auth(root_key, "execute-api", "us-east-1").add_auth(request)
            for headers in ({}, dict(request.headers.items())):
                plain.request(method, path, b"{}", {**headers, "Host": host})
                answer = plain.getresponse()
                assert (answer.status, json.load(answer)) == (403, {"message": "Forbidden"})
                assert answer.headers["x-amzn-errortype"] == "ForbiddenException"
    with opened(api.url) as client:
        connection = id_of(client)
    event_of(clients, "Mirror", connection, "CONNECT")
    lines = clients.logs.filter_log_events(logGroupName="/aws/lambda/Mirror", filterPattern=f'"{api.id}"')
    assert {connection in line["message"] for line in lines["events"]} == {True}


def test_by_its_own_host(api: TestApi, plain: HTTPConnection, root_key: Credentials) -> None:
    """A handshake and signed posts that are sent here for an API's own host are served; of no other.

    An API is at no host of another region.
    """
    known, unknown = (host_of(identity, "us-east-1") for identity in (api.id, "0123456789"))
    elsewhere = host_of(api.id, "eu-west-1")

    def here() -> socket.socket:
        return socket.create_connection(("127.0.0.1", urlsplit(api.url).port))

    for absent in (unknown, elsewhere):
        assert refused(f"ws://{absent}/{STAGE}", sock=here())[0] == 403
    with opened(f"ws://{known}/{STAGE}?a=1", sock=here()) as client:
        path = f"/@connections/{quote(id_of(client), safe='')}"
        for host, stage, status in (
            (known, STAGE, 200),
            (unknown, STAGE, 403),
            (elsewhere, STAGE, 403),
            (known, "nowhere", 403),
        ):
            request = AWSRequest("POST", f"https://{host}/{stage}{path}", data=b"x")
            SigV4Auth(root_key, "execute-api", "us-east-1").add_auth(request)
            plain.request("POST", f"/{stage}{path}", b"x", {**request.headers, "Host": host})
            answer = plain.getresponse()
            answer.read()
            assert answer.status == status
        assert client.recv(PATIENCE_S) == "x"
