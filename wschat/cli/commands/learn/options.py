"""What the commands of `wschat learn` share: a teacher's folder, JSON, and which lesson is meant."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from wschat.errors import UsageError
from wschat.learn.lesson import Lesson

Lessons = Annotated[
    Path | None,
    typer.Option(
        "--lessons", metavar="DIR", help="Add the lessons in this folder, or replace those of the same name."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Write it as JSON.")]
_STEP: Any = typer.Argument(metavar="STEP", help="A lesson's number or name, as `wschat learn list` has it.")
Step = Annotated[str, _STEP]
StepOrNone = Annotated[str | None, _STEP]


def find(lessons: Sequence[Lesson], step: str) -> Lesson:
    """Return the lesson that is meant: by its number, its name, or the beginning of only one name.

    Raises:
        UsageError: there is none, or more than one.
    """
    exact = [each for each in lessons if step == each.id or step.lstrip("0") == each.number.lstrip("0")]
    found = exact or [each for each in lessons if each.id.startswith(step)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(each.id for each in found or lessons)
    what = f"{step!r} may be one of several lessons" if found else f"there is no lesson {step!r}"
    raise UsageError(what, where="learn", hint=f"there is {names}")
