"""Plans: the steps by which what exists becomes what should, or nothing; and how they go on."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from graphlib import TopologicalSorter
from typing import Any

from wschat.errors import AwsError, NotOursError, WschatError
from wschat.lab.model.actual import Actual
from wschat.lab.model.resource import Key, Resource, Task


class Verb(StrEnum):
    """What a step does to a resource."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    LEAVE = "leave"
    ADOPT = "adopt"
    CHECK = "check"


MAKES = {Verb.CREATE, Verb.UPDATE}
DIFFER = {Verb.UPDATE, Verb.LEAVE}


@dataclass(frozen=True)
class Step:
    """One step of a plan. `found` is what an update or a delete starts from.

    `LEAVE` changes nothing: what differs is somebody else's decision. `ADOPT` gives it its tags, and no more.
    """

    verb: Verb
    resource: Resource
    found: Resource | None = None

    def __str__(self) -> str:
        return f"{self.verb} {self.resource.kind} {self.resource.name}"

    @property
    def differences(self) -> dict[str, tuple[Any, Any]]:
        """What of it differs, as attribute: (wanted, found)."""
        return self.resource.differences(self.found) if self.verb in DIFFER and self.found else {}

    @property
    def fixed(self) -> dict[str, tuple[Any, Any]]:
        """What of these AWS does not let anybody change."""
        return {name: pair for name, pair in self.differences.items() if name in self.resource.fixed}

    @property
    def told(self) -> dict[str, str]:
        """What of these is left as it is, each with what to do about it."""
        return {name: told for name, told in self.resource.told.items() if name in self.differences}


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


def steps_to(desired: Iterable[Resource], actual: Actual) -> tuple[Step, ...]:
    """Return the steps to what is desired: dependencies first, then what is too much, last one first.

    What is too much of what something copies is deleted before that is made.
    """
    wanted = {resource.key: resource for resource in desired}
    extra = {key: resource for key, resource in actual.resources.items() if key not in wanted}
    left_alone, steps = {each.key for each in (*actual.unmanaged, *actual.unknown)}, list[Step]()
    closed = {each.lock_key for each in actual.unknown if each.parent is None}
    for key, resource in wanted.items():
        if left_alone & {key, *resource.depends_on} or resource.lock_key in closed:
            continue
        found = actual.resources.get(key) or extra.pop(_renamed(resource, extra), None)
        if found is None:
            steps.append(Step(Verb.CREATE, resource))
        elif differences := resource.differences(found):
            verb = Verb.LEAVE if differences.keys() <= resource.told.keys() else Verb.UPDATE
            steps.append(Step(verb, resource, found))
    copied = {kind for step in steps if step.verb in MAKES for kind in step.resource.copies}
    deletes = list[Step]()
    for each in reversed(extra.values()):
        (steps if each.kind in copied else deletes).append(Step(Verb.DELETE, each, each))
    return (*_in_order(steps, list(Task)), *_in_order(deletes, list(Task)[::-1]))


def _renamed(resource: Resource, extra: Mapping[Key, Resource]) -> Key:
    """Return the key of what is too much, and is this resource but for its name; else its own."""
    if resource.renamable:
        for key, found in extra.items():
            if found.kind == resource.kind and replace(found, name=resource.name) == resource:
                return key
    return resource.key


def plan_down(actual: Actual) -> tuple[Step, ...]:
    """Return the steps that remove all that is managed, the lab's last task first."""
    removed = [each for each in actual.resources.values() if not each.cascades]
    return _in_order([Step(Verb.DELETE, each, each) for each in reversed(removed)], list(Task)[::-1])


def changes(plan: Iterable[Step]) -> tuple[Step, ...]:
    """Return those steps of a plan that do something, and not only tell."""
    return tuple(step for step in plan if step.verb is not Verb.LEAVE)


def waits_for(step: Step, plan: Iterable[Step]) -> list[Step]:
    """Return the steps of a plan that must have ended before one of it begins.

    What makes something waits for what that depends on, and until what is too much of what it copies is gone.
    What deletes something waits for what uses it, so that nothing is made again; what looks at it, too, since
    AWS's reads lag behind its writes. What is left as it is, or only tagged, waits for nothing.
    """
    if step.verb in {Verb.LEAVE, Verb.ADOPT}:
        return []
    if step.verb in MAKES:
        needed = dict.fromkeys(MAKES, step.resource.depends_on)
        needed[Verb.DELETE] = [(kind, "") for kind in step.resource.copies]
        return [each for each in plan if each.resource.is_among(needed.get(each.verb, ()))]
    changing = (each for each in plan if each.verb is not Verb.CHECK)
    return [each for each in changing if step.resource.is_among(_used(each))]


def _used(step: Step) -> set[Key]:
    """Return the keys of what something needs while it works, and of what it needed before an update."""
    return {*step.resource.uses, *(step.found.uses if step.found else ())}


def _in_order(plan: list[Step], tasks: list[Task]) -> tuple[Step, ...]:
    """Sort steps under the lab's headings; there as they come, but each after those that it waits for."""
    graph = TopologicalSorter({step: waits_for(step, plan) for step in plan})
    graph.prepare()
    ready, ordered = set[Step](), list[Step]()
    while graph.is_active():
        ready.update(graph.get_ready())
        ordered.append(min(ready, key=plan.index))
        ready.remove(ordered[-1])
        graph.done(ordered[-1])
    return tuple(sorted(ordered, key=lambda step: tasks.index(step.resource.task)))


def check_changeable(plan: Iterable[Step]) -> None:
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
        " yourself if it is yours to delete. What was made by hand `wschat learn check` adopts"
    )
    if any(each.account_wide for each in unmanaged):
        hint += ". Roles are the whole account's: it may be your own lab in another --region"
    return NotOursError(
        f"somebody else has {names}: it does not carry this lab's tag", where=where, hint=hint
    )


def checked(plan: tuple[Step, ...], desired: Iterable[Resource]) -> tuple[Step, ...]:
    """Add a look at everything that the plan has to do with, each with its parts."""
    locks = {step.resource.lock_key for step in plan}
    looks = (each for each in desired if each.parent is None and each.lock_key in locks)
    return (*plan, *(Step(Verb.CHECK, each) for each in looks))


def sorter(plan: Iterable[Step]) -> TopologicalSorter[Step]:
    """Return a sorter of the steps: each follows those that it waits for, or is locked by.

    Steps with one lock key come one after another, in the plan's order. What people are refused most often
    to create is tried before all else, so that a refusal leaves nothing behind; then comes what keeps the
    choices that the rest is made by, so that a run that is killed leaves the next one these.
    """
    plan = tuple(plan)
    graph = {step: waits_for(step, plan) for step in plan}
    last = dict[Key, Step]()
    for step in plan:
        lock = step.resource.lock_key
        graph[step] += [last[lock]] if lock in last else []
        last[lock] = step
    tried = [step for step in plan if step.verb is Verb.CREATE and step.resource.refused_most][:1]
    kept = [step for step in plan if step.verb in MAKES and step.resource.keeps_choices(step.found)]
    for step in plan:
        graph[step] += [] if step in tried else tried if step in kept else tried + kept
    return TopologicalSorter(graph)
