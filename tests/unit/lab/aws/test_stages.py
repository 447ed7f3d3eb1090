"""The stages: their throttles, and how old they are."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from tests.studies.account import Account
from tests.support.plane.embedded import Embedded
from tests.unit.lab.conftest import read, routed
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.routes import Route
from wschat.lab.aws.stages import Stage, route_settings, updated_ago
from wschat.lab.aws.websocket_api import Deployment
from wschat.lab.executor import carry_out
from wschat.lab.inventory import Snapshot
from wschat.lab.model.actual import Actual
from wschat.lab.plan import Step, Verb, steps_to

DEPLOYMENT = Deployment(name="routes")
STAGE = Stage(name="dev", deployment="routes")


@pytest.fixture
def staged(embedded: Embedded) -> Cloud:
    """A lab with a stage."""
    cloud = routed(Account(embedded))
    DEPLOYMENT.create(cloud)
    STAGE.create(cloud)
    return cloud


LOW = {"ThrottlingBurstLimit": 2, "ThrottlingRateLimit": 0.5}


def throttled(rate: float, **routes: dict[str, float]) -> Stage:
    return replace(STAGE, rate=rate, burst=9, route_settings=route_settings(routes))


def updates(cloud: Cloud, found: Stage, wanted: Stage) -> list[str]:
    """Bring a stage from one state to another; return the calls that change it."""
    calls = list[str]()
    cloud.api.meta.events.register("before-call", lambda model, **_: calls.append(model.name))
    cloud.ids[STAGE.key] = "dev"
    carry_out(Step(Verb.UPDATE, wanted, found), cloud, Snapshot())
    cloud.api.meta.events.unregister("before-call")
    cloud.clock.sleep(5)
    assert read(cloud, wanted) == wanted
    return [each for each in calls if not each.startswith("Get")]


def test_a_throttle(staged: Cloud) -> None:
    """It comes and changes in place; only with the stage it goes, and so do the settings of a route."""
    states = (
        STAGE,
        throttled(5),
        throttled(5, join=LOW),
        throttled(6, join={**LOW, "ThrottlingRateLimit": 3.0}),
        throttled(6),
        STAGE,
    )
    anew, in_place = ["DeleteStage", "CreateStage"], ["UpdateStage"]
    took = [updates(staged, found, wanted) for found, wanted in pairwise(states)]
    assert took == [in_place, in_place, in_place, anew, anew]


def test_a_throttle_of_a_route_that_is_not_there(staged: Cloud) -> None:
    """AWS refuses that; so a stage comes after the routes, whatever else is to be done."""
    with pytest.raises(staged.api.exceptions.NotFoundException, match="Unable to find Route by key create"):
        staged.api.update_stage(ApiId=staged.api_id, StageName="dev", RouteSettings={"create": {}})
    wanted = [throttled(5, join=LOW), Route(name="join", integration="x", two_way=False)]
    steps = steps_to(wanted, Actual(resources={STAGE.key: STAGE}))
    assert list(map(str, steps)) == ["create route join", "update stage dev"]


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
