"""What provision ends with, against a lab in the emulator."""

import json
import time

from tests.labs import provision
from wschat.chat.probe import verify
from wschat.lab.cloud import Cloud


def test_a_real_lab(cloud: Cloud) -> None:
    """A lab that was just provisioned works, after a policy that takes effect late; nothing is left in it."""
    url = provision(cloud)
    role = f"{cloud.lab.prefix}RegisterUserRole"
    policy = cloud.iam.get_role_policy(RoleName=role, PolicyName="access")["PolicyDocument"]
    cloud.iam.delete_role_policy(RoleName=role, PolicyName="access")
    told = []

    def sleep_until_it_took_effect(_seconds: float) -> None:
        cloud.iam.put_role_policy(RoleName=role, PolicyName="access", PolicyDocument=json.dumps(policy))

    def note(reason: str, _seconds: float) -> None:
        told.append(reason)

    verify(url, None, sleep=sleep_until_it_took_effect, on_wait=note)
    assert len(told) == 1
    assert "Internal server error" in told[0]
    table = f"{cloud.lab.prefix}client-records"
    deadline = time.monotonic() + 10
    while cloud.dynamodb.scan(TableName=table)["Count"]:
        assert time.monotonic() < deadline, "the name that was registered stays"
        time.sleep(0.05)
