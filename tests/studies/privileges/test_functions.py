"""The functions' policies on an emulator that enforces them: nothing missing, nothing spare."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import boto3
import pytest

from tests.studies.privileges.functions import fails, granted, play, proofs
from tests.studies.privileges.rooms import Rooms, open_rooms
from tests.studies.privileges.scenarios import SCENARIOS, Scenario
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.log_groups import LogGroup
from wschat.lab.blueprint import FUNCTIONS, SELECTION, STAGE, Spec, blueprint, log_group, policy, role
from wschat.lab.model import API

SAMPLE = 4
"""So many run in the suite, always the same; `python -m tests.studies.privileges` runs them all."""
BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"

PROBE = """
import boto3
from botocore.exceptions import ClientError

def handler(event, _context):
    client = boto3.client("apigatewaymanagementapi", endpoint_url=event["url"])
    try:
        getattr(client, event["operation"])(**event["parameters"])
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "done"
"""


@pytest.fixture(scope="module")
def rooms(clients: Cloud, root: boto3.Session) -> Iterator[Rooms]:
    """A lab whose functions are warm."""
    cloud = replace(clients, lab=replace(clients.lab, prefix="privileges-"))
    with open_rooms(cloud, root) as rooms:
        yield rooms


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.name)
def test_nothing_is_missing(rooms: Rooms, scenario: Scenario) -> None:
    """With the policies as they are every scenario works, and IAM refuses nothing."""
    play(rooms, scenario)


def test_every_grant_has_a_proof(rooms: Rooms) -> None:
    """For each action of each policy there is a scenario that claims to need it, and for no other."""
    assert set(proofs(rooms.cloud)) == set(granted(rooms.cloud))


def test_nothing_is_spare(rooms: Rooms) -> None:
    """Without an action, its scenario fails, for that reason."""
    sample = random.Random(0).sample(list(proofs(rooms.cloud).items()), SAMPLE)  # noqa: S311
    for grant, scenario in sample:
        assert fails(rooms, scenario, grant), f"without {grant}, {scenario.name!r} works"


def test_what_nobody_needs_is_found(rooms: Rooms) -> None:
    """A scenario that works without an action is no proof of it."""
    (connect, *_, drop) = SCENARIOS
    (grant,) = (each for each in granted(rooms.cloud) if each.function == connect.function)
    assert not fails(rooms, drop, grant)


@pytest.fixture(scope="module")
def probe(rooms: Rooms) -> str:
    """The name of a function that has the role of one that posts, and does what the event says."""
    archive = BytesIO()
    with ZipFile(archive, "w") as package:
        package.writestr("probe.py", PROBE)
    cloud, name = rooms.cloud, rooms.cloud.lab.name("Probe")
    (spec,) = (spec for spec in FUNCTIONS if spec.name == "CreateRoom")
    cloud.functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=cloud.lab.arn("iam", f"role/{role(cloud.lab, spec)}"),
        Handler="probe.handler",
        Code={"ZipFile": archive.getvalue()},
        Timeout=20,
    )
    cloud.functions.get_waiter("function_active_v2").wait(FunctionName=name)
    return name


@pytest.mark.parametrize(
    ("operation", "api", "stage", "allowed"),
    [
        ("post_to_connection", "", STAGE, True),
        ("post_to_connection", "", "production", False),
        ("post_to_connection", "another", STAGE, False),
        ("get_connection", "", STAGE, False),
        ("delete_connection", "", STAGE, False),
    ],
)
def test_whom_a_function_may_post_to(
    rooms: Rooms, probe: str, *, operation: str, api: str, stage: str, allowed: bool
) -> None:
    """ManageConnections is for POST, on this API and this stage, and for nothing else."""
    cloud, (connection, *_) = rooms.cloud, rooms.sockets
    api_id = rooms.api_id
    if api:
        made = cloud.api.create_api(Name=api, ProtocolType="WEBSOCKET", RouteSelectionExpression=SELECTION)
        api_id = made["ApiId"]
    parameters = {"ConnectionId": connection} | ({"Data": "hello"} if operation.startswith("post") else {})
    url = f"{cloud.lab.callbacks}/{stage}".replace(API, api_id)
    event = {"url": url, "operation": operation, "parameters": parameters}
    answer = cloud.functions.invoke(FunctionName=probe, Payload=json.dumps(event))
    said = json.loads(answer["Payload"].read())
    assert said == ("done" if allowed else "AccessDeniedException")


@pytest.mark.parametrize("spec", FUNCTIONS, ids=lambda spec: spec.name)
def test_logs(clients: Cloud, spec: Spec) -> None:
    """Each may write its log as AWS's own policy says, but in its own log group, which exists already."""
    lab = clients.lab
    basic: Any = clients.iam.get_policy_version(PolicyArn=BASIC, VersionId="v1")["PolicyVersion"]["Document"]
    (own,) = (each for each in policy(lab, spec)["Statement"] if each["Action"][0].startswith("logs:"))
    assert {*own["Action"], "logs:CreateLogGroup"} == set(basic["Statement"][0]["Action"])
    assert own["Resource"] == lab.arn("logs", f"log-group:{log_group(lab, spec)}:*")
    resources = blueprint(lab)
    assert log_group(lab, spec) in {each.name for each in resources if isinstance(each, LogGroup)}


def test_all_who_post_have_the_same_grant(clients: Cloud) -> None:
    """What the probe shows of one function's ManageConnections holds for all that have it."""
    posts = [each for each in granted(clients) if each.action.startswith("execute-api:")]
    assert len(posts) == 5
    assert len({each.resource for each in posts}) == 1
