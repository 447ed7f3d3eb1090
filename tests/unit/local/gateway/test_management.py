"""The management API, as recorded of AWS: whose connections, through which stage, by whose leave."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

import boto3
import pytest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from tests.support.management import Caller
from tests.support.until import until
from tests.support.websocket_api import PATIENCE_S, STAGE, TestApi, ask, closed, id_of, management_of, opened
from tests.unit.local.gateway.conftest import Management
from wschat.lab.aws.cloud import Cloud
from wschat.local.gateway import ids
from wschat.local.gateway.quotas import MESSAGE_BYTES

METHODS = ("GET", "POST", "DELETE")
BODY = """{
  "identity" : {
    "sourceIp" : "127.0.0.1",
    "userAgent" : "%s"
  },
  "connectedAt" : "%s",
  "lastActiveAt" : "%s"
}"""


@pytest.fixture
def call(plain: HTTPConnection, root_key: Credentials) -> Caller:
    return Caller(plain, root_key)


@pytest.fixture(scope="module")
def person(clients: Cloud) -> Credentials:
    """A key of somebody who may do what `allowed` says, at first nothing."""
    clients.iam.create_user(UserName="manager")
    key = clients.iam.create_access_key(UserName="manager")["AccessKey"]
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"])


@contextmanager
def allowed(clients: Cloud, *statements: dict[str, str]) -> Iterator[None]:
    """Let the person do something for a while."""
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    clients.iam.put_user_policy(UserName="manager", PolicyName="manage", PolicyDocument=document)
    yield
    clients.iam.delete_user_policy(UserName="manager", PolicyName="manage")


def error_of(call: Callable[..., object], **arguments: object) -> tuple[str, str, int]:
    """Return the error of boto3's call: its code, text and status."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    response: Any = caught.value.response
    error = response["Error"]
    return error["Code"], error["Message"], response["ResponseMetadata"]["HTTPStatusCode"]


def test_answers(api: TestApi, call: Caller) -> None:
    """A post, a look and an end have AWS's headers and bodies; a look tells who, since when, active when."""
    with opened(api.url) as client:
        event = ask(client, {"action": "echo"})["requestContext"]
        answers = [call(method, api.id, event["connectionId"], b"x") for method in ("POST", "GET", "DELETE")]
    assert [answer.status for answer in answers] == [200, 200, 204]
    for answer in answers:
        assert answer.headers["Content-Type"] == "application/json"
        assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["x-amzn-RequestId"])
        assert re.fullmatch(r"[\w-]{15}=", answer.headers["x-amz-apigw-id"])
        assert "x-amz-request-id" not in answer.headers
        assert answer.headers["X-Amzn-Trace-Id"].startswith("Root=1-")
    assert [answers[0].body, answers[2].body] == ["", ""]
    told = json.loads(answers[1].body)
    times = [told.pop(name) for name in ("connectedAt", "lastActiveAt")]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time) for time in times)
    since, last = (datetime.fromisoformat(time).timestamp() * 1000 for time in times)
    assert round(since) == event["connectedAt"] < last
    assert answers[1].body == BODY % (event["identity"]["userAgent"], *times)


def test_what_is_activity(api: TestApi, call: Caller, person: Credentials) -> None:
    """Messages either way move lastActiveAt, also empty ones; looks, refusals and what is too large don't."""
    with opened(api.url) as client:
        connection = id_of(client)

        def active() -> str:
            return str(json.loads(call("GET", api.id, connection).body)["lastActiveAt"])

        for act, moves in (
            (lambda: client.send(json.dumps({"action": "one-way"})), True),
            (lambda: id_of(client), True),
            (lambda: call("POST", api.id, connection, b"x"), True),
            (lambda: call("POST", api.id, connection), True),
            (lambda: call("GET", api.id, connection), False),
            (lambda: call("POST", api.id, connection, b"x", key=person), False),
            (lambda: call("POST", api.id, connection, b"x" * (MESSAGE_BYTES + 1)), False),
        ):
            before = active()
            act()
            if moves:
                until(lambda before=before: active() > before)  # type: ignore[misc]
            else:
                assert active() == before


