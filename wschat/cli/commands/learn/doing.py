"""Does a lesson, or takes over what was made of it by hand: after a question, and with each call shown."""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial

from wschat.cli import console, report
from wschat.cli.aws import LOOKING, NOTHING_CHANGED, carry_out, confirm, on_interrupt, waiting
from wschat.cli.drills import announce
from wschat.cli.options import completed
from wschat.lab.aws.cloud import Cloud
from wschat.lab.model.actual import Actual
from wschat.lab.plan import Progress, Step, Verb, changes
from wschat.learn import work
from wschat.learn.lesson import Lesson
from wschat.learn.progress import Standing

UNTAGGED = "It is right, but without the lab's tag and marks, by which teardown finds it. Take it over"
LEFT_OVER = "It is right. What was there before it, such as an older deployment, is left over. Delete that"
NOT_KEPT = "It is right. The tables' tags do not keep yet what was chosen, for another time. Let them"


def look(cloud: Cloud, lessons: tuple[Lesson, ...]) -> Standing:
    """Look at what exists, and show what that waits for, and what can't be seen."""
    with _noting(cloud):
        return waiting(cloud, LOOKING, partial(work.look, lessons=lessons))


def do(cloud: Cloud, there: Standing, lesson: Lesson, commands: Mapping[str, str], *, yes: bool) -> Standing:
    """Do what there is to do of a lesson after a question, unless `yes`; return how the lessons stand then.

    `commands` is what to type for each command that leads on from there.

    Raises:
        UsageError, AwsError: it can't be done, before the first step; or a step failed.
        Exit: the answer was no, or the person asked to stop.
    """
    if not there.steps(lesson):
        return there
    with completed(commands):
        work.check_possible(there, lesson)
    _ask(cloud, there, [lesson], "Do this in {}?", yes=yes)
    return _carry_out(cloud, there, lesson, commands)


def adopt(
    cloud: Cloud, there: Standing, lessons: Sequence[Lesson], commands: Mapping[str, str], *, yes: bool
) -> Standing:
    """Take over what was made by hand of lessons that are right, as `do` does, after one question."""
    offered = offer((step for each in lessons for step in there.steps(each)), there.keeping)
    _ask(cloud, there, lessons, f"{offered} in {{}}?", yes=yes)
    for each in lessons:
        there = _carry_out(cloud, there, each, commands)
    return there


def offer(steps: Iterable[Step], keeping: Iterable[Step]) -> str:
    """Return what is offered where lessons are right, and steps remain; `keeping` are a `Standing`'s."""
    others = {*steps}.difference(keeping)
    if not others:
        return NOT_KEPT
    return LEFT_OVER if all(step.verb is Verb.DELETE for step in others) else UNTAGGED


def _ask(cloud: Cloud, there: Standing, lessons: Sequence[Lesson], question: str, *, yes: bool) -> None:
    """Show what is to be done for lessons, and ask; what needs no answer is shown as it is done."""
    steps = dict.fromkeys(step for each in lessons for step in changes(there.steps(each)))
    with on_interrupt(NOTHING_CHANGED):
        announce(there.actual)
        if not yes:
            report.show_plan([*steps], console.stderr())
        confirm(question, cloud, yes=yes)


def _carry_out(cloud: Cloud, there: Standing, lesson: Lesson, commands: Mapping[str, str]) -> Standing:
    def do(cloud: Cloud, steps: Sequence[Step], _: Actual) -> Generator[Progress, None, Standing]:
        return work.do(cloud, there, lesson, steps)

    commands, steps = {**commands, "do": commands[f"learn do {lesson.id}"]}, changes(there.steps(lesson))
    with _noting(cloud):
        return carry_out(cloud, do, steps, there.actual, commands, partial(work.watched, cloud))[0]


@contextmanager
def _noting(cloud: Cloud) -> Iterator[None]:
    """Show what is noted meanwhile, such as what nobody may look at."""
    known = {*cloud.notes}
    yield
    report.show_left_alone((), [each for each in cloud.notes if each not in known])
