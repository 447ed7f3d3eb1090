"""What the @connections API answers, and who may ask the control plane."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.support.until import until
from tests.support.websocket_api import PATIENCE_S, STAGE, TestApi, id_of, management_of, opened
from tests.unit.local.gateway.conftest import Management
from wschat.lab.aws.cloud import Cloud


def error_of(call: Any, **arguments: Any) -> tuple[str, int]:  # noqa: ANN401  any call of boto3
    """Return the error of a call, and its status."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


def root(service: str) -> str:
    """Return an authorization of the root, whose signature MiniStack does not check."""
    credential = f"test/20260101/us-east-1/{service}/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=none"


@pytest.fixture
def plain(clients: Cloud) -> Iterator[HTTPConnection]:
    """A connection to the lab without boto3."""
    with closing(HTTPConnection(str(clients.lab.endpoint).removeprefix("http://"))) as connection:
        yield connection


def test_post(api: TestApi, management: Management) -> None:
    """A post comes as a text message; the id ends in `=`, which boto3 encodes (1.8, 1.9)."""
    with opened(api.url) as client:
        connection = id_of(client)
        management(api.id).post_to_connection(ConnectionId=connection, Data="grüße".encode())
        assert client.recv(PATIENCE_S) == "grüße"


NO_JSON = [b"{", b"[]", b"\xff", b"[" * 100_000, b'{"stageName": "\\ud800"}', b'{"stageName": ["test"]}']


@pytest.mark.parametrize("body", NO_JSON, ids=range(len(NO_JSON)))
def test_a_deployment_without_json(clients: Cloud, api: TestApi, plain: HTTPConnection, body: bytes) -> None:
    """A request to the control plane that can't be read is refused with 400, and nothing comes of it."""
    before = len(clients.api.get_deployments(ApiId=api.id)["Items"])
    plain.request("POST", f"/v2/apis/{api.id}/deployments", body, {"Authorization": root("apigateway")})
    answer = plain.getresponse()
    assert (answer.status, json.load(answer)) == (400, {"message": "BadRequestException"})
    assert answer.headers["x-amzn-errortype"] == "BadRequestException"
    assert len(clients.api.get_deployments(ApiId=api.id)["Items"]) == before


@pytest.mark.parametrize(
    "header",
    [("Origin", "https://evil.example"), ("Host", "evil.example"), ("Sec-Fetch-Site", "cross-site")],
    ids=["origin", "host", "image"],
)
def test_pages_of_others(plain: HTTPConnection, header: tuple[str, str]) -> None:
    """A page in a browser, which MiniStack would let in, can ask nothing of the control plane."""
    for more, status in (({}, HTTPStatus.OK), (dict([header]), HTTPStatus.FORBIDDEN)):
        headers = {"Authorization": root("lambda"), **more}
        plain.request("GET", "/2015-03-31/functions/", headers=headers)
        answer = plain.getresponse()
        answer.read()
        assert answer.status == status


def test_half_a_post(api: TestApi, management: Management, plain: HTTPConnection) -> None:
    """A post that is cut before its end does not come."""
    with opened(api.url) as client:
        connection = id_of(client)
        plain.putrequest("POST", f"/_aws/execute-api/{api.id}/{STAGE}/@connections/{quote(connection)}")
        plain.putheader("Authorization", root("execute-api"))
        plain.putheader("Transfer-Encoding", "chunked")
        plain.endheaders()
        plain.send(b"4\r\nhalf\r\n")
        plain.close()
        management(api.id).post_to_connection(ConnectionId=connection, Data=b"whole")
        assert client.recv(PATIENCE_S) == "whole"


def test_a_large_post(api: TestApi, management: Management) -> None:
    """A post of 128 KB comes, in frames of 32 KB; a larger one is refused with 413 (1.1, 1.9)."""
    with opened(api.url) as client:
        connection, post = id_of(client), management(api.id).post_to_connection
        post(ConnectionId=connection, Data=b"x" * 128 * 1024)
        frames = list(client.recv_streaming())
        assert max(len(frame) for frame in frames) == 32 * 1024
        assert sum(len(frame) for frame in frames) == 128 * 1024
        error = error_of(post, ConnectionId=connection, Data=b"x" * (128 * 1024 + 1))
        assert error == ("PayloadTooLargeException", 413)


def test_gone(api: TestApi, management: Management) -> None:
    """An unknown id, a closed one, and one of another API or stage, are gone: 410 (1.9)."""
    calls = management(api.id)
    with opened(api.url) as client:
        connection = id_of(client)
        assert error_of(management("0123456789").get_connection, ConnectionId=connection)[1] == 410
    for call in (calls.get_connection, calls.delete_connection):
        assert error_of(call, ConnectionId=connection) == ("GoneException", 410)
    for unknown in (connection, "L0SM9cOFvHcCIhw="):
        assert error_of(calls.post_to_connection, ConnectionId=unknown, Data=b"x") == ("GoneException", 410)


def test_not_yet_open(api: TestApi, management: Management, tmp_path: Path) -> None:
    """A post while `$connect` runs meets 410 (1.7)."""
    place = tmp_path / "it"
    found = []

    def post() -> None:
        until(lambda: place.exists() and place.read_text().endswith("\n"))
        connection = place.read_text().strip()
        found.append(error_of(management(api.id).post_to_connection, ConnectionId=connection, Data=b"x"))
        Path(f"{place}.go").touch()

    posting = threading.Thread(target=post)
    posting.start()
    with opened(f"{api.url}?wait={quote(str(place))}"):
        posting.join()
    assert found == [("GoneException", 410)]


def test_without_manage_connections(clients: Cloud, api: TestApi) -> None:
    """Who may not manage connections is refused with 403, whether the connection exists or not (1.9)."""
    clients.iam.create_user(UserName="nobody")
    key = clients.iam.create_access_key(UserName="nobody")["AccessKey"]
    session = boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], region_name="us-east-1")
    nobody = management_of(session, clients, api.id)
    with opened(api.url) as client:
        for connection in (id_of(client), "L0SM9cOFvHcCIhw="):
            assert error_of(nobody.post_to_connection, ConnectionId=connection, Data=b"x")[1] == 403
