"""A person who has what `wschat policy` prints can do everything with the lab; nothing of it is spare."""

import random
from collections.abc import Iterator

import pytest

from tests.studies.privileges.desk import PASSING, Desk, at_desk, tear_down
from tests.studies.privileges.errands import HEALS, TEARDOWNS, USES, Errand, proofs_of_a_person
from tests.studies.privileges.grants import of_a_person
from tests.support.labs import lab_of
from tests.support.plane import permissions
from wschat.lab.permissions.user_policy import user_policy
from wschat.local.join import LocalLab

SAMPLE = 2
"""So many run in the suite, always the same; `python -m tests.studies.privileges` runs them all."""
ELSEWHERE = {"execute-api:Invoke", "iam:SimulatePrincipalPolicy"}
"""Actions that no call of the control plane needs, or that who has a role needs on another resource."""


@pytest.fixture(scope="module")
def desk(emulator: LocalLab) -> Iterator[Desk]:
    """The desk of somebody who could provision a lab."""
    with at_desk(emulator) as desk:
        yield desk


def test_every_grant_has_a_proof() -> None:
    """For each action of the policy there is an errand that claims to need it, or it is not verified."""
    (missing,) = set(of_a_person()) - proofs_of_a_person().keys()
    assert str(missing) == "apigateway:POST on `*/tags/*`"
    assert missing in of_a_person(verified=False)


@pytest.mark.parametrize("errand", USES, ids=lambda each: each.name)
def test_use(desk: Desk, errand: Errand) -> None:
    """Looking at the lab, reading its logs and chatting in it are allowed."""
    desk.run(errand)


def test_heal(desk: Desk) -> None:
    """Whatever somebody did to the lab, provision mends it."""
    for errand in HEALS[:-2]:
        errand.before(desk)
    desk.provision()


def test_nothing_is_spare(desk: Desk) -> None:
    """Without an action, its errand fails, for that reason."""
    for grant, errand in random.Random(0).sample(list(proofs_of_a_person().items()), SAMPLE):  # noqa: S311
        assert desk.fails(errand, grant), f"without {grant}, {errand.name!r} works"


def test_tear_down(desk: Desk) -> None:
    """What is left of a lab can be removed, with a role that somebody gave a policy; so can a whole lab."""
    desk.may(user_policy(lab_of(desk.root, prefix=PASSING).lab))
    for errand in TEARDOWNS:
        errand.before(desk)
    desk.tear_down()
    desk.may(user_policy(desk.root.lab))
    tear_down(desk.mine)


def test_no_resource_is_spare(desk: Desk) -> None:
    """In all this, every resource that the policy names for the control plane was asked for."""
    asked = [need for call in desk.plane.calls if call.key == desk.key for need in desk.plane.needs(call)]
    for statement in user_policy(desk.root.lab)["Statement"]:
        if "Sid" not in statement and not ELSEWHERE & {*statement["Action"]}:
            for resource in statement["Resource"]:
                alone = {"Statement": [statement | {"Resource": [resource], "Condition": {}}]}
                assert any(permissions.granted(alone, need) for need in asked), resource
