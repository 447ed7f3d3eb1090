"""Plans: what to do so that what exists becomes what should, or nothing."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from wschat.errors import AwsError, NotOursError
from wschat.lab.model import (
    Api,
    Function,
    Key,
    LogGroup,
    Permission,
    Policy,
    Resource,
    Role,
    Route,
    Table,
    Task,
)
from wschat.lab.steps import Actual, Step, Verb


def differences(desired: Iterable[Resource], actual: Actual) -> tuple[Step, ...]:
    """Return the steps to what is desired: in its order, then what is too much, last one first."""
    wanted = {resource.key: resource for resource in desired}
    spare = {key: resource for key, resource in actual.resources.items() if key not in wanted}
    strangers, steps = {stranger.key for stranger in actual.strangers}, []
    for key, resource in wanted.items():
        if key in strangers:
            continue
        found = actual.resources.get(key) or spare.pop(_renamed(resource, spare), None)
        after = needs(resource, wanted)
        if found is None:
            steps.append(Step(Verb.CREATE, resource, after=after))
        elif found != resource:
            steps.append(Step(Verb.UPDATE, resource, found, after))
    return (*steps, *(_deleted(resource) for resource in reversed(spare.values())))


def _renamed(resource: Resource, spare: Mapping[Key, Resource]) -> Key:
    """Return the key of a route that is too much, and is this one but for its name."""
    if isinstance(resource, Route):
        for key, found in spare.items():
            if isinstance(found, Route) and replace(found, name=resource.name) == resource:
                return key
    return resource.key


def plan_up(desired: Iterable[Resource], actual: Actual) -> tuple[Step, ...]:
    """Return the `differences` as a plan.

    Raises:
        NotOursError: somebody else's resource has a name that the lab needs.
    """
    if actual.strangers:
        raise not_ours(actual.strangers, where="before the first step")
    return differences(desired, actual)


def check(plan: Iterable[Step]) -> None:
    """Check that all of a plan can be carried out.

    Raises:
        AwsError: an attribute differs that AWS does not let anybody change.
    """
    for step in plan:
        for name, (wanted, found) in step.fixed.items():
            raise AwsError(
                f"{name} is {found!r}, not {wanted!r}, and can't be changed in place",
                where=f"{step.resource.kind} {step.resource.name}, before the first step",
                hint="save what you need of it, delete it (`wschat teardown` deletes the whole lab), then"
                " run `wschat provision`",
            )


def not_ours(strangers: Collection[Resource], where: str) -> NotOursError:
    """Return the error that names what somebody else has."""
    names = ", ".join(f"{stranger.kind} {stranger.name}" for stranger in strangers)
    hint = (
        "take another --prefix, not one in other capitals, which IAM takes for the same; or delete it"
        " yourself if it is yours to delete"
    )
    if any(isinstance(stranger, Role) for stranger in strangers):
        hint += ". Roles are the whole account's: it may be your own lab in another --region"
    return NotOursError(
        f"somebody else has {names}: it does not carry this lab's tag", where=where, hint=hint
    )


def checked(plan: tuple[Step, ...], desired: Iterable[Resource]) -> tuple[Step, ...]:
    """Add a look at everything that the plan has to do with, when the last of its steps is done.

    That at a function ends when the function can be called. What is made faster is looked at meanwhile,
    and not at once, since AWS's reads lag behind its writes.
    """
    lanes = {step.resource.lane for step in plan}
    functions = frozenset(step.resource.key for step in plan if isinstance(step.resource, Function))
    looks = [each for each in desired if isinstance(each, WHOLE) and each.lane in lanes]
    slow = Api | Function
    return (
        *plan,
        *(
            Step(Verb.CHECK, each, after=frozenset() if isinstance(each, slow) else functions)
            for each in looks
        ),
    )


WHOLE = (Table, Role, LogGroup, Function, Api)
"""What is looked at as a whole, with its parts."""
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
