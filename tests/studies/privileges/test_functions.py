"""The functions' policies on an emulator that enforces them: nothing missing, nothing spare."""

import random
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from tests.studies.privileges.grants import of_functions
from tests.studies.privileges.rooms import Rooms, open_rooms
from tests.studies.privileges.scenarios import SCENARIOS, Scenario, proofs_of_functions
from tests.support.labs import lab_of
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.log_groups import LogGroup, log_group_of
from wschat.lab.blueprint import FUNCTIONS, Spec, blueprint, policy

SAMPLE = 4
"""So many run in the suite, always the same; `python -m tests.studies.privileges` runs them all."""
BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


@pytest.fixture(scope="module")
def rooms(clients: Cloud, root: boto3.Session) -> Iterator[Rooms]:
    """A lab whose functions are warm."""
    with open_rooms(lab_of(clients, prefix="privileges-"), root) as rooms:
        yield rooms


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.name)
def test_nothing_is_missing(rooms: Rooms, scenario: Scenario) -> None:
    """With the policies as they are every scenario works, and IAM refuses nothing."""
    rooms.run(scenario)


def test_every_grant_has_a_proof(rooms: Rooms) -> None:
    """For each action of each policy there is a scenario that claims to need it, and for no other."""
    assert set(proofs_of_functions(rooms.cloud.lab)) == set(of_functions(rooms.cloud.lab))


def test_nothing_is_spare(rooms: Rooms) -> None:
    """Without an action, its scenario fails, for that reason."""
    sample = random.Random(0).sample(list(proofs_of_functions(rooms.cloud.lab).items()), SAMPLE)  # noqa: S311
    for grant, scenario in sample:
        assert rooms.fails(scenario, grant), f"without {grant}, {scenario.name!r} works"


def test_what_nobody_needs_is_found(rooms: Rooms) -> None:
    """A scenario that works without an action is no proof of it."""
    (connect, *_, drop) = SCENARIOS
    (grant,) = (each for each in of_functions(rooms.cloud.lab) if each.whose == connect.function)
    assert not rooms.fails(drop, grant)


@pytest.mark.parametrize("spec", FUNCTIONS, ids=lambda spec: spec.name)
def test_logs(clients: Cloud, spec: Spec) -> None:
    """Each may write its log as AWS's own policy says, but in its own log group, which exists already."""
    lab = clients.lab
    basic: Any = clients.iam.get_policy_version(PolicyArn=BASIC, VersionId="v1")["PolicyVersion"]["Document"]
    (own,) = (each for each in policy(lab, spec)["Statement"] if each["Action"][0].startswith("logs:"))
    assert {*own["Action"], "logs:CreateLogGroup"} == set(basic["Statement"][0]["Action"])
    assert own["Resource"] == lab.arn("logs", f"log-group:{log_group_of(lab.name(spec.name))}:*")
    groups = {each.name for each in blueprint(lab) if isinstance(each, LogGroup)}
    assert log_group_of(lab.name(spec.name)) in groups
