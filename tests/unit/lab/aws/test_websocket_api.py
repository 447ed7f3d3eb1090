"""The API, its deployments and its stages; the labs that there may be by its name."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
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
STAGE = Stage(name="dev", deployment="routes")


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


@pytest.fixture
def staged(embedded: Embedded) -> Cloud:
    """A lab with a stage."""
    cloud = lab(Account(embedded))
    DEPLOYMENT.create(cloud)
    STAGE.create(cloud)
    return cloud


def test_how_old_a_stage_is(staged: Cloud) -> None:
    """A new stage has no age; one that was updated, or made long after its API, has, whoever did that."""
    sleep = staged.clock.sleep
    sleep(60)
    assert updated_ago(staged, "dev") is None
    staged.api.update_stage(ApiId=staged.api_id, StageName="dev", Description="theirs")
    sleep(60)
    assert updated_ago(staged, "dev") == pytest.approx(60, abs=2)
    STAGE.delete(replace(staged, ids={**staged.ids, STAGE.key: "dev"}))
    sleep(900)
    STAGE.create(staged)
    assert updated_ago(staged, "dev") == pytest.approx(0, abs=2)


def tell(cloud: Cloud, *answers: Mapping[str, object]) -> None:
    """Let the next looks at a stage be answered with something else."""
    left = list(answers)

    def change(parsed: dict[str, Any], **_: object) -> None:
        parsed.update(left.pop(0) if left else {})

    cloud.api.meta.events.register("after-call.apigatewayv2.GetStage", change)


def test_a_stage_that_is_shown_late(staged: Cloud) -> None:
    """While AWS shows the stage with the deployment that it served before, its dates are of before, too."""
    staged.clock.sleep(10)
    staged.api.update_stage(ApiId=staged.api_id, StageName="dev", Description="theirs")
    staged.clock.sleep(60)
    now = datetime.now(UTC)
    before = {"DeploymentId": "before", "CreatedDate": now, "LastUpdatedDate": now}
    tell(staged, before, before)
    assert updated_ago(staged, "dev") == pytest.approx(60, abs=2)
    tell(staged, *[before] * 20)
    assert updated_ago(staged, "dev") == 0


def test_an_age_that_is_not_told(staged: Cloud) -> None:
    """What AWS tells in another form, or not at all, is taken for an update of just now."""
    headers = [{"ResponseMetadata": {"HTTPHeaders": each}} for each in ({}, {"date": "soon"})]
    dates = [{each: told} for each in ("CreatedDate", "LastUpdatedDate") for told in (None, "yesterday")]
    tell(staged, *headers, *dates)
    assert [updated_ago(staged, "dev") for _ in range(7)] == [0] * 6 + [None]
