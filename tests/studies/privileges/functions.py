"""Proves of each action in the seven policies that a scenario fails without it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from tests.studies.privileges.rooms import FunctionError, Rooms
from tests.studies.privileges.scenarios import SCENARIOS, Scenario
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.roles import POLICY_NAME
from wschat.lab.blueprint import FUNCTIONS, Spec, policy, role
from wschat.lab.model import API

SPECS = {spec.name: spec for spec in FUNCTIONS}


@dataclass(frozen=True)
class Grant:
    """One action in the policy of a function, and what it is allowed on."""

    function: str
    action: str
    resource: str


def granted(cloud: Cloud, specs: tuple[Spec, ...] = FUNCTIONS) -> list[Grant]:
    """Return all that the policies grant, but for the logs: the emulator asks for no permission there."""
    return [
        Grant(spec.name, action, statement["Resource"])
        for spec in specs
        for statement in policy(cloud.lab, spec)["Statement"]
        for action in statement["Action"]
        if not action.startswith("logs:")
    ]


def proofs(cloud: Cloud) -> dict[Grant, Scenario]:
    """Return for each grant that a scenario claims to need that scenario."""
    found: dict[Grant, Scenario] = {}
    for each in SCENARIOS:
        claims = replace(SPECS[each.function], clients=each.clients, rooms=each.rooms, posts=each.posts)
        for grant in granted(cloud, (claims,)):
            assert grant not in found, f"{found[grant].name!r} proves {grant} already"
            found[grant] = each
    return found


def play(rooms: Rooms, scenario: Scenario) -> None:
    """Play a scenario with the policies as they are; it must work, and IAM refuse nothing.

    Raises:
        AssertionError: what should have happened did not.
        FunctionError: a function raised.
    """
    rooms.clear()
    scenario.play(rooms)
    assert not rooms.refused, f"{scenario.name!r} went well, but IAM refused {rooms.refused}"


def fails(rooms: Rooms, scenario: Scenario, grant: Grant) -> bool:
    """Tell whether a scenario fails without a grant, and because that action was refused."""
    rooms.clear()
    with _without(rooms, grant):
        try:
            scenario.play(rooms)
        except (AssertionError, FunctionError):
            return rooms.refused == {grant.action}
    return False


@contextmanager
def _without(rooms: Rooms, grant: Grant) -> Iterator[None]:
    """Take a grant away from a function, and give it back."""
    spec = SPECS[grant.function]
    document = policy(rooms.cloud.lab, spec)
    for statement in document["Statement"]:
        if statement["Resource"] == grant.resource:
            statement["Action"].remove(grant.action)
    document["Statement"] = [statement for statement in document["Statement"] if statement["Action"]]
    _put(rooms, spec, document)
    try:
        yield
    finally:
        _put(rooms, spec, policy(rooms.cloud.lab, spec))


def _put(rooms: Rooms, spec: Spec, document: object) -> None:
    text = json.dumps(document).replace(API, rooms.api_id)
    name = role(rooms.cloud.lab, spec)
    rooms.cloud.iam.put_role_policy(RoleName=name, PolicyName=POLICY_NAME, PolicyDocument=text)