def test_a_large_post(api: TestApi, call: Caller, management: Management) -> None:
    """A post comes as text, 128 KB in frames of 4 KB; a larger one is refused with 413 and nothing else.

    The id ends in `=`, which boto3 encodes; the refusal's name it does not know.
    """
    with opened(api.url) as client:
        connection, post = id_of(client), management(api.id).post_to_connection
        post(ConnectionId=connection, Data="ü".encode() * 64 * 1024)
        assert [*map(len, client.recv_streaming())] == [*[2048] * 31, 1024, 1024]
        answer = call("POST", api.id, connection, b"x" * (MESSAGE_BYTES + 1))
        assert answer.error == (413, None, "")
        unsaid = {"content-type", "x-amz-apigw-id", "x-amzn-trace-id", "x-amzn-requestid"}
        assert not unsaid & {*map(str.lower, answer.headers)}
        assert error_of(post, ConnectionId=connection, Data=b"x" * (MESSAGE_BYTES + 1)) == ("413", "", 413)
        assert id_of(client) == connection


def test_a_post_of_bytes(api: TestApi, management: Management) -> None:
    """A post comes as text, with U+FFFD for what is no UTF-8; an empty one comes as well."""
    with opened(api.url) as client:
        connection, post = id_of(client), management(api.id).post_to_connection
        for data, text in ((b"\0a\xff\xc3\xbc\x80", "\0a\ufffdü\ufffd"), (b"", "")):
            post(ConnectionId=connection, Data=data)
            assert client.recv(PATIENCE_S) == text


def test_gone(api: TestApi, call: Caller, management: Management) -> None:
    """A connection that was deleted, or that its client has closed, is gone: 410 without a body."""
    connections = []
    for leave in (lambda client: call("DELETE", api.id, id_of(client)), lambda client: client.close()):
        with opened(api.url) as client:
            connections.append(id_of(client))
            leave(client)
    for connection in connections:
        for method in METHODS:
            answer = call(method, api.id, connection)
            assert answer.error == (410, "GoneException", "")
            assert answer.headers["x-amz-apigw-id"]
        delete = management(api.id).delete_connection
        assert error_of(delete, ConnectionId=connection) == ("GoneException", "", 410)


def test_an_id_that_was_never_issued(api: TestApi, call: Caller, person: Credentials) -> None:
    """It is invalid whoever asks, also who may not ask, or does not sign: 400."""
    issued = ids.connection_id()  # by a gateway, but another one
    for connection in ("AAAAAAAAAAAAAAA=", issued, "a/b", "ü?"):
        for key in ("root", person, None):
            for method in METHODS:
                answer = call(method, api.id, connection, key=key)
                told = f'{{"message":"Invalid connectionId: {connection}"}}'
                assert answer.error == (400, "BadRequestException", told)
                assert "X-Amzn-Trace-Id" not in answer.headers


def test_of_another_api(clients: Cloud, api: TestApi, call: Caller) -> None:
    """A connection of another API is gone."""
    other = TestApi(clients)
    other.route("mock", other.mock())
    other.stage(other.deploy())
    with opened(api.url) as client:
        assert call("POST", other.id, id_of(client), b"x").status == 410


def test_other_stages(clients: Cloud, api: TestApi, call: Caller) -> None:
    """Any stage of the API will do, if it is there; through one that is not, all is forbidden."""
    deployment = clients.api.get_stage(ApiId=api.id, StageName=STAGE)["DeploymentId"]
    clients.api.create_stage(ApiId=api.id, StageName="other", DeploymentId=deployment)
    with opened(api.url) as client:
        connection = id_of(client)
        for where, stage in ((api.id, "absent"), ("0123456789", STAGE)):
            answer = call("GET", where, connection, stage=stage)
            assert answer.error == (403, "ForbiddenException", '{"message":"Forbidden"}')
        assert call("GET", api.id, connection, stage="other").status == 200
        assert call("POST", api.id, connection, b"through another", stage="other").status == 200
        assert client.recv(PATIENCE_S) == "through another"
        assert call("DELETE", api.id, connection, stage="other").status == 204
        assert closed(client) == (1000, "Connection Closed Normally")


