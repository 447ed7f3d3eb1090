"""`wschat learn do`: one lesson done by the program, with each call that it takes."""

import typer

from wschat.cli.aws import NOTHING_CHANGED, connect, on_interrupt
from wschat.cli.learn import checking, doing
from wschat.cli.learn.options import Lessons, Step, commands, find
from wschat.cli.options import AwsTarget, Yes
from wschat.errors import ExitCode
from wschat.learn.course import course


def do(target: AwsTarget, step: Step, *, lessons: Lessons = None, yes: Yes = False) -> None:
    """Do one lesson, and show each call to AWS. What was made of it by hand is mended."""
    found = course(lessons)
    lesson = find(found, step)
    with on_interrupt(NOTHING_CHANGED):
        cloud = connect(target)
        there = doing.look(cloud, found)
        if not there.steps(lesson):
            right = checking.show_faults(there, lesson)
            raise typer.Exit(ExitCode.OK if right else ExitCode.DIFFERENT)
    there = doing.do(cloud, there, lesson, commands(target, found, lessons), yes=yes)
    right = checking.show_faults(there, lesson)
    raise typer.Exit(ExitCode.OK if right else ExitCode.DIFFERENT)
