"""`wschat learn check`: how far the lessons have come, or what is wrong with one."""

import sys

import typer

from wschat.cli import console
from wschat.cli.aws import NOTHING_CHANGED, on_interrupt
from wschat.cli.commands.learn import checking, doing
from wschat.cli.commands.learn.options import Json, Lessons, StepOrNone, find
from wschat.cli.commands.learn.place import Local, Place, opened
from wschat.cli.options import NOTHING, AwsTarget, LabChosen, Yes
from wschat.errors import ExitCode
from wschat.learn.course import course
from wschat.learn.drills.work import running
from wschat.learn.lesson import Lesson


def check(
    target: AwsTarget,
    step: StepOrNone = None,
    given: LabChosen = NOTHING,
    *,
    lessons: Lessons = None,
    local: Local = False,
    json: Json = False,
    yes: Yes = False,
) -> None:
    """Say what of a lesson is not right yet. Without STEP, of all; in a drill, whether it is mended."""
    found = course(lessons)
    lesson = None if step is None else find(found, step)
    with opened(target, lessons, given, local=local) as place:
        raise typer.Exit(_check(place, found, lesson, json=json, yes=yes))


def _check(
    place: Place, found: tuple[Lesson, ...], lesson: Lesson | None, *, json: bool, yes: bool
) -> ExitCode:
    with on_interrupt(NOTHING_CHANGED):
        cloud = place.cloud
        there = doing.look(cloud, found)
    drill = running(there.actual)
    if drill and not json:
        from wschat.cli.commands.learn.mended import (
            check_drill,  # what connects takes as long to load as all the rest
        )

        return check_drill(cloud, there.actual, drill, place)
    asked = found if lesson is None else (lesson,)
    right = not any(map(there.faults, asked))
    if json:
        console.stdout().out(checking.as_json(there, () if drill else asked, cloud.notes, drill))
        return ExitCode.OK if right and not drill else ExitCode.DIFFERENT
    if lesson is None:
        checking.show_all(there)
    checking.show_faults(there, lesson or there.next or found[-1])
    if by_hand := [each for each in asked if there.steps(each) and not there.faults(each)]:
        typed = place.commands(found)
        if yes or (sys.stdin and sys.stdin.isatty()):
            doing.adopt(cloud, there, by_hand, typed, yes=yes)
        else:
            again = typed["learn check" if lesson is None else f"learn check {lesson.id}"]
            offer = doing.offer((step for each in by_hand for step in there.steps(each)), there.keeping)
            console.stderr().print(f"{offer}: `{again} --yes`.", markup=False)
    return ExitCode.OK if right else ExitCode.DIFFERENT
