"""AWS's own policies of API Gateway are there, for every role."""

from typing import Any

import boto3
import pytest

from wschat.lab.aws.cloud import Cloud
from wschat.local.access.managed_policies import ALLOWED


@pytest.mark.parametrize("name", ALLOWED)
def test_policies(clients: Cloud, root: boto3.Session, name: str) -> None:
    """Each allows what it does on AWS, where that is asked, and nothing else."""
    iam = root.client("iam", endpoint_url=clients.lab.endpoint)
    policy: Any = iam.get_policy_version(PolicyArn=f"arn:aws:iam::aws:policy/{name}", VersionId="v1")
    (statement,) = policy["PolicyVersion"]["Document"]["Statement"]
    assert [statement[part] for part in ("Effect", "Action", "Resource")] == ["Allow", *ALLOWED[name]]
