"""`wschat learn`: the lessons at a terminal, from where one has come to."""

import sys
from typing import Annotated

import typer
from rich.text import Text

from wschat.cli import console
from wschat.cli.aws import NOTHING_CHANGED, on_interrupt
from wschat.cli.commands.learn.options import Lessons, find
from wschat.cli.commands.learn.place import Local, Place, opened
from wschat.cli.local_lab import credentials
from wschat.cli.options import NOTHING, AwsTarget, LabChosen, program
from wschat.errors import UsageError
from wschat.learn.course import course
from wschat.learn.lesson import Lesson


def learn(
    target: AwsTarget,
    given: LabChosen = NOTHING,
    *,
    lessons: Lessons = None,
    local: Local = False,
    start: Annotated[
        str | None,
        typer.Option("--from", metavar="STEP", help="Begin with this lesson; do what lacks before it."),
    ] = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="Nothing but lines: for screen readers and plain terminals.")
    ] = False,
) -> None:
    """Learn the lab by doing it, step by step. Without a terminal: list, show, check, do."""
    found = course(lessons)
    first = find(found, start) if start else None
    if not (sys.stdin and sys.stdin.isatty() and sys.stdout and sys.stdout.isatty()):
        hint = (
            "these need none: `wschat learn list`, `learn show STEP`, `learn check [STEP]`, `learn do STEP`"
        )
        raise UsageError("the lessons need a terminal", where="learn", hint=hint)
    from wschat.cli.commands.learn import pages  # Markdown, which a group need not load
    from wschat.cli.commands.learn.dialogue.loop import (
        Loop,  # what connects and asks takes as long to load as all the rest
    )
    from wschat.cli.commands.learn.dialogue.prompt import asker

    if plain:
        pages.be_plain()
    with on_interrupt(NOTHING_CHANGED), opened(target, lessons, given, local=local, start=True) as place:
        if place.local:
            pages.show_differences(f"export {credentials(place.local)}")
        loop = Loop(found, place, input)
        if not pages.is_plain():
            loop.ask = asker(lambda: loop.words, lambda columns: pages.toolbar(loop.choices, columns))
        loop.begin(first)
        loop.run()
        _say_goodbye(place, loop.lesson)


def _say_goodbye(place: Place, lesson: Lesson) -> None:
    """Say how to go on another time."""
    if not place.local:
        told, start = "What is made stays. On any machine, this goes on from there:", ""
    elif place.local.started:
        told = "With this lab, what you made in it is gone. This makes it again up to here, and goes on:"
        start = f" --from {lesson.id}"
    else:
        told, start = "Others use this lab. As long as they do, this goes on in it:", ""
    out = console.stdout()
    out.print(told)
    typed = f"  {program()} learn{place.options}{place.given.options}{start}"
    out.print(Text(typed, "bold"), soft_wrap=True)
