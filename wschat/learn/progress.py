"""How far the lessons have come, by what exists: what each wants, what is wrong with it, what mends it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from wschat.lab.aws.roles import Role
from wschat.lab.aws.routes import Integration, Route
from wschat.lab.aws.stages import Stage, route_settings
from wschat.lab.aws.tables import Table
from wschat.lab.aws.websocket_api import Api, Deployment
from wschat.lab.blueprint import STAGE, digest
from wschat.lab.model.actual import Actual
from wschat.lab.model.lab import API, Lab
from wschat.lab.model.resource import Key, Resource
from wschat.lab.plan import Step, Verb, steps_to
from wschat.learn import words
from wschat.learn.lesson import Lesson
from wschat.learn.order import made
from wschat.learn.resources import keys

MARKS: Mapping[str, set[str]] = {
    "API": {"description"},
    "integration": {"name", "description"},
    "permission": {"name", "statement"},
}
"""The attributes by which only wschat tells things; all tags are such, too."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a resource, which is given as it should be.

    Attributes:
        attribute: what of it; empty if it is missing, is not the lab's, or may be of before.
        says: what is wrong, in a sentence without a full stop.
        mend: what to do about it, likewise; may be empty.
    """

    resource: Resource
    attribute: str
    says: str
    mend: str = ""


@dataclass(frozen=True)
class _Level:
    """A lab as far as a lesson has come; `throttled` are those of what is made that the stage knows of."""

    made: frozenset[Key]
    throttled: frozenset[Key]
    deployment: Deployment

    def resource(self, resource: Resource, set_already: Mapping[str, Any]) -> Resource:
        """Return a resource as it should be by then; a route's settings that are right already may stay."""
        if isinstance(resource, Deployment):
            return self.deployment
        if isinstance(resource, Stage):
            settings = json.loads(resource.route_settings or "{}").items()
            some = {
                route: each
                for route, each in settings
                if (Route.kind, route) in self.throttled or set_already.get(route) == each
            }
            return replace(resource, deployment=self.deployment.name, route_settings=route_settings(some))
        return resource


