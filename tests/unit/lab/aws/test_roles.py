"""Roles that are not the lab's, and what somebody attached to those that are."""

from tests.unit.lab.conftest import read
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.roles import Policy, Role
from wschat.lab.blueprint import TRUST
from wschat.lab.model import canonical

ROLE = Role(name="ConnectRole", trust=canonical(TRUST))
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
