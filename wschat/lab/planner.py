"""Plans: what to do so that what exists becomes what should, or nothing."""

from collections.abc import Iterable
from dataclasses import replace

from wschat.errors import NotOursError
from wschat.lab.model import (
    Api,
    Function,
    Key,
    LogGroup,
    Permission,
    Policy,
    Resource,
    Role,
    Table,
    Task,
)
from wschat.lab.steps import Actual, Step, Verb


def differences(desired: Iterable[Resource], actual: Actual) -> tuple[Step, ...]:
    """Return the steps to what is desired: in its order, then what is too much, last one first."""
    wanted = {resource.key: resource for resource in desired}
    steps = []
    for key, resource in wanted.items():
        found, after = _bound(actual.resources.get(key), actual), needs(resource, wanted)
        if found is None:
            steps.append(Step(Verb.CREATE, resource, after=after))
        elif found != resource:
            steps.append(Step(Verb.UPDATE, resource, found, after))
    spare = [resource for key, resource in actual.resources.items() if key not in wanted]
    return (*steps, *(_deleted(resource) for resource in reversed(spare)))


def plan_up(desired: Iterable[Resource], actual: Actual) -> tuple[Step, ...]:
    """Return the `differences` as a plan.

    Raises:
        NotOursError: somebody else's resource has a name that the lab needs.
    """
    if actual.strangers:
        names = ", ".join(f"{stranger.kind} {stranger.name}" for stranger in actual.strangers)
        raise not_ours(names, where="before the first step")
    return differences(desired, actual)


def not_ours(names: str, where: str) -> NotOursError:
    """Return the error that names what somebody else has."""
    return NotOursError(
        f"somebody else has {names}: it does not carry this lab's tag",
        where=where,
        hint="take another --prefix, or delete it yourself if it is yours to delete",
    )


def checked(plan: tuple[Step, ...], desired: Iterable[Resource]) -> tuple[Step, ...]:
    """Add a look at the API, and at each function, when the last of its steps is done.

    It ends when a function can be called; and meanwhile others are still being made.
    """
    lanes = {step.resource.lane for step in plan}
    looks = [each for each in desired if isinstance(each, Api | Function) and each.lane in lanes]
    return (*plan, *(Step(Verb.CHECK, each) for each in looks))


TEARDOWN_ORDER = (Api, Policy, Function, LogGroup, Role, Table)
"""The API first, which stops the traffic and takes all that is inside it along; policies before roles."""


def plan_down(actual: Actual) -> tuple[Step, ...]:
    """Return the steps that remove all that is ours, the lab's last task first."""
    return tuple(
        Step(Verb.DELETE, resource, resource, outlived_by(resource, actual))
        for task in reversed(Task)
        for kind in TEARDOWN_ORDER
        for resource in actual.resources.values()
        if isinstance(resource, kind) and resource.task is task
    )


def needs(resource: Resource, wanted: Iterable[Key]) -> frozenset[Key]:
    """Return what must be there first, beside what stands before it in its own lane."""
    apis = frozenset(key for key in wanted if key[0] == Api.kind)
    match resource:
        case Function():
            return frozenset({(Role.kind, resource.role)})
        case Permission():
            return apis
        case Policy() if resource.task is Task.API:
            return apis
    return frozenset()


def outlived_by(resource: Resource, actual: Actual) -> frozenset[Key]:
    """Return what must be gone before: callers before what they use, so that nothing is made again."""
    apis = {key for key in actual.resources if key[0] == Api.kind}
    functions = {each.key for each in actual.resources.values() if isinstance(each, Function)}
    match resource:
        case Api():
            return frozenset()
        case Function():
            return frozenset(apis)
        case Role() | Policy():
            return frozenset(
                apis | {key for key in functions if resource.name.removesuffix("Role") == key[1]}
            )
        case LogGroup():
            return frozenset(apis | {key for key in functions if resource.name.endswith(f"/{key[1]}")})
    return frozenset(apis | functions)


def _deleted(resource: Resource) -> Step:
    return Step(Verb.DELETE, resource, resource)


def _bound(found: Resource | None, actual: Actual) -> Resource | None:
    """Tell of a function without its role: Lambda is bound to the one that is gone, not to its name."""
    if isinstance(found, Function) and (Role.kind, found.role) not in actual.resources:
        return replace(found, role=f"{found.role}, which was deleted")
    return found