@dataclass(frozen=True)
class Standing:
    """The lessons, and what exists of a lab that adopts; `desired` is all of it, as it should be.

    A lab is built lesson by lesson: its deployment is that of the routes so far, and its stage has settings
    for those that were there in the last lesson that names it. More that is served or set already is right.
    `role` is what is wrong with the role that was given to all functions, if one was. `outdated` has lessons,
    by their ids, each with the id of a deployment that was there when one of its routes was found wrong.
    """

    lessons: tuple[Lesson, ...]
    lab: Lab
    desired: Sequence[Resource]
    actual: Actual
    role: Fault | None = None
    outdated: frozenset[tuple[str, str]] = frozenset()

    @cached_property
    def _made(self) -> dict[str, tuple[Key, ...]]:
        """The keys of what each lesson makes; a role that was given to all functions leaves theirs out."""
        named = keys(self.lab)
        return {
            name: tuple(named[each] for each in some if each in named)
            for name, some in made(self.lessons).items()
        }

    @cached_property
    def _extra(self) -> list[Resource]:
        """What exists and is not the lab's as it should be in the end."""
        wanted = {each.key for each in self.desired}
        return [each for key, each in self.actual.resources.items() if key not in wanted]

    @cached_property
    def _again(self) -> list[Resource]:
        """The other APIs of the lab's name, as of two who made it at once; those with its tag can go."""
        return [each for each in self._extra if each.kind == Api.kind]

    @cached_property
    def _levels(self) -> dict[str, _Level]:
        """What is there when each lesson is done, by its id; under "" what is when all of the lab is."""
        everything = frozenset(each.key for each in self.desired)
        made, throttled, levels = frozenset[Key](), frozenset[Key](), dict[str, _Level]()
        for lesson in self.lessons:
            made |= frozenset(self._made[lesson.id])
            throttled = made if Stage.kind in lesson.makes else throttled
            levels[lesson.id] = _Level(made, throttled, self._deployment(made))
        return {**levels, "": _Level(everything, everything, self._deployment(everything))}

    def _deployment(self, made: frozenset[Key]) -> Deployment:
        served = (each for each in self.desired if isinstance(each, Route | Integration))
        return Deployment(name=digest(*(each for each in served if each.key in made)))

    @cached_property
    def _wanted(self) -> dict[str, tuple[Resource, ...]]:
        there = self.actual.resources
        stage = there.get((Stage.kind, STAGE))
        settings = json.loads((isinstance(stage, Stage) and stage.route_settings) or "{}")
        deployed = {stage.reference} if stage else {each.name for each in there.values()}
        served = [each for each in self._levels.values() if each.deployment.name in deployed]
        wanted = dict[str, tuple[Resource, ...]]()
        for lesson, own in self._made.items():
            level = self._levels[lesson]
            level = next((each for each in reversed(served) if level.made <= each.made), level)
            wanted[lesson] = tuple(level.resource(each, settings) for each in self.desired if each.key in own)
        return wanted

    @cached_property
    def _api(self) -> str:
        """The API's id, if there is one: what people see in the place of `API`."""
        return next((self.actual.ids[key] for key in self.actual.resources if key[0] == Api.kind), API)

    def wanted(self, lesson: Lesson) -> tuple[Resource, ...]:
        """Return what a lesson makes, as it should be by then."""
        return self._wanted[lesson.id]

    def found(self, wanted: Resource) -> Resource | None:
        """Return what exists of a resource; what only wschat puts on it may differ."""
        found = self.actual.resources.get(wanted.key) or next(self._alike(wanted), None)
        if isinstance(found, Route) and isinstance(wanted, Route):
            leads = self.actual.resources.get((Integration.kind, str(found.integration)))
            meant = (each for each in self.desired if each.key == (Integration.kind, wanted.integration))
            if leads and any(not differences(each, leads) for each in meant):
                return replace(found, integration=wanted.integration)
        return found

    def _alike(self, wanted: Resource) -> Iterator[Resource]:
        """Yield what else is the same, but for what only wschat puts on it."""
        return (each for each in self._extra if each.kind == wanted.kind and not differences(wanted, each))

    def _near(self, wanted: Resource) -> Resource | None:
        """Return what is too much and may be meant: it differs in one thing."""
        taken = [one for each in self.desired for one in self._alike(each)]
        some = (each for each in self._extra if each.kind == wanted.kind and each not in taken)
        return next((each for each in some if len(differences(wanted, each)) == 1), None)

    def faults(self, lesson: Lesson) -> list[Fault]:
        """Return what is wrong with what a lesson makes, in the lab's order."""
        given = [self.role] if self.role and self.has_given_role(lesson) else []
        outdated = [Fault(each, "", words.OUTDATED, words.DEPLOY_AGAIN) for each in self._outdated(lesson)]
        return given + [fault for each in self.wanted(lesson) for fault in self._faults(each)] + outdated

    def _deployed(self, lesson: Lesson) -> dict[Resource, str]:
        """Return the deployment that a lesson makes with its id, if it exists."""
        ids, wanted = self.actual.ids, self.wanted(lesson)
        return {each: ids[each.key] for each in wanted if isinstance(each, Deployment) and each.key in ids}

    def _outdated(self, lesson: Lesson) -> list[Resource]:
        return [each for each, known in self._deployed(lesson).items() if (lesson.id, known) in self.outdated]

    def _is_undeployed(self, lesson: Lesson) -> bool:
        """Tell whether a route of a lesson is wrong, or was when its deployment was there already."""
        wrong = (isinstance(each.resource, Route | Integration) for each in self.faults(lesson))
        return any(wrong) or bool(self._outdated(lesson))

    @property
    def outdated_by_now(self) -> frozenset[tuple[str, str]]:
        """What is `outdated` when one looks again: nobody can see what a deployment holds."""
        undeployed = filter(self._is_undeployed, self.lessons)
        return frozenset((each.id, known) for each in undeployed for known in self._deployed(each).values())

    def has_given_role(self, lesson: Lesson) -> bool:
        """Tell whether a lesson would make roles, and one was given in place of these."""
        labels = made(self.lessons)[lesson.id]
        return bool(self.lab.choices.role) and any(each.startswith(f"{Role.kind} ") for each in labels)

    def _faults(self, wanted: Resource) -> Iterator[Fault]:
        for some, says in ((self.actual.unmanaged, words.THEIRS), (self.actual.unknown, words.UNKNOWN)):
            if wanted.key in {each.key for each in some}:
                yield Fault(wanted, "", says)
                return
        found = self.found(wanted) or self._near(wanted)
        if found is None:
            yield Fault(wanted, "", words.MISSING[wanted.kind])
            return
        for attribute, (should, is_) in differences(wanted, found).items():
            for says in words.said(wanted, attribute, should, is_):
                named = says.replace(API, self._api)
                yield Fault(wanted, attribute, named, words.mend(wanted.kind, attribute))
        for each in self._again if wanted.kind == Api.kind else ():
            yield Fault(wanted, "", words.TWICE.format(self.actual.ids[each.key]))

    @property
    def next(self) -> Lesson | None:
        """The first lesson of which something is missing or wrong; None if none is."""
        return next((each for each in self.lessons if self.faults(each)), None)

    def lacking(self, lesson: Lesson) -> list[Lesson]:
        """Return the lessons before one of which something is missing or wrong."""
        return [each for each in self.lessons[: self.lessons.index(lesson)] if self.faults(each)]

    def before(self, lesson: Lesson) -> Lesson | None:
        """Return the first lesson that has to be done before this one can be; None if none has to."""
        own = self._made[lesson.id]
        needed = {key for each in self.wanted(lesson) for key in (*each.depends_on, each.lock_key)}
        for earlier in self.lessons[: self.lessons.index(lesson)]:
            some = (each for each in self.wanted(earlier) if each.is_among(needed) and each.key not in own)
            if any(next(self._faults(each), None) for each in some):
                return earlier
        return None

    @cached_property
    def keeping(self) -> tuple[Step, ...]:
        """The steps by which the tables that exist keep what was chosen since."""
        there = self.actual.resources
        tables = (each for each in self.desired if isinstance(each, Table))
        owned = [each for each in tables if each.key in there and each.key not in self.actual.by_hand]
        pairs = ((each, there[each.key]) for each in owned)
        return tuple(
            Step(Verb.UPDATE, replace(found, tags=each.tags), found)
            for each, found in pairs
            if isinstance(found, Table) and each.keeps_choices(found)
        )

    def steps(self, lesson: Lesson) -> tuple[Step, ...]:
        """Return the steps that make what a lesson makes, tag it, and remove what that takes the place of.

        Where a route is wrong, all is deployed anew: a deployment of the right name may be of before.
        """
        wanted, there = self.wanted(lesson), self.actual.resources
        kept = {each.key: there[each.key] for each in wanted if each.key in there}
        gone = {each.key: each for each in self._replaced(wanted)}
        untagged = (each for each in wanted if each.key in self.actual.by_hand)
        adopt = (Step(Verb.ADOPT, each) for each in untagged if not isinstance(each, Stage))
        there = kept | gone
        if self._is_undeployed(lesson):
            there = _undeployed(there, wanted)
        steps = (*adopt, *steps_to(wanted, replace(self.actual, resources=there)))
        keeping = self.keeping if steps or self.has_given_role(lesson) else ()
        own = {each.key for each in wanted}
        return (*(step for step in keeping if step.resource.key not in own), *steps)

    def _replaced(self, wanted: Sequence[Resource]) -> Iterator[Resource]:
        """Yield what is too much beside these: the same once more, or wrong, or deployed and not served."""
        served = {each.reference for each in self.actual.resources.values() if each.kind == Stage.kind}
        for each in wanted:
            yield from self._alike(each)
            if isinstance(each, Api):
                yield from (one for one in self._again if one.key not in self.actual.by_hand)
            if isinstance(each, Deployment):
                old = (one for one in self.actual.resources.values() if one.kind == each.kind)
                stage = self.actual.resources.get((Stage.kind, STAGE))
                others = served - {stage.reference if stage else None}
                yield from (one for one in old if one.key != each.key and one.name not in others)
            elif not self.found(each) and (near := self._near(each)):
                yield near


def _undeployed(there: Mapping[Key, Resource], wanted: Iterable[Resource]) -> dict[Key, Resource]:
    """Return resources without the deployment that is wanted, which no stage serves then."""
    again = {each.key for each in wanted if isinstance(each, Deployment)}
    bare = (
        replace(each, deployment=None)
        if isinstance(each, Stage) and (Deployment.kind, each.deployment) in again
        else each
        for each in there.values()
    )
    return {each.key: each for each in bare if each.key not in again}


def differences(wanted: Resource, found: Resource) -> dict[str, tuple[Any, Any]]:
    """Return what differs, as attribute: (wanted, found), but for what only wschat puts there."""
    marks = {"tags"} | MARKS.get(wanted.kind, set())
    return {name: pair for name, pair in wanted.differences(found).items() if name not in marks}
