"""Changes by hand: each is seen, named, and healed by the smallest change."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from tests.studies.drift.cases import CASES, FIXED, MISSING, TOO_MUCH
from tests.studies.drift.hand import Case
from tests.studies.drift.house import AN_HOUR, House
from tests.support.labs import lab_of, plan
from tests.support.plane.embedded import Embedded
from tests.support.plane.faults import Fault
from tests.support.plane.mocks import answer
from tests.support.plane.wire import Call
from wschat.errors import AccessError, AwsError
from wschat.lab import engine, inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.functions import ROLE_DELETED
from wschat.lab.aws.routes import MOCK_KEY
from wschat.lab.blueprint import MOCKS, STAGE
from wschat.lab.model.actual import Actual
from wschat.lab.plan import Verb

VERBS = {MISSING: Verb.CREATE, TOO_MUCH: Verb.DELETE}


@pytest.fixture(scope="module")
def house(embedded: Embedded) -> House:
    return House(embedded, "drift-")


SAMPLE = CASES[::3]
"""What the suite tries of them; `python -m tests.studies.drift` tries all."""


@pytest.mark.parametrize("case", SAMPLE, ids=lambda case: f"{case.resource}, {case.attribute}")
def test_changed_by_hand(house: House, case: Case) -> None:
    """Each change is seen as what it is, and healed by no call more than it takes."""
    seen, found, calls = house.heal(case)
    assert seen.verb is VERBS.get(case.attribute, Verb.UPDATE)
    if seen.verb is Verb.UPDATE:
        assert seen.differences[case.attribute][1] == found
        assert case.attribute == "type" or seen.differences.keys() == {case.attribute}
    assert tuple(calls) == case.heals


def test_routes_that_changed(house: House) -> None:
    """Routes of another kind, here signed ones, get a new deployment, and the stage is moved to it."""
    signed = lab_of(house.cloud, authorization="AWS_IAM")
    assert house.healed(signed) == [
        "UpdateApi(Description)",
        "UpdateRoute(AuthorizationType)",
        "CreateDeployment",
        "UpdateStage(DeploymentId)",
        "DeleteDeployment",
    ]


def answers(cloud: Cloud) -> dict[str, str | None]:
    cloud.clock.sleep(5)
    lab = replace(cloud, ids=dict(inventory.look(cloud).ids))
    return {key: answer(lab, key) for key, _ in MOCKS.values()}


def test_what_the_api_answers_by_itself(house: House) -> None:
    """By AWS's rules a ping gets its pong, and what nobody knows the error; not without the template."""
    wanted = {key: event.encode() for key, event in MOCKS.values()}
    assert answers(house.cloud) == wanted
    house.change(next(case for case in CASES if case.found == (MOCK_KEY, "")))
    assert [*answers(house.cloud).values()].count(None) == 1
    house.healed(house.cloud)
    assert answers(house.cloud) == wanted


def test_a_lab_of_before(house: House) -> None:
    """One whose templates stand under `$default` is moved to ours by one run and one deployment."""
    cloud, ids = house.cloud, inventory.look(house.cloud).ids
    api = ids["API", cloud.lab.name("chatroom-websocket")]
    (old,) = (ids[key] for key in ids if key[0] == "deployment")
    selects = "\\$default"
    for name, (_, event) in MOCKS.items():
        of: Any = {"ApiId": api, "IntegrationId": ids["integration", name]}
        (response,) = cloud.api.get_integration_responses(**of)["Items"]
        request, text = {"$default": '{"statusCode":200}'}, {"$default": event.encode()}
        cloud.api.update_integration(**of, RequestTemplates=request, TemplateSelectionExpression=selects)
        which = response["IntegrationResponseId"]
        cloud.api.update_integration_response(
            **of, IntegrationResponseId=which, ResponseTemplates=text, TemplateSelectionExpression=selects
        )
    made = cloud.api.create_deployment(ApiId=api, Description="before")["DeploymentId"]
    cloud.api.update_stage(ApiId=api, StageName=STAGE, DeploymentId=made)
    cloud.api.delete_deployment(ApiId=api, DeploymentId=old)
    cloud.clock.sleep(AN_HOUR)
    assert Counter(house.healed(cloud)) == {
        "UpdateIntegration(RequestTemplates, TemplateSelectionExpression)": 2,
        "UpdateIntegrationResponse(ResponseTemplates, TemplateSelectionExpression)": 2,
        "CreateDeployment": 1,
        "UpdateStage(DeploymentId)": 1,
        "DeleteDeployment": 1,
    }
    assert plan(cloud) == ()


def test_the_api_is_gone(house: House) -> None:
    """A new API gets all its parts, and what names the old one's id is told the new one: no more."""
    cloud = house.cloud
    cloud.api.delete_api(ApiId=inventory.look(cloud).ids["API", cloud.lab.name("chatroom-websocket")])
    cloud.clock.sleep(5)
    assert Counter(house.healed(cloud)) == {
        "CreateApi": 1,
        "CreateIntegration": 9,
        "CreateIntegrationResponse": 2,
        "CreateRoute": 13,
        "CreateRouteResponse": 11,
        "CreateDeployment": 1,
        "CreateStage": 1,
        "PutRolePolicy": 5,
        "RemovePermission": 11,
        "AddPermission": 11,
    }


def test_stopped_between_two_roles(house: House) -> None:
    """A run that ends while a function has another role for a moment is healed by the next one."""
    house.change(next(case for case in CASES if str(case.found).endswith(ROLE_DELETED)))
    heals: list[Call] = []

    def not_the_second(call: Call) -> Fault | None:
        heals.extend([call] * (call.operation == "UpdateFunctionConfiguration"))
        return Fault.DENIED if call.write and len(heals) == 2 else None

    house.plane.fault = not_the_second
    with pytest.raises(AccessError):
        house.healed(house.cloud)
    house.plane.fault = lambda _: None
    house.cloud.clock.sleep(5)
    assert "UpdateFunctionConfiguration(Role)" in house.healed(house.cloud)
    assert house.plane.locked_out() == []
    assert plan(house.cloud) == ()


def test_time_to_live_on_another_attribute(house: House) -> None:
    """AWS takes one change of it an hour, and this takes two: the error says so, and a later run ends it."""
    cloud, (which, *_) = house.cloud, engine.desired(house.cloud.lab, Actual())
    change = cloud.dynamodb.update_time_to_live
    for attribute, enabled in (("expires", False), ("theirs", True)):
        cloud.clock.sleep(AN_HOUR)
        change(TableName=which.name, TimeToLiveSpecification={"Enabled": enabled, "AttributeName": attribute})
    cloud.clock.sleep(AN_HOUR)
    with pytest.raises(AwsError, match="one change of a table's time to live an hour") as refused:
        house.healed(cloud)
    assert "in an hour" in refused.value.hint
    cloud.clock.sleep(AN_HOUR)
    assert house.healed(cloud) == ["UpdateTimeToLive(TimeToLiveSpecification)"]


@pytest.mark.parametrize("case", FIXED, ids=lambda case: case.resource)
def test_what_cannot_be_changed(house: House, case: Case) -> None:
    """A key of another name or type, an API of another protocol: named with what to do, and not touched."""
    step, error = house.elsewhere(case, f"fixed{FIXED.index(case)}-")
    assert step.fixed == {case.attribute: (getattr(step.resource, case.attribute), case.found)}
    assert error.where.startswith(f"{step.resource.kind} {step.resource.name}")
    assert f"{case.attribute} is {case.found!r}" in error.what
    assert "delete it" in error.hint
