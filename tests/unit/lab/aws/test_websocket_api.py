"""The API, its deployments and its stages; the labs that there may be by its name."""

from dataclasses import replace
from typing import Any

import pytest

from tests.studies.account import Account
from tests.support.plane.embedded import Embedded
from tests.support.plane.faults import Fault
from tests.support.plane.rates import Times
from tests.support.plane.wire import Call
from tests.unit.lab.conftest import read
from wschat.errors import AwsError
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.websocket_api import API_NAME, Api, Deployment, Stage, updated_ago
from wschat.lab.executor import carry_out
from wschat.lab.inventory import Snapshot
from wschat.lab.model import TAG
from wschat.lab.plan import Step, Verb

DEPLOYMENT = Deployment(name="routes")
STAGE = Stage(name="dev", deployment="routes", tag=None)


def test_names_for_all_labs(empty: Cloud) -> None:
    """An API counts under its name and under what it should be called by its tag in this region."""
    tags = {"renamed": "us-east-1/a-", "mine": "us-east-1/", "b-theirs": "eu-central-1/c-", "strange": ""}
    for name, tag in tags.items():
        empty.api.create_api(
            Name=name, ProtocolType="WEBSOCKET", RouteSelectionExpression="$x", Tags={TAG: tag}
        )
    assert set(Api.names(empty)) == {*tags, f"a-{API_NAME}", API_NAME}


def lab(account: Account) -> Cloud:
    """Make an API with a route, in a lab of its own."""
    cloud = account.lab()
    name = cloud.lab.name(API_NAME)
    Api(protocol="WEBSOCKET", name=name, title=name, selection="$x", description="").create(cloud)
    cloud.api.create_route(ApiId=cloud.api_id, RouteKey="join")
    return cloud


@pytest.fixture
def slow(embedded: Embedded) -> Account:
    """An account in which a deployment takes 30 s."""
    return Account(embedded, times=Times(deployment_pending=30))


@pytest.mark.parametrize("fault", [None, Fault.RESET_AFTER], ids=["answered", "answer lost"])
def test_a_deployment_takes_its_time(slow: Account, fault: Fault | None) -> None:
    """It is waited for until it is DEPLOYED, which its reason says, also where the answer got lost."""
    told = set[str]()
    cloud = replace(lab(slow), on_wait=lambda why, _: told.add(why))
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
    cloud = lab(Account(embedded))
    fail(cloud, **told)
    with pytest.raises(AwsError, match=f"could not deploy the routes: {says}") as failed:
        DEPLOYMENT.create(cloud)
    assert "run the same command again" in failed.value.hint
    cloud.clock.sleep(5)
    (left,) = Deployment.read(cloud, cloud.api_id)
    assert left.resource == Deployment(name=left.id)


def test_how_old_a_stage_is(embedded: Embedded) -> None:
    """A new stage has no age; one that was updated, or made long after its API, has, whoever did that."""
    account = Account(embedded)
    cloud, sleep = lab(account), account.clock.sleep
    DEPLOYMENT.create(cloud)
    STAGE.create(cloud)
    sleep(60)
    assert updated_ago(cloud, "dev") is None
    cloud.api.update_stage(ApiId=cloud.api_id, StageName="dev", Description="theirs")
    sleep(60)
    assert updated_ago(cloud, "dev") == pytest.approx(60, abs=2)
    STAGE.delete(replace(cloud, ids={**cloud.ids, STAGE.key: "dev"}))
    sleep(900)
    STAGE.create(cloud)
    assert updated_ago(cloud, "dev") == pytest.approx(0, abs=2)


def test_an_age_that_is_not_told(embedded: Embedded) -> None:
    """What AWS tells in another form, or not at all, is taken for an update of just now."""
    cloud, told = lab(Account(embedded)), dict[str, object]()
    STAGE.create(replace(cloud, ids={**cloud.ids, DEPLOYMENT.key: ""}))
    cloud.api.meta.events.register(
        "after-call.apigatewayv2.GetStage", lambda parsed, **_: parsed.update(told)
    )
    assert updated_ago(cloud, "dev") is None
    for headers in ({}, {"date": "soon"}):
        told["ResponseMetadata"] = {"HTTPHeaders": headers}
        assert updated_ago(cloud, "dev") == 0
    for field in ("CreatedDate", "LastUpdatedDate"):
        for value in (None, "yesterday"):
            told.clear()
            told[field] = value
            assert updated_ago(cloud, "dev") == 0
