"""The API, its deployments and its stages; the labs that there may be by its name."""

from dataclasses import replace
from typing import Any

import pytest

from tests.studies.account import Account
from tests.support.plane.embedded import Embedded
from tests.support.plane.faults import Fault
from tests.support.plane.rates import Times
from tests.support.plane.wire import Call
from tests.unit.lab.conftest import read, routed
from wschat.errors import AwsError
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.websocket_api import API_NAME, Api, Deployment
from wschat.lab.executor import carry_out
from wschat.lab.inventory import Snapshot
from wschat.lab.model.lab import TAG
from wschat.lab.plan import Step, Verb

DEPLOYMENT = Deployment(name="routes")


def test_names_for_all_labs(empty: Cloud) -> None:
    """An API counts under its name and under what it should be called by its tag in this region."""
    tags = {"renamed": "us-east-1/a-", "mine": "us-east-1/", "b-theirs": "eu-central-1/c-", "strange": ""}
    for name, tag in tags.items():
        empty.api.create_api(
            Name=name, ProtocolType="WEBSOCKET", RouteSelectionExpression="$x", Tags={TAG: tag}
        )
    assert set(Api.names(empty)) == {*tags, f"a-{API_NAME}", API_NAME}


@pytest.fixture
def slow(embedded: Embedded) -> Account:
    """An account in which a deployment takes 30 s."""
    return Account(embedded, times=Times(deployment_pending=30))


@pytest.mark.parametrize("fault", [None, Fault.RESET_AFTER], ids=["answered", "answer lost"])
def test_a_deployment_takes_its_time(slow: Account, fault: Fault | None) -> None:
    """It is waited for until it is DEPLOYED, which its reason says, also where the answer got lost."""
    told = set[str]()
    cloud = replace(routed(slow), on_wait=lambda why, _: told.add(why))
    faults = [fault]

    def once(call: Call) -> Fault | None:
        return faults.pop() if faults and call.operation == "CreateDeployment" else None

    slow.plane.fault = once
    start = slow.clock.now()
    carry_out(Step(Verb.CREATE, DEPLOYMENT), cloud, Snapshot())
    assert 30 <= slow.clock.now() - start < 35
    assert "AWS still deploys it" in told
    assert read(cloud, DEPLOYMENT) == DEPLOYMENT


def fail(cloud: Cloud, **more: str) -> None:
    """Let each deployment have failed."""

    def change(parsed: dict[str, Any], **_: object) -> None:
        for each in parsed.get("Items", [parsed]):
            each.update(DeploymentStatus="FAILED", **more)

    for operation in ("CreateDeployment", "GetDeployments"):
        cloud.api.meta.events.register(f"after-call.apigatewayv2.{operation}", change)


@pytest.mark.parametrize(
    ("told", "says"),
    [({"DeploymentStatusMessage": "no such target"}, "no such target"), ({}, "it does not say why")],
)
def test_a_deployment_that_fails(embedded: Embedded, told: dict[str, str], says: str) -> None:
    """AWS's reason is the error's, and what it left is not taken for what should be there."""
    cloud = routed(Account(embedded))
    fail(cloud, **told)
    with pytest.raises(AwsError, match=f"could not deploy the routes: {says}") as failed:
        DEPLOYMENT.create(cloud)
    assert "run the same command again" in failed.value.hint
    cloud.clock.sleep(5)
    (left,) = Deployment.read(cloud, cloud.api_id)
    assert left.resource == Deployment(name=left.id)
