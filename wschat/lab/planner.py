"""Plans: what to do so that what exists becomes what should, or nothing."""

from collections.abc import Iterable

from wschat.errors import NotOursError
from wschat.lab.model import (
    Actual,
    Api,
    Function,
    LogGroup,
    Policy,
    Resource,
    Role,
    Step,
    Table,
    Task,
    Verb,
)


def differences(desired: Iterable[Resource], actual: Actual) -> tuple[Step, ...]:
    """Return the steps to what is desired: in its order, then what is too much, last one first."""
    wanted = {resource.key: resource for resource in desired}
    steps = []
    for key, resource in wanted.items():
        found = actual.resources.get(key)
        if found is None:
            steps.append(Step(Verb.CREATE, resource))
        elif found != resource:
            steps.append(Step(Verb.UPDATE, resource, found))
    spare = [resource for key, resource in actual.resources.items() if key not in wanted]
    return (*steps, *(Step(Verb.DELETE, resource, resource) for resource in reversed(spare)))


def plan_up(desired: Iterable[Resource], actual: Actual) -> tuple[Step, ...]:
    """Return the `differences` as a plan.

    Raises:
        NotOursError: somebody else's resource has a name that the lab needs.
    """
    if actual.strangers:
        names = ", ".join(f"{stranger.kind} {stranger.name}" for stranger in actual.strangers)
        raise NotOursError(
            f"somebody else has {names}: it does not carry this lab's tag",
            where="before the first step",
            hint="take another --prefix, or delete it yourself if it is yours to delete",
        )
    return differences(desired, actual)


TEARDOWN_ORDER = (Api, Policy, Function, LogGroup, Role, Table)
"""The API first, which stops the traffic and takes all that is inside it along; policies before roles."""


def plan_down(actual: Actual) -> tuple[Step, ...]:
    """Return the steps that remove all that is ours, the lab's last task first."""
    return tuple(
        Step(Verb.DELETE, resource, resource)
        for task in reversed(Task)
        for kind in TEARDOWN_ORDER
        for resource in actual.resources.values()
        if isinstance(resource, kind) and resource.task is task
    )
