"""AWS's own policies of API Gateway, which many samples give their roles, and MiniStack does not know."""

import json

from ministack.services import iam

ALLOWED = {
    "AmazonAPIGatewayAdministrator": (["apigateway:*"], "arn:aws:apigateway:*::/*"),
    "AmazonAPIGatewayInvokeFullAccess": (
        ["execute-api:Invoke", "execute-api:ManageConnections"],
        "arn:aws:execute-api:*:*:*",
    ),
}
"""What each allows, on what: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html"""


def add_managed_policies() -> None:
    """Let roles have these policies from now on."""
    for name, (actions, resource) in ALLOWED.items():
        statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        record = iam._make_aws_managed_record(name, document)  # noqa: SLF001  it has no public seam there
        iam._aws_managed_policies[record["Arn"]] = record  # noqa: SLF001
