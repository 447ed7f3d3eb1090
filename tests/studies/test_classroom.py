"""A class in small: a student with the policy of all, and a teacher who looks at them."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from tests.studies.account import AS_LISTED, Account
from tests.studies.classroom import MINUTE, look
from tests.studies.drift.house import NEVER_REFUSES
from tests.studies.privileges.climbs import ADMIN_POLICY, BOUNDARY
from tests.support.labs import lab_of, provision
from tests.support.plane.conftest import TRUST
from tests.support.plane.embedded import Embedded
from tests.support.plane.permissions import ACCOUNT
from wschat.errors import AccessError
from wschat.lab import inventory
from wschat.lab.aws.cloud import AWS_PACING, Cloud
from wschat.lab.aws.roles import Role
from wschat.lab.chosen.choices import Choices
from wschat.lab.permissions.user_policy import BOUNDED_PATH, prefix_of_each, user_policy

LABS = 30
OWN = "anna-ConnectRole"
EVERYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)
SLOW = replace(
    AS_LISTED,
    gateway_rate=AS_LISTED.gateway_rate / LABS,
    gateway_burst=1,
    lambda_rate=AS_LISTED.lambda_rate / LABS,
    get_function_rate=AS_LISTED.get_function_rate / LABS,
)
"""An account in which one lab takes as long to look at as thirty do at AWS's rates."""


BOUNDED = Choices(boundary=BOUNDARY, path=BOUNDED_PATH)


@pytest.fixture(scope="module")
def school(embedded: Embedded) -> Account:
    """An account in which Anna has made her lab, with the policy of the class, under its boundary.

    It has an administrator's role, and one without a boundary below the path, as it should not.
    """
    school = Account(embedded, times=NEVER_REFUSES)
    root = school.lab()
    for name, path in (("Administrator", "/"), ("anna-OldRole", BOUNDED_PATH)):
        root.iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=TRUST)
    everybody = replace(root.lab, prefix=prefix_of_each(), choices=BOUNDED)
    school.plane.restrict("test", user_policy(everybody), "anna")
    provision(lab_of(school.lab("anna-"), choices=BOUNDED))
    return school


def test_a_student(school: Account) -> None:
    """With the policy of all, Anna has made hers, and may not even look at another's."""
    roles = [
        each for each in inventory.look(school.lab("anna-")).resources.values() if isinstance(each, Role)
    ]
    assert {(each.boundary, each.path) for each in roles} == {(BOUNDARY, BOUNDED_PATH)}
    with pytest.raises(AccessError, match="is not authorized to perform: dynamodb:DescribeTable"):
        inventory.look(school.lab("bob-"))


CLIMBS: dict[str, Callable[[Cloud], object]] = {
    "iam:CreateRole": lambda anna: anna.iam.create_role(
        RoleName="anna-NewRole", Path=BOUNDED_PATH, AssumeRolePolicyDocument=TRUST
    ),
    "iam:PutRolePolicy": lambda anna: anna.iam.put_role_policy(
        RoleName="anna-OldRole", PolicyName="all", PolicyDocument=EVERYTHING
    ),
    "iam:DeleteRolePermissionsBoundary": lambda anna: anna.iam.delete_role_permissions_boundary(RoleName=OWN),
    "iam:PutRolePermissionsBoundary": lambda anna: anna.iam.put_role_permissions_boundary(
        RoleName=OWN, PermissionsBoundary=ADMIN_POLICY
    ),
    "iam:CreatePolicyVersion": lambda anna: anna.iam.create_policy_version(
        PolicyArn=BOUNDARY, PolicyDocument=EVERYTHING, SetAsDefault=True
    ),
    "iam:AttachRolePolicy": lambda anna: anna.iam.attach_role_policy(RoleName=OWN, PolicyArn=ADMIN_POLICY),
    "iam:PassRole": lambda anna: anna.functions.update_function_configuration(
        FunctionName="anna-Connect", Role=f"arn:aws:iam::{ACCOUNT}:role/Administrator"
    ),
    "lambda:UpdateFunctionCode": lambda anna: anna.functions.update_function_code(
        FunctionName="anna-payroll", ZipFile=b""
    ),
    "iam:UpdateAssumeRolePolicy": lambda anna: anna.iam.update_assume_role_policy(
        RoleName="Administrator", PolicyDocument=TRUST
    ),
}


@pytest.mark.parametrize("action", CLIMBS)
def test_no_call_leads_up(school: Account, action: str) -> None:
    """Each call by which Anna could become an administrator is refused, in AWS's words."""
    with pytest.raises(ClientError, match=f"user/anna is not authorized to perform: {action} on resource: "):
        CLIMBS[action](school.lab("anna-"))


@pytest.mark.usefixtures("school")
def test_thirty_labs_in_a_minute(embedded: Embedded) -> None:
    """`status --all` looks at thirty in less, by the calls a second that it, and AWS, allow."""
    pacing = replace(AWS_PACING, api_calls_a_second=AWS_PACING.api_calls_a_second / LABS)
    seconds, whole = look(Account(embedded, times=SLOW).lab("teacher-", pacing))
    assert (seconds < MINUTE, whole) == (True, 1), seconds
