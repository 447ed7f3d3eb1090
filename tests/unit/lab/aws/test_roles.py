"""Roles and their policies: created, changed, read and deleted, whatever somebody attached."""

from dataclasses import replace

from tests.unit.lab.conftest import live, make, read
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.roles import Policy, Role
from wschat.lab.aws.websocket_api import Api
from wschat.lab.blueprint import TRUST
from wschat.lab.model import API, Task, canonical

ROLE = Role(name="ConnectRole", trust=canonical(TRUST))
ALLOWED = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}
DOCUMENT = canonical({"Version": "2012-10-17", "Statement": [ALLOWED]})
OTHER_TRUST = ROLE.trust.replace("lambda", "ec2")


def test_life(empty: Cloud) -> None:
    """Who may assume it is changed in place."""
    live(empty, ROLE, replace(ROLE, trust=OTHER_TRUST))
    ROLE.create(empty)
    assert list(Role.names(empty)) == [ROLE.name]


def test_life_of_a_policy(empty: Cloud) -> None:
    """The API's id stands in it in AWS, and its placeholder here; it is locked and read with its role."""
    make(empty, Api)
    ROLE.create(empty)
    statement = {"Effect": "Allow", "Action": "execute-api:ManageConnections", "Resource": f"arn:{API}/*"}
    document = canonical({"Version": "2012-10-17", "Statement": [statement]})
    policy = Policy(name=ROLE.name, document=document)
    policy.create(empty)
    written = empty.iam.get_role_policy(RoleName=ROLE.name, PolicyName="access")["PolicyDocument"]
    assert empty.api_id in canonical(written)
    plain = replace(policy, document=DOCUMENT)
    plain.update(policy, empty)
    assert read(empty, plain) == plain
    assert (policy.task, plain.task) == (Task.API, Task.FUNCTIONS)
    assert policy.lock_key == policy.read_key == ROLE.lock_key
    plain.delete(empty)
    assert read(empty, plain) is None


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
