"""The plane as a server, for other processes; MiniStack checks their signatures."""

import subprocess
import sys
from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import ConnectionClosedError
from websockets.sync.client import connect

from tests.support.plane.clock import ScaledClock
from tests.support.plane.conftest import NUMBERS, Aws
from tests.support.plane.faults import Fault
from tests.support.plane.plane import Plane
from tests.support.plane.rates import Times
from tests.support.plane.refusals import refused
from wschat.local.environment import clean_environment
from wschat.local.join import LocalLab

CHILD = """
import sys, boto3
iam = boto3.client("iam", endpoint_url=sys.argv[1], region_name="us-east-1",
                   aws_access_key_id=sys.argv[2], aws_secret_access_key=sys.argv[3])
iam.create_role(RoleName=sys.argv[4], AssumeRolePolicyDocument='{"Version":"2012-10-17","Statement":[]}')
print("made")
"""


@pytest.fixture
def plane(emulator: LocalLab) -> Plane:
    """A plane in real time, a hundred times as fast, but for what must not pass while a test looks."""
    return Plane(emulator.endpoint, ScaledClock(100), times=Times(table_creating=9e9, role_assumable=9e9))


@pytest.fixture
def url(plane: Plane) -> Iterator[str]:
    with plane.listening() as url:
        yield url


@pytest.fixture
def outside(url: str, root: boto3.Session) -> Aws:
    """Clients that know nothing of the plane but its URL."""
    return Aws(root, url, f"listening{next(NUMBERS)}")


def child(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CHILD, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=clean_environment())


def test_another_process(plane: Plane, url: str, outside: Aws) -> None:
    """A child's call goes through the plane, if it is signed as MiniStack wants it."""
    statement = {"Effect": "Allow", "Action": "iam:CreateRole", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    keys = plane.person(f"{outside.name}-person", policy).get_credentials()
    assert keys
    made = child(url, keys.access_key, keys.secret_key, outside.name)
    assert (made.stdout, made.stderr) == ("made\n", "")
    assert [call.operation for call in plane.calls] == ["CreateRole"]
    wrong = child(url, keys.access_key, "wrong", f"{outside.name}-wrong")
    assert wrong.stdout == ""
    assert "SignatureDoesNotMatch" in wrong.stderr


def test_it_is_the_same_plane(plane: Plane, outside: Aws) -> None:
    """Conflicts, pages, states, XML and JSON come over HTTP as they do in the process."""
    api = outside.make_api()
    outside.api.create_route(ApiId=api, RouteKey="join")
    assert refused(outside.api.create_route, ApiId=api, RouteKey="join")[0] == "ConflictException"
    assert refused(outside.make_function, outside.make_role())[0] == "InvalidParameterValueException"
    outside.make_table()
    assert refused(outside.dynamodb.delete_table, TableName=outside.name)[0] == "ResourceInUseException"
    assert [call.operation for call in plane.calls] == [
        *("CreateApi", "CreateRoute", "CreateRoute", "CreateRole", "CreateFunction"),
        *("CreateTable", "DeleteTable"),
    ]


def test_a_reset_closes_the_connection(plane: Plane, outside: Aws) -> None:
    """A fault that drops the answer is a closed connection for the client, which can ask again."""
    plane.fault = lambda _: Fault.RESET_AFTER
    with pytest.raises(ConnectionClosedError):
        outside.make_role()
    plane.fault = lambda _: None
    assert refused(outside.make_role)[0] == "EntityAlreadyExists"


def test_web_sockets_pass(url: str, outside: Aws) -> None:
    """What is no call of AWS's control plane reaches MiniStack: here a WebSocket."""
    api = outside.make_api()
    template = {"$default": '{"statusCode":200}'}
    make = outside.api.create_integration
    mock = make(ApiId=api, IntegrationType="MOCK", RequestTemplates=template)["IntegrationId"]
    outside.api.create_integration_response(
        ApiId=api,
        IntegrationId=mock,
        IntegrationResponseKey="$default",
        ResponseTemplates={"$default": "pong"},
    )
    target = f"integrations/{mock}"
    route = outside.api.create_route(
        ApiId=api, RouteKey="ping", Target=target, RouteResponseSelectionExpression="$default"
    )["RouteId"]
    outside.api.create_route_response(ApiId=api, RouteId=route, RouteResponseKey="$default")
    deployment = outside.api.create_deployment(ApiId=api)["DeploymentId"]
    outside.api.create_stage(ApiId=api, StageName="dev", DeploymentId=deployment)
    with connect(f"{url.replace('http', 'ws')}/_aws/execute-api/{api}/dev", proxy=None) as socket:
        socket.send('{"action": "ping"}')
        assert socket.recv() == "pong"
