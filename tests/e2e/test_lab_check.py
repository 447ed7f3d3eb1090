"""What provision ends with, against a lab in the emulator."""

import asyncio
import json

import pytest

from tests.support.labs import lab_of, provision
from tests.support.until import until
from wschat.chat.network.lab_check import Timeouts, check
from wschat.chat.network.serving import check_until_served
from wschat.errors import AnswerError
from wschat.lab.aws.cloud import Cloud
from wschat.retry import Failure

LATE = (("SendMessage",), ("LeaveRoom", "Disconnect"))
"""Functions whose policies take effect late, one try after the other; of the last nothing cleans up."""


@pytest.fixture(scope="module")
def cloud(clients: Cloud) -> Cloud:
    """A lab that each test provisions, the first one from nothing."""
    return lab_of(clients, prefix="check-")


def test_a_real_lab(cloud: Cloud) -> None:
    """A lab that was just provisioned works when its policies have taken effect.

    It is left as it was: without the names and the rooms that were made, also by tries that failed.
    """
    url = provision(cloud)
    late, told = [], list[str]()
    for names in LATE:
        roles = [cloud.lab.name(f"{name}Role") for name in names]
        late.append({role: take_away(cloud, role) for role in roles})

    def sleep_until_more_took_effect(_seconds: float) -> None:
        for role, policy in late.pop(0).items():
            cloud.iam.put_role_policy(RoleName=role, PolicyName="access", PolicyDocument=policy)

    def note(reason: str, _seconds: float) -> None:
        told.append(reason)

    check_until_served(url, None, sleep=sleep_until_more_took_effect, on_wait=note)
    assert len(told) == len(LATE)
    assert all("Internal server error" in reason for reason in told)
    nothing = [{"ID": {"S": "#rooms"}, "rooms": {"M": {}}}]
    until(lambda: everything(cloud) == nothing, lambda: everything(cloud))


def test_without_disconnect(cloud: Cloud) -> None:
    """A Disconnect function whose policy is gone is found out: the name of who has gone stays taken."""
    url = provision(cloud)
    take_away(cloud, cloud.lab.name("DisconnectRole"))
    with pytest.raises(AnswerError, match="still taken") as caught:
        asyncio.run(check(url, timeouts=Timeouts(post=2)))
    assert (caught.value.where, caught.value.failure) == ("disconnect", Failure.NOT_SERVED)
    assert "what Disconnect raised" in caught.value.hint


def take_away(cloud: Cloud, role: str) -> str:
    """Delete a role's policy; return it."""
    policy = cloud.iam.get_role_policy(RoleName=role, PolicyName="access")["PolicyDocument"]
    cloud.iam.delete_role_policy(RoleName=role, PolicyName="access")
    return json.dumps(policy)


def everything(cloud: Cloud) -> list[dict[str, object]]:
    """Return all items of both tables."""
    tables = [cloud.lab.name(table) for table in ("client-records", "room-messages-users")]
    return [item for table in tables for item in cloud.dynamodb.scan(TableName=table)["Items"]]  # type: ignore[misc]
