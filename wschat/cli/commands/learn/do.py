"""`wschat learn do`: one lesson done by the program, with each call that it takes."""

import typer

from wschat.cli.aws import NOTHING_CHANGED, on_interrupt
from wschat.cli.commands.learn import checking, doing
from wschat.cli.commands.learn.options import Lessons, Step, find
from wschat.cli.commands.learn.place import Local, opened
from wschat.cli.options import AwsTarget, LabChosen, Yes
from wschat.errors import ExitCode
from wschat.learn.course import course


def do(
    target: AwsTarget,
    given: LabChosen,
    step: Step,
    *,
    lessons: Lessons = None,
    local: Local = False,
    yes: Yes = False,
) -> None:
    """Do one lesson, and show each call to AWS. What was made of it by hand is mended."""
    found = course(lessons)
    lesson = find(found, step)
    with opened(target, lessons, given, local=local) as place:
        with on_interrupt(NOTHING_CHANGED):
            there = doing.look(place.cloud, found)
        there = doing.do(place.cloud, there, lesson, place.commands(found), yes=yes)
        right = checking.show_faults(there, lesson)
    raise typer.Exit(ExitCode.OK if right else ExitCode.DIFFERENT)
