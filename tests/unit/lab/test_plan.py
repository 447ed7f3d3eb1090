"""Plans are the difference between what should exist and what does."""

from dataclasses import replace

import pytest

from wschat.lab.aws.functions import Function
from wschat.lab.aws.log_groups import LogGroup
from wschat.lab.aws.roles import Policy, Role
from wschat.lab.aws.routes import Integration, Route
from wschat.lab.aws.tables import Table
from wschat.lab.aws.websocket_api import Api, Deployment
from wschat.lab.blueprint import blueprint
from wschat.lab.chosen.choices import Choices
from wschat.lab.model.actual import Actual
from wschat.lab.model.lab import Lab
from wschat.lab.model.resource import Key, Resource, Task
from wschat.lab.plan import Step, Verb, changes, checked, plan_down, sorter, steps_to, waits_for

LAB = Lab(account="123456789012", region="eu-central-1")
DESIRED = blueprint(LAB)


def exists(*resources: Resource) -> Actual:
    return Actual(resources={resource.key: resource for resource in resources})


def test_nothing_exists() -> None:
    """An empty account gets everything, under the lab's headings, and what it depends on before it."""
    plan = steps_to(reversed(DESIRED), exists())
    assert {step.resource for step in plan} == set(DESIRED)
    assert {step.verb for step in plan} == {Verb.CREATE}
    tasks = [step.resource.task for step in plan]
    assert tasks == sorted(tasks, key=list(Task).index)
    assert all(set(waits_for(step, plan)) <= set(plan[:index]) for index, step in enumerate(plan))


def test_order() -> None:
    """What differs stands in the lab's order, also where one of it waits for another."""
    functions = [each for each in DESIRED if isinstance(each, Function)]
    role = next(each for each in DESIRED if isinstance(each, Role) and each.name == "SendMessageRole")
    for changed in (replace(role, inline=("more",)), replace(role, boundary="arn")):
        found = (changed, *(replace(each, memory=1) for each in functions))
        plan = steps_to(DESIRED, exists(*found))
        names = [step.resource.name for step in plan if step.verb is not Verb.CREATE]
        assert names == ["SendMessageRole", *(each.name for each in functions)]


def test_what_is_left_as_it_is() -> None:
    """What is somebody's decision is told in a step that does nothing; beside something else, with that."""
    role = next(each for each in DESIRED if isinstance(each, Role))
    bound, attached = replace(role, boundary="arn"), replace(role, boundary="arn", attached=("arn",))
    (leave,), (update,) = (steps_to([role], exists(found)) for found in (bound, attached))
    assert (leave.verb, changes([leave])) == (Verb.LEAVE, ())
    assert (update.verb, changes([update])) == (Verb.UPDATE, (update,))


def test_what_waits_for_nothing() -> None:
    """What is left as it is, or only tagged, holds nobody up, nor waits for what uses it."""
    role, plan = next(each for each in DESIRED if isinstance(each, Role)), steps_to(DESIRED, exists())
    for verb in (Verb.LEAVE, Verb.ADOPT):
        step = Step(verb, role, role)
        assert waits_for(step, (step, *plan)) == []
    assert waits_for(Step(Verb.DELETE, role, role), plan) != []


def held_back(plan: tuple[Step, ...], stuck: Key) -> set[Key]:
    """Return what is never begun if one step of a plan never ends."""
    steps, begun = sorter(plan), set[Key]()
    steps.prepare()
    while ready := steps.get_ready():
        begun |= {step.resource.key for step in ready}
        steps.done(*(step for step in ready if step.resource.key != stuck))
    return {step.resource.key for step in plan} - begun


@pytest.mark.parametrize(
    ("stuck", "held"),
    [
        (
            ("role", "DisconnectRole"),
            {
                *(("function", "Disconnect"), ("policy", "DisconnectRole")),
                ("permission", "Disconnect:disconnect"),
            },
        ),
        (("policy", "JoinRoomRole"), set()),
        (("function", "Connect"), {("permission", "Connect:connect")}),
        (("table", "client-records"), set()),
        (("log group", "/aws/lambda/Connect"), set()),
    ],
)
def test_what_one_that_is_stuck_holds_back(stuck: Key, held: set[Key]) -> None:
    """Each waits for its own: a stuck role delays its own function, no other and no part of the API."""
    assert held_back(steps_to(DESIRED, exists()), stuck) == held


def test_what_is_refused_most_comes_first() -> None:
    """Nothing is begun before the first role is there: who may make none leaves nothing behind."""
    plan = steps_to(DESIRED, exists())
    (first,) = sorted_first(plan)
    assert first.resource.kind == "role"
    rest = steps_to(DESIRED, exists(*(each for each in DESIRED if each.kind == "role")))
    assert len(sorted_first(rest)) > 1


