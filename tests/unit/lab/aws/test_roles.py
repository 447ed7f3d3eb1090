"""Roles that are not the lab's, and what somebody attached to those that are."""

from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from tests.studies.account import Account
from tests.unit.lab.conftest import read
from wschat.errors import AccessError
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.roles import Policy, Role
from wschat.lab.aws.texts.refusals import LAB_ROLE, NO_ROLES
from wschat.lab.blueprint import TRUST
from wschat.lab.model.resource import canonical

ROLE = Role(name="ConnectRole", trust=canonical(TRUST))
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ALLOWED = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}
DOCUMENT = canonical({"Version": "2012-10-17", "Statement": [ALLOWED]})


def test_policies_of_unmanaged_roles(empty: Cloud) -> None:
    """The policy of a role that is not the lab's is not read as the lab's."""
    empty.iam.create_role(RoleName=ROLE.name, AssumeRolePolicyDocument=ROLE.trust)
    policy = Policy(name=ROLE.name, document=DOCUMENT)
    policy.create(empty)
    assert read(empty, policy) is None


def test_what_is_attached(empty: Cloud) -> None:
    """A role in an instance profile, with policies that somebody added, is deleted all the same."""
    ROLE.create(empty)
    iam, name = empty.iam, ROLE.name
    iam.put_role_policy(RoleName=name, PolicyName="more", PolicyDocument=DOCUMENT)
    made = iam.create_policy(PolicyName="managed", PolicyDocument=DOCUMENT)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=name, PolicyArn=made)
    iam.create_instance_profile(InstanceProfileName=name)
    iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    ROLE.delete(empty)
    assert read(empty, ROLE) is None


def test_what_is_attached_and_not_seen(desk: Account) -> None:
    """What keeps a role from being deleted and can't be seen is told, and not waited for as IAM's lag is."""
    mine = desk.restricted({"Effect": "Allow", "NotAction": "iam:ListAttachedRolePolicies", "Resource": "*"})
    ROLE.create(mine)
    mine.iam.attach_role_policy(RoleName=ROLE.name, PolicyArn=READ_ONLY)
    desk.clock.sleep(60)
    start = desk.clock.now()
    with pytest.raises(ClientError, match="iam:ListAttachedRolePolicies"):
        ROLE.delete(mine)
    assert desk.clock.now() - start < 5


def test_a_boundary_that_is_chosen(empty: Cloud) -> None:
    """It is set again where somebody took it away, with the rest; a path can't be changed."""
    bounded = replace(ROLE, boundary=READ_ONLY, path="/labs/")
    bounded.create(empty)
    assert read(empty, bounded) == bounded
    empty.iam.delete_role_permissions_boundary(RoleName=ROLE.name)
    found = read(empty, bounded)
    assert isinstance(found, Role)
    assert bounded.differences(found) == {"boundary": (READ_ONLY, None)}
    assert (bounded.told, "path" in bounded.fixed) == ({}, True)
    bounded.update(found, empty)
    assert read(empty, bounded) == bounded


def test_no_roles_for_anybody(desk: Account) -> None:
    """Who may make none is told of the role that the account has for everything, where it is there."""
    mine = desk.restricted({"Effect": "Allow", "NotAction": "iam:CreateRole", "Resource": "*"})
    with pytest.raises(AccessError):
        ROLE.create(mine)
    iam = desk.plane.session().client("iam", endpoint_url=desk.url)
    iam.create_role(RoleName=LAB_ROLE, AssumeRolePolicyDocument=ROLE.trust)
    desk.clock.sleep(10)
    with pytest.raises(AccessError) as error:
        ROLE.create(mine)
    assert error.value.hint == NO_ROLES.format(LAB_ROLE)
    assert error.value.what.startswith("User: arn:aws:")
    assert mine.notes == {}
