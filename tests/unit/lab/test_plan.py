"""Plans are the difference between what should exist and what does."""

from dataclasses import replace
from graphlib import TopologicalSorter

import pytest

from wschat.errors import NotOursError
from wschat.lab.aws.functions import Function
from wschat.lab.aws.log_groups import LogGroup
from wschat.lab.aws.roles import Policy, Role
from wschat.lab.aws.routes import Route
from wschat.lab.aws.tables import Table
from wschat.lab.aws.websocket_api import Api
from wschat.lab.blueprint import blueprint
from wschat.lab.model import Actual, Lab, Resource, Task
from wschat.lab.plan import Step, Verb, checked, differences, plan_down, plan_up, sorter

LAB = Lab(account="123456789012", region="eu-central-1")
DESIRED = blueprint(LAB)


def exists(*resources: Resource) -> Actual:
    return Actual(resources={resource.key: resource for resource in resources})


def test_nothing_exists() -> None:
    """An empty account gets everything, under the lab's headings, and what it depends on before it."""
    plan = plan_up(reversed(DESIRED), exists())
    assert {step.resource for step in plan} == set(DESIRED)
    assert {step.verb for step in plan} == {Verb.CREATE}
    assert [step.task for step in plan] == sorted((step.task for step in plan), key=list(Task).index)
    keys = [step.resource.key for step in plan]
    assert all(step.after <= set(keys[:index]) for index, step in enumerate(plan))


def test_functions_do_not_wait_for_the_api() -> None:
    """What takes AWS long is begun first: a function needs its role, and no part of the API needs it."""
    plan = plan_up(DESIRED, exists())
    after = {step.resource.kind: {kind for kind, _ in step.after} for step in plan}
    assert after["function"] == {"role"}
    assert after["integration"] == {"API"}
    assert {kind for kind, others in after.items() if not others} == {"table", "role", "log group", "API"}


def test_everything_exists() -> None:
    """A lab that is as it should be gets nothing."""
    assert plan_up(DESIRED, exists(*DESIRED)) == ()


def test_half_exists() -> None:
    """Only what is missing is made."""
    plan = plan_up(DESIRED, exists(*DESIRED[:20]))
    assert {step.resource for step in plan} == set(DESIRED[20:])


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
    keys = {each.key for each in DESIRED}
    functions, policies = ({key for key in keys if key[0] == kind} for kind in ("function", "policy"))
    for look in looks:
        assert look.verb is Verb.CHECK
        used_by = {Api: set(), Function: {key for key in keys if key[0] == "API"}, Role: functions | policies}
        assert look.after == used_by.get(type(look.resource), functions)


def test_looks_at_nothing_else() -> None:
    """A change of one thing is followed by a look at that, and waits for nobody."""
    (table,) = (each for each in DESIRED if each.name == "client-records")
    plan = plan_up(DESIRED, exists(*(each for each in DESIRED if each is not table)))
    assert checked(plan, DESIRED)[1:] == (Step(Verb.CHECK, table),)


def test_an_unmanaged_one_has_the_name() -> None:
    """Somebody else's resource stops the plan, and is named."""
    unmanaged = Table(name="client-records", partition_key="ID")
    with pytest.raises(NotOursError, match="table client-records"):
        plan_up(DESIRED, Actual(unmanaged=(unmanaged,)))


def test_down() -> None:
    """Teardown removes what does not go with something else, and nothing before what uses it."""
    plan = plan_down(exists(*DESIRED))
    assert {step.verb for step in plan} == {Verb.DELETE}
    assert [step.task for step in plan] == sorted((step.task for step in plan), key=list(Task)[::-1].index)
    after = {type(step.resource): {kind for kind, _ in step.after} for step in plan}
    assert after == {
        Api: set(),
        Function: {"API"},
        Policy: {"function"},
        LogGroup: {"function"},
        Role: {"function", "policy"},
        Table: {"function"},
    }


def ready(steps: TopologicalSorter[Step]) -> set[str]:
    return {str(step) for step in steps.get_ready()}


def test_what_is_ready() -> None:
    """A step is ready when those that it names are done, and those before it with its lock key."""
    role, one, two = (Role(name=name, trust="") for name in ("role", "one", "two"))
    plan = (
        Step(Verb.CREATE, role),
        Step(Verb.CREATE, one, after=frozenset({role.key, ("role", "not planned")})),
        Step(Verb.CHECK, one),
        Step(Verb.CREATE, two),
    )
    steps = sorter(plan)
    steps.prepare()
    assert ready(steps) == {"create role role", "create role two"}
    steps.done(plan[0], plan[3])
    assert ready(steps) == {"create role one"}
    steps.done(plan[1])
    assert ready(steps) == {"check role one"}
    steps.done(plan[2])
    assert not steps.is_active()


def test_down_leaves_what_is_unmanaged() -> None:
    """Teardown has no step for what is unmanaged."""
    assert plan_down(Actual(unmanaged=DESIRED)) == ()
