"""The policy that a drill makes: there once, however often it is made, and gone."""

from tests.unit.lab.conftest import make
from wschat.lab.attributes.answers import document
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.roles import Role
from wschat.learn.drills import denial
from wschat.learn.drills.drill import Denial
from wschat.learn.drills.states import policy_arn

DENIAL = Denial("ConnectRole", "dynamodb:GetItem", "client-records")


def test_made_and_removed(cloud: Cloud) -> None:
    """It denies that action on that table of that role; a second time changes nothing, either way."""
    make(cloud, Role)
    arn, role = policy_arn(cloud.lab), cloud.lab.name("ConnectRole")
    for _ in range(2):
        denial.make(cloud, DENIAL)
        (attached,) = cloud.iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
        assert attached["PolicyArn"] == arn
    version = cloud.iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]
    (statement,) = document(version["Document"])["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Deny", DENIAL.action)
    assert statement["Resource"].endswith(cloud.lab.name("client-records"))
    for _ in range(2):
        denial.remove(cloud, DENIAL)
        assert cloud.find(cloud.iam.get_policy, PolicyArn=arn) is None
