"""The policy that a drill makes, which denies a role something: made, attached, detached and deleted."""

from wschat.lab.aws.cloud import Cloud, OutcomeUnknown
from wschat.lab.model.resource import canonical
from wschat.learn.drills.drill import Denial
from wschat.learn.drills.states import POLICY, policy_arn


def make(cloud: Cloud, denial: Denial) -> None:
    """Make the policy, unless it is there, and attach it."""
    lab, iam = cloud.lab, cloud.iam
    on = lab.arn("dynamodb", f"table/{lab.name(denial.table)}")
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": denial.action, "Resource": on}],
    }
    for _ in range(2):  # after an answer that was lost, it exists, or can be made
        try:
            name, text = lab.name(POLICY), canonical(document)
            cloud.create(iam.create_policy, PolicyName=name, PolicyDocument=text)
        except OutcomeUnknown as unknown:
            if not unknown.exists:
                continue
        break
    role = lab.name(denial.role)
    cloud.call(iam.attach_role_policy, RoleName=role, PolicyArn=policy_arn(lab))


def remove(cloud: Cloud, denial: Denial) -> None:
    """Detach the policy, and delete it; if there is none, do nothing."""
    iam, arn = cloud.iam, policy_arn(cloud.lab)
    cloud.find(iam.detach_role_policy, RoleName=cloud.lab.name(denial.role), PolicyArn=arn)
    cloud.find(iam.delete_policy, PolicyArn=arn)
