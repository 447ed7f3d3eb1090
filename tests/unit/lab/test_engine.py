"""Looking again at what was made, and at who may connect, against a real emulator."""

from dataclasses import replace

from tests.support.labs import plan, provision
from tests.support.plane.clock import VirtualClock
from wschat.lab import engine, inventory
from wschat.lab.aws.cloud import Cloud


def test_changed_meanwhile(empty: Cloud) -> None:
    """What somebody else changes during a provision is told, after AWS had time to catch up with itself."""
    provision(empty)
    group, clock = f"/aws/lambda/{empty.lab.name('Connect')}", VirtualClock()
    empty.logs.put_retention_policy(logGroupName=group, retentionInDays=1)
    _, left = engine.settle(replace(empty, clock=clock))
    assert [step.resource.name for step in left] == [group]
    assert engine.SETTLE_S <= clock.now() < engine.SETTLE_S + 1
    provision(empty)
    assert engine.settle(empty)[1] == ()


def test_who_may_connect_is_seen(empty: Cloud) -> None:
    """$connect opened by hand is seen and closed again; a changed description opens nothing."""
    signed = replace(empty, lab=replace(empty.lab, authorization="AWS_IAM"))
    provision(signed)
    actual = inventory.look(empty)
    api = actual.ids["API", empty.lab.name("chatroom-websocket")]
    assert plan(empty) == ()
    empty.api.update_route(ApiId=api, RouteId=actual.ids["route", "$connect"], AuthorizationType="NONE")
    (step,) = plan(empty)
    assert step.differences == {"authorization": ("AWS_IAM", "NONE")}
    provision(empty)
    empty.api.update_api(ApiId=api, Description="mine")
    (step,) = plan(empty)
    assert (step.resource.kind, list(step.differences)) == ("API", ["description"])
    provision(empty)
    assert engine.authorization(inventory.look(empty)) == "AWS_IAM"
