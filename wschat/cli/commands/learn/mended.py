"""Whether a drill is mended, and what is said of it; a part of `wschat learn check`."""

from functools import partial

from wschat.chat.network import event_loop
from wschat.chat.network.lab_check import check
from wschat.chat.network.serving import UPDATED, check_until_served
from wschat.cli import console
from wschat.cli.aws import LOOKING, NOTHING_CHANGED, on_interrupt, waiting
from wschat.cli.commands.learn.place import Place
from wschat.cli.drills import end
from wschat.cli.which_lab import signer
from wschat.errors import ExitCode
from wschat.lab import engine
from wschat.lab.aws.cloud import Cloud
from wschat.lab.model.actual import Actual
from wschat.lab.model.lab import AWS_IAM
from wschat.lab.plan import changes
from wschat.learn.drills import work
from wschat.target import Target
from wschat.text import safe


def why_not(cloud: Cloud, actual: Actual, running: work.Running, target: Target) -> str | None:
    """Tell what of a drill is not mended yet; None if all works. On AWS that may take minutes."""
    url, sign = engine.url(cloud, actual), engine.authorization(actual) == AWS_IAM
    signs = signer(Target(url=url, region=cloud.lab.region, profile=target.profile, sign=sign))
    with on_interrupt(NOTHING_CHANGED):
        age = waiting(cloud, LOOKING, partial(engine.settling, actual=actual))
        with console.waiting("Trying the lab") as show:

            def try_it() -> None:
                if cloud.pacing.read_lag:
                    clock = cloud.clock
                    check_until_served(url, signs, age, on_wait=show, sleep=clock.sleep, clock=clock.now)
                else:  # what fails at once will fail again
                    event_loop.run(check(url, signs, UPDATED.timeouts))

            return work.why_not_mended(cloud, actual, running.drill, try_it)


def check_drill(cloud: Cloud, actual: Actual, running: work.Running, place: Place) -> ExitCode:
    """Say whether a drill is mended; if it is, end it, and tell what it was."""
    err, commands = console.stderr(), place.commands()
    if why := why_not(cloud, actual, running, place.target):
        console.stdout().print(f"Not mended yet: {safe(why)}.", markup=False)
        err.print(f"`{commands['learn drill --hint']}` gives a hint.", markup=False)
        return ExitCode.DIFFERENT
    console.stdout().print("Mended: the lab works.")
    end(cloud, actual, console.stdout(), found=True)
    if actual.by_hand:
        told = f"What you made anew has no tag of this lab: `{commands['learn check']}` takes it over."
        err.print(told, markup=False)
    if changes(engine.drift(cloud, actual)):
        told = f"It is not all as provision makes it: `{commands['provision']}` does that."
        err.print(told, markup=False)
    return ExitCode.OK