def test_what_keeps_choices_comes_next() -> None:
    """Nothing but the first role is begun before the tables with choices are there, or have others."""
    desired = blueprint(replace(LAB, choices=Choices(throttle="1/1")))
    plan = steps_to(desired, exists(*DESIRED[2:]))
    tables = {each.key for each in desired[:2]}
    assert {step.resource.key for step in sorted_first(plan)} == tables
    bounded = blueprint(replace(LAB, choices=Choices(boundary="arn")))
    assert {step.resource.key for step in sorted_first(steps_to(bounded, exists(*DESIRED)))} == tables
    assert held_back(steps_to(bounded, exists()), bounded[0].key) >= {each.key for each in bounded[3:]}


def sorted_first(plan: tuple[Step, ...]) -> tuple[Step, ...]:
    """Return the steps of a plan that begin at once."""
    steps = sorter(plan)
    steps.prepare()
    return steps.get_ready()


def test_too_much() -> None:
    """What our API has too much is deleted, the last one first."""
    spare = [Route(name=name, integration=None, two_way=False) for name in ("old", "older")]
    plan = steps_to(DESIRED, exists(*DESIRED, *spare))
    assert [(step.verb, step.resource.name) for step in plan] == [("delete", "older"), ("delete", "old")]


def test_what_is_deployed_is_without_what_is_too_much() -> None:
    """A deployment has what is there when it is made: it waits until what is too much is gone."""
    spare = Route(name="old", integration="Old", two_way=False)
    leads = replace(next(each for each in DESIRED if isinstance(each, Integration)), name="Old")
    changed = (each for each in DESIRED if isinstance(each, Deployment))
    served = Deployment(name="served before")
    there = [each for each in DESIRED if not isinstance(each, Deployment)]
    plan = steps_to(DESIRED, exists(*there, served, leads, spare))
    (deployment,) = changed
    told = [(step.verb.value, step.resource.kind) for step in plan]
    assert told == [
        *(("delete", "route"), ("delete", "integration")),
        *(("create", "deployment"), ("delete", "deployment")),
    ]
    held = {deployment.key, served.key}
    assert held_back(plan, spare.key) == held | {leads.key}
    assert held_back(plan, leads.key) == held


def test_looks_at_what_was_made() -> None:
    """Each thing is looked at once, after its steps, and what others use when they are made."""
    plan = steps_to(DESIRED, Actual())
    looks = checked(plan, DESIRED)[len(plan) :]
    kinds = (Table, Role, LogGroup, Function, Api)
    assert [look.resource for look in looks] == [each for each in DESIRED if isinstance(each, kinds)]
    assert {look.verb for look in looks} == {Verb.CHECK}
    after = {look.resource.name: {step.resource.key for step in waits_for(look, plan)} for look in looks}
    using = {step.resource.key for step in plan if isinstance(step.resource, Function | LogGroup)}
    assert after["client-records"] == using
    assert {("API", "chatroom-websocket"), ("permission", "Connect:connect")} == after["Connect"]
    assert after["/aws/lambda/Connect"] == {("function", "Connect")}
    assert after["ConnectRole"] == {("function", "Connect"), ("policy", "ConnectRole")}
    parts = {step.resource.key for step in plan if step.resource.parent == Api.kind}
    assert after["chatroom-websocket"] == parts


def test_looks_at_nothing_else() -> None:
    """A change of one thing is followed by a look at that, and waits for nobody."""
    (table,) = (each for each in DESIRED if each.name == "client-records")
    plan = steps_to(DESIRED, exists(*(each for each in DESIRED if each is not table)))
    assert checked(plan, DESIRED)[1:] == (Step(Verb.CHECK, table),)


def test_a_role_that_is_left() -> None:
    """A function takes another role before its own is deleted."""
    given = Choices(role="arn:aws:iam::123456789012:role/given")
    plan = steps_to(blueprint(replace(LAB, choices=given)), exists(*DESIRED))
    left = next(step for step in plan if step.resource.key == ("role", "ConnectRole"))
    assert ("function", "Connect") in {step.resource.key for step in waits_for(left, plan)}


def test_down() -> None:
    """Teardown removes what does not go with something else, and nothing before what uses it."""
    plan = plan_down(exists(*DESIRED))
    assert {step.verb for step in plan} == {Verb.DELETE}
    tasks = [step.resource.task for step in plan]
    assert tasks == sorted(tasks, key=list(Task)[::-1].index)
    kinds = {type(step.resource) for step in plan}
    assert kinds == {Api, Function, Policy, LogGroup, Role, Table}
    own = {(kind, "ConnectRole") for kind in ("policy", "role")} | {("log group", "/aws/lambda/Connect")}
    tables = {("table", "client-records"), ("table", "room-messages-users")}
    assert held_back(plan, ("function", "Connect")) == own | tables
    assert held_back(plan, ("policy", "ConnectRole")) == {("role", "ConnectRole")}
    assert len(held_back(plan, ("API", "chatroom-websocket"))) == len(plan) - 1
