"""Two runs at once on one lab, by two people, and creates whose answers are lost: nothing is there twice.

`python -m tests.studies.drift at-once` tries more, each day with other reads that lag.
"""

from collections import Counter
from typing import Any

import pytest

from tests.studies.drift.house import Pair, down
from tests.support.labs import drain, provision
from tests.support.plane.embedded import Embedded
from tests.support.plane.faults import Fault
from tests.support.plane.wire import Call
from wschat.errors import WschatError
from wschat.lab import engine
from wschat.lab.aws.tables import Table
from wschat.lab.aws.websocket_api import Api, ApiPart
from wschat.lab.executor import execute
from wschat.lab.model.actual import Actual


@pytest.fixture
def two(embedded: Embedded) -> Pair:
    embedded.empty()
    return Pair(embedded, "two-")


def test_two_provisions(two: Pair) -> None:
    """Both end in one lab: with one API, nothing twice, and the same URL."""
    two.begin(25)
    first, second = two.run(provision, provision, 1.0)
    assert first == second
    assert first.startswith("ws://")
    assert two.wrong() == []


def test_provision_and_teardown(two: Pair) -> None:
    """Provision ends or says what it found gone; then teardown leaves nothing."""
    first, second = two.run(provision, down, 5.0)
    assert isinstance(first, str | WschatError)
    assert second is None
    two.clock.sleep(5)
    down(two.first)


def test_an_api_that_is_only_listed(two: Pair) -> None:
    """A list that still shows an API that was just torn down does not make provision keep that one."""
    cloud, events = two.first, two.first.api.meta.events
    plan = [step for step in engine.plan_up(cloud, Actual()) if isinstance(step.resource, Api)]
    drain(execute(cloud, plan, Actual()))
    cloud.clock.sleep(5)
    (gone,) = cloud.api.get_apis()["Items"]
    cloud.api.delete_api(ApiId=gone["ApiId"])

    def still_listed(parsed: dict[str, Any], **_: object) -> None:
        parsed["Items"].append(gone)

    cloud.clock.sleep(5)
    events.register("after-call.apigatewayv2.GetApis", still_listed)
    drain(execute(cloud, plan, Actual()))
    events.unregister("after-call.apigatewayv2.GetApis", still_listed)
    cloud.clock.sleep(5)
    (kept,) = cloud.api.get_apis()["Items"]
    assert kept["ApiId"] != gone["ApiId"]


def test_lost_answers(two: Pair) -> None:
    """What was made though its answer never came is found, not made again."""
    lost = {"CreateApi": 1, "CreateIntegration": 9, "CreateDeployment": 1, "CreateTable": 2, "CreateStage": 1}
    never_answered = set(lost)

    def no_answer(call: Call) -> Fault | None:
        if call.operation in never_answered:
            never_answered.remove(call.operation)
            return Fault.RESET_AFTER
        return None

    for number in range(30):  # others' APIs, whose pages make each look last longer than reads lag
        two.first.api.create_api(
            Name=f"other-{number}", ProtocolType="WEBSOCKET", RouteSelectionExpression="$request.body.action"
        )
    two.plane.calls.clear()
    two.plane.fault = no_answer
    plan = engine.plan_up(two.first, Actual())
    unnamed = [step for step in plan if isinstance(step.resource, Api | ApiPart | Table)]
    drain(execute(two.first, unnamed, Actual()))
    made = Counter(call.operation for call in two.plane.calls)
    assert {name: made[name] for name in lost} == lost
    assert never_answered == set()
