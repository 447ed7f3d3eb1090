"""Two runs at once on one lab, by two people, and creates whose answers are lost: nothing is there twice.

`python -m tests.studies.drift at-once` tries more, each day with other reads that lag.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from tests.studies.account import Account
from tests.support.labs import drain, plan, provision, tear_down
from tests.support.plane.backend import Backend
from tests.support.plane.embedded import Embedded
from tests.support.plane.faults import Fault
from tests.support.plane.rates import Times
from tests.support.plane.wire import Call
from wschat.errors import WschatError
from wschat.lab import engine
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.tables import Table
from wschat.lab.aws.websocket_api import Api, ApiPart
from wschat.lab.executor import execute
from wschat.lab.model import Actual

OFFSETS = (0.0, 0.1, 1.0, 5.0, 12.0)
"""Seconds by which the second run begins later."""
DONE = (0, 8, 25, 45)
"""Steps of the plan that were done before both began."""


class Pair(Account):
    """Two people with clients of their own, who want the same lab."""

    def __init__(self, ministack: Backend, prefix: str, seed: int = 0) -> None:
        super().__init__(ministack, seed, Times(role_assumable=4))
        self.first, self.second = self.lab(prefix), self.lab(prefix)

    def run(self, first: Callable[[Cloud], Any], second: Callable[[Cloud], Any], offset: float) -> list[Any]:
        """Let both work at once; return what each gets, or the error that stops it."""

        def later() -> object:
            self.clock.sleep(offset)
            return second(self.second)

        return self.at_once(lambda: first(self.first), later)

    def begin(self, steps: int) -> None:
        """Do so many steps of a plan, as a run that was stopped then."""
        drain(execute(self.first, engine.plan_up(self.first, Actual())[:steps], Actual()))
        self.clock.sleep(5)

    def wrong(self) -> list[str]:
        """Return what is not as it should be, when AWS shows all."""
        self.clock.sleep(5)
        return list(map(str, plan(self.first)))


def down(cloud: Cloud) -> None:
    """Tear a lab down, and find nothing left."""
    assert tear_down(cloud).resources == {}


def outcomes(ministack: Backend) -> Iterator[tuple[str, ...]]:
    """Try every pair of two provisions, and of a provision and a teardown; tell how each ends."""
    today = datetime.now(UTC).date().toordinal()
    for number, (offset, done) in enumerate(product(OFFSETS, DONE), start=today):
        both = Pair(ministack, f"both{number}-", number)
        both.begin(done)
        ended = " and ".join(map(_told, both.run(provision, provision, offset)))
        wrong = ", ".join(both.wrong()) or "one lab"
        other = Pair(ministack, f"other{number}-", number)
        other.begin(done)
        torn = " and ".join(map(_told, other.run(provision, down, offset)))
        other.clock.sleep(5)
        down(other.second)
        yield f"{offset:g} s", str(done), f"{ended}: {wrong}", f"{torn}; torn down again: nothing left"


def _told(outcome: object) -> str:
    if isinstance(outcome, WschatError):
        return f"stopped at {outcome.where}"
    if isinstance(outcome, BaseException):
        raise outcome
    return "done"


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
