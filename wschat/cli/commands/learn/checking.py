"""What is told of how lessons stand: what is wrong with one, how far all have come; the same as JSON."""

import json
from collections.abc import Iterable
from typing import Any

from rich.text import Text

from wschat.cli import console
from wschat.lab.aws.permissions import Permission
from wschat.lab.blueprint import given_role
from wschat.learn.drills.work import Running
from wschat.learn.lesson import Lesson
from wschat.learn.progress import Fault, Standing
from wschat.learn.resources import label
from wschat.text import safe


def show_faults(there: Standing, lesson: Lesson) -> bool:
    """Show what is wrong with the first resource of a lesson that is not right; tell whether none is."""
    out, faults = console.stdout(), there.faults(lesson)
    if not faults:
        what = "all of it is right" if there.wanted(lesson) else "it makes nothing, and AWS lets you read"
        if there.has_given_role(lesson):
            what = f"the role {given_role(there.lab)[1]}, which was given, is there for Lambda to take on"
        out.print(Text(safe(f"✓ {lesson.number} {lesson.id}: {what}."), "green"))
        if lack := there.actual.resources and there.lacking(lesson):
            out.print(f"Not done before it: {numbered(lack)}.", markup=False)
        return True
    first = [each for each in faults if each.resource is faults[0].resource]
    hints = set[str]()
    for each in first:
        out.print(Text.assemble(("✗ ", "red"), (f"{named(each)}: ", "bold"), safe(each.says)))
        if each.mend not in hints and each.mend:
            out.print(Text.assemble("  ", ("→ ", "dim"), safe(each.mend)))
        hints.add(each.mend)
    if more := len({each.resource.key for each in faults}) - 1:
        out.print(f"After that {more} more {'is' if more == 1 else 'are'} missing or not right.")
    return False


def numbered(lessons: Iterable[Lesson]) -> str:
    """Return the numbers and names of lessons."""
    return ", ".join(f"{each.number} {each.id}" for each in lessons)


def named(fault: Fault) -> str:
    """Return what a fault is about, as people read it."""
    resource = fault.resource
    return safe(label(resource) if isinstance(resource, Permission) else f"{resource.kind} {resource.name}")


def show_all(there: Standing) -> None:
    """Show, a line each, which lessons are done, and where one is."""
    out, here = console.stdout(), there.next
    for each in there.lessons:
        sign, style, state = ("·", "dim", "")
        if each is here:
            sign, style, state = "→", "bold", "here you are"
        elif each.makes:
            faults = len({fault.resource.key for fault in there.faults(each)})
            sign, style = ("✗", "dim") if faults else ("✓", "green")
            of = max(len(there.wanted(each)), faults)
            left = {*there.steps(each)} - {*there.keeping}
            state = f"{of - faults} of {of}" if faults else "not tagged yet" if left else ""
        shown = f" ({state})" if state else ""
        out.print(Text(f"{sign} {each.number.ljust(3)} {safe(each.title)}{shown}", style))


def as_json(there: Standing, lessons: Iterable[Lesson], notes: Iterable[str], drill: Running | None) -> str:
    """Return how lessons stand as JSON; `adopt` are the steps that take over what was made by hand.

    `drill` is the one that the lab is in: then nothing is told that gives it away.
    """

    def of(lesson: Lesson) -> dict[str, Any]:
        faults = there.faults(lesson)
        return {
            "number": lesson.number,
            "id": lesson.id,
            "title": lesson.title,
            "makes": [{"kind": each.kind, "name": each.name} for each in there.wanted(lesson)],
            "right": not faults,
            "faults": [
                {
                    "kind": each.resource.kind,
                    "name": each.resource.name,
                    "attribute": each.attribute or None,
                    "says": each.says,
                    "mend": each.mend,
                }
                for each in faults
            ],
            "adopt": [] if faults else [str(step) for step in there.steps(lesson)],
        }

    lab = there.lab
    return json.dumps(
        {
            "account": lab.account,
            "region": lab.region,
            "prefix": lab.prefix,
            "drill": drill and drill.drill.name,
            "next": there.next.id if there.next and not drill else None,
            "lessons": [of(each) for each in lessons],
            "notes": [*notes],
        },
        indent=2,
    )
