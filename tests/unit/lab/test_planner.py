"""Plans are the difference between what should exist and what does."""

from dataclasses import replace

import pytest

from wschat.errors import NotOursError
from wschat.lab.blueprint import FUNCTIONS, blueprint
from wschat.lab.model import (
    Api,
    Function,
    Lab,
    LogGroup,
    Policy,
    Resource,
    Role,
    Route,
    Table,
    Task,
)
from wschat.lab.planner import checked, differences, plan_down, plan_up
from wschat.lab.steps import Actual, Step, Verb

LAB = Lab(account="123456789012", region="eu-central-1")
DESIRED = blueprint(LAB, {spec.module: f"hash of {spec.module}" for spec in FUNCTIONS})


def exists(*resources: Resource) -> Actual:
    return Actual(resources={resource.key: resource for resource in resources})


def test_nothing_exists() -> None:
    """An empty account gets everything, in the lab's order."""
    plan = plan_up(DESIRED, exists())
    assert [step.resource for step in plan] == list(DESIRED)
    assert {step.verb for step in plan} == {Verb.CREATE}
    assert [step.task for step in plan] == sorted((step.task for step in plan), key=list(Task).index)


def test_everything_exists() -> None:
    """A lab that is as it should be gets nothing."""
    assert plan_up(DESIRED, exists(*DESIRED)) == ()


def test_half_exists() -> None:
    """Only what is missing is made."""
    plan = plan_up(DESIRED, exists(*DESIRED[:20]))
    assert [step.resource for step in plan] == list(DESIRED[20:])


def test_an_attribute_differs() -> None:
    """What differs is updated, and the step tells in what."""
    wanted = next(resource for resource in DESIRED if isinstance(resource, Function))
    found = replace(wanted, memory=128, timeout=3)
    role = Role(name=wanted.role, trust="")
    (step, *_) = plan_up([wanted], exists(found, role))
    assert (step.verb, step.found) == (Verb.UPDATE, found)
    assert step.resource.differences(found) == {"memory": (256, 128), "timeout": (25, 3)}


def test_too_much() -> None:
    """What our API has too much is deleted, the last one first."""
    spare = [Route(name=name, integration=None, two_way=False) for name in ("old", "older")]
    plan = differences(DESIRED, exists(*DESIRED, *spare))
    assert [(step.verb, step.resource.name) for step in plan] == [("delete", "older"), ("delete", "old")]


def test_looks_at_what_was_made() -> None:
    """Each thing is looked at once, after its steps; and what is made fast when the functions are made."""
    plan = plan_up(DESIRED, Actual())
    looks = checked(plan, DESIRED)[len(plan) :]
    kinds = (Table, Role, LogGroup, Function, Api)
    assert [look.resource for look in looks] == [each for each in DESIRED if isinstance(each, kinds)]
    functions = {each.key for each in DESIRED if isinstance(each, Function)}
    for look in looks:
        assert look.verb is Verb.CHECK
        assert look.after == (set() if isinstance(look.resource, Function | Api) else functions)


def test_looks_at_nothing_else() -> None:
    """A change of one thing is followed by a look at that, and waits for nobody."""
    (table,) = (each for each in DESIRED if each.name == "client-records")
    plan = plan_up(DESIRED, exists(*(each for each in DESIRED if each is not table)))
    assert checked(plan, DESIRED)[1:] == (Step(Verb.CHECK, table),)


def test_a_stranger_has_the_name() -> None:
    """Somebody else's resource stops the plan, and is named."""
    stranger = Table(name="client-records", partition_key="ID")
    with pytest.raises(NotOursError, match="table client-records"):
        plan_up(DESIRED, Actual(strangers=(stranger,)))


def test_down() -> None:
    """Teardown removes every kind, the API first and roles only after their policies."""
    plan = plan_down(exists(*DESIRED))
    kinds = list(dict.fromkeys(type(step.resource) for step in plan))
    assert {step.verb for step in plan} == {Verb.DELETE}
    assert kinds == [Api, Policy, Function, LogGroup, Role, Table]
    roles = [index for index, step in enumerate(plan) if isinstance(step.resource, Role)]
    policies = [index for index, step in enumerate(plan) if isinstance(step.resource, Policy)]
    assert max(policies) < min(roles)


def test_down_leaves_strangers() -> None:
    """Teardown has no step for what is not ours."""
    assert plan_down(Actual(strangers=DESIRED)) == ()
