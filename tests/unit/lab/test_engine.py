"""Provision, status and teardown against a real emulator."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.support.labs import plan, provision, tear_down
from tests.support.plane.embedded import Embedded
from tests.support.plane.inside import session
from tests.support.until import until
from wschat.lab import engine, inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.log_groups import LogGroup
from wschat.lab.aws.session import connect
from wschat.lab.clock import Clock
from wschat.lab.executor import execute
from wschat.lab.model import Actual
from wschat.lab.plan import Phase, Step, Verb, plan_down
from wschat.target import Target


class Leaps(Clock):
    """A clock on which every sleep takes seven seconds, at once."""

    time = 0.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.time += 7


@pytest.fixture(scope="module")
def clients(embedded: Embedded) -> Cloud:
    return connect(Target(endpoint_url=embedded.endpoint), session(embedded.forward, signed=False))


@pytest.fixture(scope="module")
def standing(clients: Cloud) -> Iterator[Cloud]:
    """A lab that stands; who changes something heals it again."""
    cloud = replace(clients, lab=replace(clients.lab, prefix="standing-"))
    provision(cloud)
    yield cloud
    assert plan(cloud) == ()
    tear_down(cloud)


def test_up_twice_and_down_twice(cloud: Cloud) -> None:
    """What provision made is what should exist; a second run has nothing to do; teardown leaves nothing."""
    url = provision(cloud)
    actual = inventory.look(cloud)
    assert set(actual.resources.values()) == set(engine.desired(cloud.lab, actual))
    assert engine.plan_up(cloud, actual) == ()
    assert provision(cloud) == url
    left = tear_down(cloud)
    assert (left.resources, left.unmanaged) == ({}, ())
    assert plan_down(left) == ()


@pytest.mark.parametrize("steps", [1, 20, 65])
def test_stopped_halfway(cloud: Cloud, steps: int) -> None:
    """A provision that stopped anywhere can be torn down, and goes on from there."""
    for go_on in (tear_down, provision):
        whole = plan(cloud)
        list(execute(cloud, whole[:steps], Actual()))
        assert len(plan(cloud)) == len(whole) - steps
        go_on(cloud)
    actual = inventory.look(cloud)
    assert set(actual.resources.values()) == set(engine.desired(cloud.lab, actual))
    assert tear_down(cloud).resources == {}


def test_a_second_api(standing: Cloud) -> None:
    """Names of APIs are not unique: one that was made twice is seen as too much, and removed."""
    cloud = standing
    url = engine.url(cloud, inventory.look(cloud))
    made = max(each["CreatedDate"].timestamp() for each in cloud.api.get_apis()["Items"])
    until(lambda: time.time() > made + 1)  # dates are in whole seconds: which one is older?
    name = cloud.lab.name("chatroom-websocket")
    cloud.api.create_api(
        Name=name,
        ProtocolType="WEBSOCKET",
        RouteSelectionExpression="$request.body.action",
        Tags=cloud.lab.tags,
    )
    (step,) = plan(cloud)
    assert (step.verb, step.resource.kind) == (Verb.DELETE, "API")
    assert step.resource.name.startswith(f"{name} (")
    assert provision(cloud) == url


def test_teardown_tells_what_fails(cloud: Cloud) -> None:
    """What AWS refuses to delete is told with its error, and the rest is deleted."""
    steps = plan(cloud)
    list(execute(cloud, steps[:4], Actual()))
    actual = inventory.look(cloud)
    stuck = LogGroup(name="", retention_days=None)
    ended = [
        progress
        for progress in engine.teardown(cloud, (Step(Verb.DELETE, stuck, stuck), *plan_down(actual)), actual)
        if progress.phase in {Phase.DONE, Phase.GIVEN_UP}
    ]
    assert sorted(bool(progress.error) for progress in ended) == [False] * 4 + [True]
    assert inventory.look(cloud).resources == {}


def test_changed_meanwhile(standing: Cloud) -> None:
    """What somebody else changes during a provision is told, after AWS had time to catch up with itself."""
    cloud, group = standing, f"/aws/lambda/{standing.lab.name('Connect')}"
    cloud.logs.put_retention_policy(logGroupName=group, retentionInDays=1)
    clock = Leaps()
    _, left = engine.settle(replace(cloud, clock=clock))
    assert [step.resource.name for step in left] == [group]
    assert engine.SETTLE_S <= clock.time < engine.SETTLE_S + 7
    provision(cloud)
    assert engine.settle(cloud)[1] == ()


def test_who_may_connect_is_seen(cloud: Cloud) -> None:
    """$connect opened by hand is seen and closed again; a changed description opens nothing."""
    signed = replace(cloud, lab=replace(cloud.lab, authorization="AWS_IAM"))
    provision(signed)
    actual = inventory.look(cloud)
    api = actual.ids["API", cloud.lab.name("chatroom-websocket")]
    assert plan(cloud) == ()
    cloud.api.update_route(ApiId=api, RouteId=actual.ids["route", "$connect"], AuthorizationType="NONE")
    (step,) = plan(cloud)
    assert step.differences == {"authorization": ("AWS_IAM", "NONE")}
    provision(cloud)
    cloud.api.update_api(ApiId=api, Description="mine")
    (step,) = plan(cloud)
    assert (step.resource.kind, list(step.differences)) == ("API", ["description"])
    provision(cloud)
    assert engine.authorization(inventory.look(cloud)) == "AWS_IAM"
    tear_down(cloud)
