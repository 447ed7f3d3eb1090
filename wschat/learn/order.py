"""What each lesson makes; it comes after what that needs, and no two make the same."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from wschat.lab.blueprint import blueprint
from wschat.lab.model.resource import Resource
from wschat.learn.lesson import Lesson
from wschat.learn.resources import LABELS, PLAIN, label

SHARED = {"deployment", "stage"}
"""What several lessons make, each as it is then."""


@cache
def made(lessons: tuple[Lesson, ...]) -> dict[str, tuple[str, ...]]:
    """Return what each lesson makes, by its id, as lessons call it, in the lab's order.

    One that makes a deployment has to do with the stage, too, if there is one: what is served counts.

    Raises:
        UsageError: two lessons make the same, or one comes before what it makes can be made.
    """
    named = {each for lesson in lessons for each in lesson.makes}
    found = dict[str, tuple[str, ...]]()
    parts = {label(each): each for each in blueprint(PLAIN)}
    there = dict[str, Lesson]()
    for lesson in lessons:
        own = {*lesson.makes} | ({"stage"} if "deployment" in lesson.makes and "stage" in there else set())
        found[lesson.id] = tuple(
            each for each in LABELS if each in own or (each not in named and f"{parts[each].kind} *" in own)
        )
        for each in found[lesson.id]:
            if each in there and each not in SHARED:
                raise lesson.fault(f"{each} is made by {there[each].id} already", "say it in one of them")
        there |= dict.fromkeys(found[lesson.id], lesson)
        for each in found[lesson.id]:
            for needed in _needed(parts[each], parts.values()):
                if needed not in there:
                    hint = f"a lesson before it, or this one, has to make {needed}"
                    raise lesson.fault(f"{each} can't be made without {needed}", hint)
    return found


def joined(lessons: tuple[Lesson, ...], before: Lesson) -> tuple[Lesson, ...]:
    """Return the lessons with all that come before one as a single lesson, the first; there has to be one."""
    number = lessons.index(before)
    earlier = lessons[:number]
    makes = dict.fromkeys(each for lesson in earlier for each in made(lessons)[lesson.id])
    return (replace(earlier[-1], makes=tuple(makes)), *lessons[number:])


def _needed(resource: Resource, others: Iterable[Resource]) -> list[str]:
    """Return what a resource can't be made without, but for all of a kind: of those, the ones so far."""
    needed = {key for key in resource.depends_on if key[1]} | {resource.lock_key}
    return [label(each) for each in others if each.is_among(needed)]
