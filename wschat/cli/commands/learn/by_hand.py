"""What one does by hand in a lesson: the commands of aws, and where in the console what is entered."""

from shutil import which
from textwrap import wrap

from rich.text import Text

from wschat.cli import console
from wschat.cli.commands.learn.pages import show_markdown
from wschat.cli.commands.learn.place import Place
from wschat.cli.local_lab import credentials
from wschat.cli.options import program
from wschat.lab.aws.functions import Function
from wschat.lab.aws.stages import Stage
from wschat.lab.aws.websocket_api import API_NAME, Api
from wschat.lab.by_hand.commands import Shell, pasted
from wschat.lab.by_hand.console import API_ID, markdown
from wschat.lab.plan import MAKES, Step, Verb
from wschat.learn.lesson import Lesson
from wschat.learn.progress import Standing

NO_CONSOLE = "There is none for a lab on this machine. In an account, this is where:\n"
GIVEN = "A role was given to all functions, so none is to be made."
NO_PROGRAM = "There is no program `aws` here. This brings it: pip install awscli\n"
DELETE = "Delete {} {}: it can't be changed into what it should be.\n"
AND_GOES_ON, WIDTH = " \\\n    ", 74
"""What a line for a shell ends with, and the next one begins; columns without both."""
DONE = "All of it is there already. So it is made:"


def lacking(there: Standing, lesson: Lesson) -> tuple[Step, ...]:
    """Return the steps that make what lacks of a lesson; of one that is done, those that made it.

    What can't be changed is deleted first.
    """
    if steps := [step for step in there.steps(lesson) if step.verb in MAKES]:
        return tuple(one for step in steps for one in _anew(step))
    console.stdout().print(GIVEN if there.has_given_role(lesson) else DONE)
    own = (each for each in there.wanted(lesson) if each.kind != Stage.kind or Stage.kind in lesson.makes)
    return tuple(Step(Verb.CREATE, each) for each in own)


def _anew(step: Step) -> tuple[Step, ...]:
    """Return a step, or two in its place, where what exists can't be changed into what should."""
    if step.found and step.fixed:
        return Step(Verb.DELETE, step.found, step.found), Step(Verb.CREATE, step.resource)
    return (step,)


def show_commands(there: Standing, lesson: Lesson, place: Place) -> None:
    """Show the commands of aws that make what lacks, each whole, to be pasted."""
    out, steps = console.stdout(), lacking(there, lesson)
    if not steps:
        return
    typed = pasted(steps, _shell(there, place))
    if not which("aws"):
        out.print(NO_PROGRAM, markup=False)
    out.print("Paste this into a shell in another terminal, all at once or command by command:\n")
    if place.local:
        out.out(
            AND_GOES_ON.join(wrap(f"export {credentials(place.local)}", WIDTH, break_on_hyphens=False)),
            highlight=False,
        )
    for command in typed:
        out.out(command, highlight=False)


def _shell(there: Standing, place: Place) -> Shell:
    return Shell(there.lab, place.target.profile, program(anywhere=True))


def show_console(there: Standing, lesson: Lesson, place: Place) -> None:
    """Show where in the console what lacks is made, and with which values."""
    if place.local:
        console.stdout().print(NO_CONSOLE)
    steps = lacking(there, lesson)
    lab, api = there.lab, there.actual.ids.get((Api.kind, there.lab.name(API_NAME)), API_ID)
    if packed := [step.resource.name for step in steps if isinstance(step.resource, Function)]:
        console.stdout().print(Text(f"In a shell, for the zips: {_shell(there, place).pack(packed)}\n"))
    for step in steps:
        if step.verb is Verb.DELETE:
            console.stdout().print(Text(DELETE.format(step.resource.kind, step.resource.name)))
        else:
            show_markdown(markdown(step.resource, lab, api))