def test_what_is_looked_at_first(api: TestApi, call: Caller) -> None:
    """The size is looked at before all else, then the stage, then the id, then who asks."""
    large = b"x" * (MESSAGE_BYTES + 1)
    assert call("POST", api.id, "unknown", large, stage="absent", key=None).status == 413
    assert call("POST", api.id, "unknown", stage="absent", key=None).status == 403
    assert call("POST", api.id, "unknown", key=None).status == 400


def test_not_yet_open(api: TestApi, management: Management, tmp_path: Path) -> None:
    """A post while `$connect` runs meets 410."""
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
    assert found == [("GoneException", "", 410)]


MANAGE = "execute-api:ManageConnections"
LITERAL = "@connections/{connectionId}"
GRANTS = (
    ("{api}/*", MANAGE, METHODS),
    (f"{{api}}/{STAGE}/GET/@connections/*", MANAGE, ("GET",)),
    (f"{{api}}/{STAGE}/*/{LITERAL}", MANAGE, METHODS),
    (f"{{api}}/{STAGE}/*/@connections/{{id}}", MANAGE, ()),
    (f"{{api}}/{STAGE}/*/@connections", MANAGE, ()),
    ("{api}/other/*", MANAGE, ()),
    ("0123456789/*", MANAGE, ()),
    ("{api}/*", "execute-api:Invoke", ()),
)
"""What is granted, on what, and which methods that allows."""


@pytest.mark.parametrize(("on", "action", "allows"), GRANTS)
def test_which_grants_allow_it(
    clients: Cloud, api: TestApi, call: Caller, person: Credentials, on: str, action: str, allows: tuple[str]
) -> None:
    """A policy is held against the literal `{connectionId}`: one for a connection alone allows nothing."""
    with opened(api.url) as client:
        connection = id_of(client)
        named = on.replace("{api}", api.id).replace("{id}", connection)
        arn = f"arn:aws:execute-api:us-east-1:000000000000:{named}"
        with allowed(clients, {"Effect": "Allow", "Action": action, "Resource": arn}):
            answers = {method: call(method, api.id, connection, key=person).status for method in METHODS}
    assert {method for method, status in answers.items() if status != 403} == {*allows}


def test_without_manage_connections(clients: Cloud, api: TestApi, call: Caller, person: Credentials) -> None:
    """Who may not is refused in AWS's words, in which an account has four digits; who does not sign, too."""
    on = f"arn:aws:execute-api:us-east-1:********0000:{api.id}/{STAGE}/POST/{LITERAL}"
    user = "User: arn:aws:iam::000000000000:user/manager"
    told = f"{user} is not authorized to perform: {MANAGE} on resource: {on} "
    why = f"because no identity-based policy allows the {MANAGE} action"
    no = "with an explicit deny in an identity-based policy"
    every = {"Action": MANAGE, "Resource": "*"}
    with opened(api.url) as client:
        connection = id_of(client)
        refused = call("POST", api.id, connection, b"x", key=person)
        assert refused.error == (403, "AccessDeniedException", f'{{"Message":"{told}{why}"}}')
        session = boto3.Session(person.access_key, person.secret_key, region_name="us-east-1")
        post = management_of(session, clients, api.id).post_to_connection
        assert error_of(post, ConnectionId=connection, Data=b"x")[::2] == ("AccessDeniedException", 403)
        with allowed(clients, {"Effect": "Allow", **every}, {"Effect": "Deny", **every}):
            refused = call("POST", api.id, connection, b"x", key=person)
        assert json.loads(refused.body) == {"Message": told + no}
        unsigned = call("POST", api.id, connection, b"x", key=None)
        assert (unsigned.status, json.loads(unsigned.body)) == (
            403,
            {"message": "Missing Authentication Token"},
        )
        wrong = call("POST", api.id, connection, b"x", key=Credentials(person.access_key, "wrong"))
        assert wrong.status == 403
