"""What the commands that change a lab in AWS share: connect, look, ask, carry out, stop."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import typer

from wschat.cli import console, report
from wschat.cli.progress import Steps, stoppable
from wschat.errors import ExitCode
from wschat.lab import inventory
from wschat.lab.aws import session
from wschat.lab.aws.cloud import Cloud
from wschat.lab.blueprint import check_names
from wschat.lab.clock import Stopped
from wschat.lab.engine import Outcome
from wschat.lab.model import Actual, Lab
from wschat.lab.plan import Progress, Step
from wschat.target import Target

Work = Callable[[Cloud, tuple[Step, ...], Actual], Generator[Progress, None, Outcome]]

NOTHING_CHANGED = "Stopped. Nothing was changed."


def connect(target: Target) -> Cloud:
    """Check the prefix, find out whose credentials these are, and show account and region."""
    check_names(Lab(account="0" * 12, region="us-east-1", prefix=target.prefix))
    cloud = session.connect(target)
    report.show_place(cloud.lab)
    return cloud


@contextmanager
def waiting(cloud: Cloud, what: str) -> Iterator[Cloud]:
    """Show that something takes a moment; with the cloud that is yielded, also what it waits for."""
    with console.waiting(what) as show:
        yield replace(cloud, on_wait=console.timed(show))


def look(cloud: Cloud) -> Actual:
    """Look at what exists."""
    with waiting(cloud, "Looking at what exists") as watched:
        return inventory.look(watched)


def confirm(question: str, cloud: Cloud, *answer: str, yes: bool) -> None:
    """Ask whether to go on, unless `yes`; `{}` in the question becomes the account and region."""
    place = f"account {cloud.lab.account}, region {cloud.lab.region}"
    if not yes and not console.confirm(question.format(place), *answer):
        console.stderr().print("Nothing was changed.")
        raise typer.Exit


def carry_out(
    cloud: Cloud, work: Work, steps: Sequence[Step], actual: Actual, commands: Mapping[str, str]
) -> Outcome:
    """Provision or tear down, and show it; the first Ctrl-C lets the calls in flight end.

    `commands` is what to type for each command that leads on from there.
    """
    shown, start = Steps(commands), cloud.clock.now()

    def stop() -> None:
        cloud.clock.stop()
        shown.stopping()

    with stoppable(stop):
        try:
            outcome = shown.show(work(replace(cloud, on_wait=shown.wait), tuple(steps), actual))
        except (Stopped, KeyboardInterrupt):
            report.show_stopped(shown.counts, len(steps), work.__name__, commands)
            raise typer.Exit(ExitCode.INTERRUPTED) from None
    console.stderr().print(f"Done: {shown.counts['done']} steps in {cloud.clock.now() - start:.1f} s.")
    return outcome


@contextmanager
def on_interrupt(message: str) -> Iterator[None]:
    """Show a message at Ctrl-C, which ends the program."""
    try:
        yield
    except KeyboardInterrupt:
        console.stderr().print(f"\n{message}", markup=False)
        raise typer.Exit(ExitCode.INTERRUPTED) from None
