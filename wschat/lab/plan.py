"""Plans: the steps by which what exists becomes what should, or nothing; and how they go on."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from graphlib import TopologicalSorter
from typing import Any

from wschat.errors import AwsError, NotOursError, WschatError
from wschat.lab.model import Actual, Key, Resource, Task


class Verb(StrEnum):
    """What a step does to a resource."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    CHECK = "check"


@dataclass(frozen=True)
class Step:
    """One step of a plan. `found` is what an update or a delete starts from.

    `after` are the keys of resources whose steps, if the plan has any, must have ended before.
    """

    verb: Verb
    resource: Resource
    found: Resource | None = None
    after: frozenset[Key] = frozenset()

    def __str__(self) -> str:
        return f"{self.verb} {self.resource.kind} {self.resource.name}"

    @property
    def task(self) -> Task:
        """The heading that it stands under."""
        return self.resource.task

    @property
    def differences(self) -> dict[str, tuple[Any, Any]]:
        """What an update changes, as attribute: (wanted, found)."""
        return self.resource.differences(self.found) if self.verb is Verb.UPDATE and self.found else {}

    @property
    def fixed(self) -> dict[str, tuple[Any, Any]]:
        """What of these AWS does not let anybody change."""
        return {name: pair for name, pair in self.differences.items() if name in self.resource.fixed}


class Phase(Enum):
    """How far a step has come.

    The error of a step that failed ends the plan and is raised; that of one that was given up is reported,
    and the plan goes on.
    """

    BEGUN = "begun"
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    GIVEN_UP = "given up"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Progress:
    """A step began, waits for something, or ended in one way or another.

    `seconds` is how long the wait, or the whole step, has taken so far. `error` is that of a step that was
    given up.
    """

    step: Step
    phase: Phase
    seconds: float = 0.0
    waiting: str = ""
    error: WschatError | None = None


def differences(desired: Iterable[Resource], actual: Actual) -> tuple[Step, ...]:
    """Return the steps to what is desired: dependencies first, then what is too much, last one first."""
    wanted = {resource.key: resource for resource in _by_task(_dependencies(desired))}
    extra = {key: resource for key, resource in actual.resources.items() if key not in wanted}
    unmanaged, steps = {resource.key for resource in actual.unmanaged}, []
    for key, resource in wanted.items():
        if key in unmanaged:
            continue
        found = actual.resources.get(key) or extra.pop(_renamed(resource, extra), None)
        after = frozenset(other for other in wanted if other[0] in resource.depends_on)
        if found is None:
            steps.append(Step(Verb.CREATE, resource, after=after))
        elif found != resource:
            steps.append(Step(Verb.UPDATE, resource, found, after))
    return (*steps, *(Step(Verb.DELETE, each, each) for each in reversed(extra.values())))


def _dependencies(resources: Iterable[Resource]) -> dict[Resource, list[Resource]]:
    resources = list(resources)
    return {each: [other for other in resources if other.kind in each.depends_on] for each in resources}


def _by_task(graph: Mapping[Resource, Iterable[Resource]]) -> list[Resource]:
    """Sort resources so that each comes after those that it maps to, under the lab's headings."""
    tasks = list(Task)
    return sorted(TopologicalSorter(graph).static_order(), key=lambda each: tasks.index(each.task))


def _renamed(resource: Resource, extra: Mapping[Key, Resource]) -> Key:
    """Return the key of what is too much, and is this resource but for its name; else its own."""
    if resource.renamable:
        for key, found in extra.items():
            if found.kind == resource.kind and replace(found, name=resource.name) == resource:
                return key
    return resource.key


def plan_up(desired: Iterable[Resource], actual: Actual) -> tuple[Step, ...]:
    """Return the `differences` as a plan.

    Raises:
        NotOursError: a resource that is not managed has a name that the lab needs.
    """
    if actual.unmanaged:
        raise unmanaged_error(actual.unmanaged, where="before the first step")
    return differences(desired, actual)


def plan_down(actual: Actual) -> tuple[Step, ...]:
    """Return the steps that remove all that is managed, the lab's last task first.

    What uses something is deleted before that, so that nothing is made again.
    """
    removed = [each for each in actual.resources.values() if not (each.parent and each.cascades)]
    users = {each: [other for other in removed if each.kind in other.uses] for each in removed}
    tasks = list(Task)
    ordered = sorted(TopologicalSorter(users).static_order(), key=lambda each: -tasks.index(each.task))
    return tuple(
        Step(Verb.DELETE, each, each, frozenset(other.key for other in users[each])) for each in ordered
    )


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


def unmanaged_error(unmanaged: Collection[Resource], where: str) -> NotOursError:
    """Return the error that names what has a name of the lab and is not managed."""
    names = ", ".join(f"{each.kind} {each.name}" for each in unmanaged)
    hint = (
        "take another --prefix, not one in other capitals, which IAM takes for the same; or delete it"
        " yourself if it is yours to delete"
    )
    if any(each.account_wide for each in unmanaged):
        hint += ". Roles are the whole account's: it may be your own lab in another --region"
    return NotOursError(
        f"somebody else has {names}: it does not carry this lab's tag", where=where, hint=hint
    )


def checked(plan: tuple[Step, ...], desired: Iterable[Resource]) -> tuple[Step, ...]:
    """Add a look at everything that the plan has to do with, when the last of its steps is done.

    Each thing is looked at with its parts, and after the steps of what uses it: not at once, since AWS's
    reads lag behind its writes.
    """
    locks = {step.resource.lock_key for step in plan}
    looks = [each for each in desired if each.parent is None and each.lock_key in locks]
    users = {each: [step for step in plan if each.kind in step.resource.uses] for each in looks}
    return (
        *plan,
        *(
            Step(Verb.CHECK, each, after=frozenset(step.resource.key for step in users[each]))
            for each in looks
        ),
    )


def sorter(plan: Iterable[Step]) -> TopologicalSorter[Step]:
    """Return what tells which steps are ready: each follows those that it names, and those it is locked by.

    Steps with one lock key come one after another, in the plan's order.
    """
    plan = tuple(plan)
    by_key = {step.resource.key: step for step in plan if step.verb is not Verb.CHECK}
    graph = {step: [by_key[key] for key in step.after if key in by_key] for step in plan}
    last = dict[Key, Step]()
    for step in plan:
        lock = step.resource.lock_key
        graph[step] += [last[lock]] if lock in last else []
        last[lock] = step
    return TopologicalSorter(graph)
