"""What is looked at before the first write."""

from typing import Any

import pytest

from tests.studies.account import USER, Account
from tests.support.plane.accounts import ROLES
from wschat.errors import AccessError, UsageError
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.texts.refusals import DEMANDS, NO_PASSING, PERHAPS_TAGS
from wschat.lab.blueprint import TRUST, blueprint
from wschat.lab.chosen.choices import Choices
from wschat.lab.model.actual import Actual
from wschat.lab.model.resource import canonical
from wschat.lab.permissions.preflight import BEFORE, check_allowed, with_role
from wschat.lab.plan import steps_to

ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
SESSION = "arn:aws:sts::000000000000:assumed-role/Dev/ann"


def deny(*actions: str, **more: object) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": [*actions], "Resource": "*", **more}


def check(cloud: Cloud) -> None:
    check_allowed(cloud, steps_to(blueprint(cloud.lab), Actual()))


ANYONE = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}
EC2 = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
BOTH = {**EC2, "Principal": {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}}


@pytest.mark.parametrize(
    "trust", [TRUST, {**TRUST, "Statement": BOTH}, {**TRUST, "Statement": [EC2, ANYONE]}]
)
def test_a_role_that_is_given(desk: Account, trust: object) -> None:
    """Its ARN is found by its name, with the path; however its trust lets Lambda assume it."""
    cloud = desk.restricted(ALL)
    made = cloud.iam.create_role(RoleName="x", Path="/a/b/", AssumeRolePolicyDocument=canonical(trust))
    desk.clock.sleep(10)
    for given in ("x", made["Role"]["Arn"]):
        assert with_role(cloud, Choices(role=given)).role == f"{ROLES}a/b/x"
    assert with_role(cloud, Choices(path="/a/")) == Choices(path="/a/")


def test_a_role_that_can_not_be(desk: Account) -> None:
    """One that is not there, that is another account's, or that Lambda may not assume, is refused at once."""
    cloud = desk.restricted(ALL)
    cloud.iam.create_role(RoleName="ec2", AssumeRolePolicyDocument=canonical({**TRUST, "Statement": [EC2]}))
    desk.clock.sleep(10)
    elsewhere = ROLES.replace("000000000000", "123456789012")
    for given, says in (
        ("none", "there is no role none in account 000000000000"),
        (f"{elsewhere}ec2", "there is no role ec2 in account 000000000000"),
        ("ec2", "Lambda may not assume role ec2"),
    ):
        with pytest.raises(UsageError, match=says) as error:
            with_role(cloud, Choices(role=given))
        assert error.value.where == "--role"


def test_a_role_that_no_tag_can_keep(desk: Account) -> None:
    """Given by its name, a role in a long path is refused before a table is."""
    cloud, path = desk.lab(), f"/{'p' * 230}/"
    cloud.iam.create_role(RoleName="far", Path=path, AssumeRolePolicyDocument=canonical(TRUST))
    desk.clock.sleep(60)
    with pytest.raises(UsageError, match="too long") as error:
        with_role(cloud, Choices(role="far"))
    assert "wschat:role" in error.value.hint


def test_a_role_that_may_not_be_looked_at(desk: Account) -> None:
    """That is noted, and it is taken as it was given."""
    cloud = desk.restricted(ALL, deny("iam:*"))
    assert with_role(cloud, Choices(role="x")).role == f"{ROLES}x"
    assert list(cloud.notes) == ["could not look at role x: not allowed to iam:GetRole"]


@pytest.mark.parametrize(
    ("statements", "choices", "says", "hint"),
    [
        ((ALL, deny("lambda:*")), {}, "lambda:CreateFunction", PERHAPS_TAGS),
        ((ALL, deny("iam:PutRolePolicy")), {}, "iam:PutRolePolicy", DEMANDS),
        ((ALL, deny("iam:PassRole")), {"role": f"{ROLES}x"}, "iam:PassRole", NO_PASSING.format(f"{ROLES}x")),
        (
            ({**ALL, "Action": ["dynamodb:*", "lambda:*", "iam:*"]},),
            {},
            "apigateway:POST",
            "ask for that permission",
        ),
    ],
)
def test_what_would_be_refused(
    desk: Account, statements: tuple[dict[str, Any], ...], choices: dict[str, Any], says: str, hint: str
) -> None:
    """A simulation tells it before the first write, with the way out."""
    with pytest.raises(AccessError) as error:
        check(desk.restricted(*statements, **choices))
    told = error.value
    assert (told.what, told.where) == (f"AWS would refuse {says}", BEFORE)
    assert told.hint.startswith(hint)
    assert not [call for call in desk.plane.calls if call.write]


def test_what_is_chosen_is_told(desk: Account) -> None:
    """A simulation knows the tags, the boundary and the region; so it allows and refuses by these."""
    key, here = "aws:RequestTag/team", {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}
    untagged = deny("dynamodb:*", Condition={"StringNotEquals": {key: "1"}})
    bounded = {"StringNotEquals": {"iam:PermissionsBoundary": "arn:aws:iam::aws:policy/x"}}
    statements = (ALL, untagged, deny("iam:PutRolePolicy", Condition=bounded))
    boundary = "arn:aws:iam::aws:policy/x"
    check(desk.restricted(*statements, tags=(("team", "1"),), boundary=boundary))
    for more, tag in (((), "2"), ((deny("lambda:*", Condition=here),), "1")):
        with pytest.raises(AccessError):
            check(desk.restricted(*statements, *more, tags=(("team", tag),), boundary=boundary))


def test_what_a_simulation_does_not_know(desk: Account) -> None:
    """Where a policy asks for more than it was told, its answer does not count."""
    elsewhere = {"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}}
    check(desk.restricted(ALL, deny("lambda:*", Condition=elsewhere)))


@pytest.mark.parametrize("caller", [USER, SESSION])
def test_a_simulation_that_is_refused(desk: Account, caller: str) -> None:
    """It is noted once, and keeps nobody from going on."""
    cloud = desk.restricted(ALL, deny("iam:Simulate*", "lambda:*"), caller=caller)
    check(cloud)
    assert list(cloud.notes) == [
        "could not look at what AWS would refuse: not allowed to iam:SimulatePrincipalPolicy"
    ]


def test_root(desk: Account) -> None:
    """Of the root user nothing is simulated; nor is it where nothing is to be made."""
    check(desk.restricted(ALL, caller="arn:aws:iam::000000000000:root"))
    check_allowed(desk.restricted(deny("*")), ())
    assert {call.operation for call in desk.plane.calls} == {"GetCallerIdentity"}
