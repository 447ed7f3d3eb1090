"""What the commands that speak to AWS share: where to work, looking, asking, carrying out, stopping."""

import sys
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import typer

from wschat.errors import ExitCode, WschatError
from wschat.target import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping, Sequence

    from wschat.lab.cloud import Cloud
    from wschat.lab.engine import Outcome
    from wschat.lab.model import Actual
    from wschat.lab.plan import Progress, Step
    from wschat.lab.signer import Signed

    Work = Callable[[Cloud, tuple[Step, ...], Actual], Generator[Progress, None, Outcome]]

AWS_FIELDS = ("prefix", "region", "profile", "endpoint_url")
NOTHING_CHANGED = "Stopped. Nothing was changed."


def called() -> str:
    """Return what to type for this program: its name, or its path where a shell would not find it."""
    from shutil import which

    path = Path(sys.argv[0])
    return "wschat" if which("wschat") or path.name != "wschat" else quote(str(path))


def pasteable(command: "Callable[..., None]") -> "Callable[..., None]":
    """Let the errors of a command name other commands with its own options, to be pasted."""

    @wraps(command)
    def run(**given: object) -> None:
        try:
            command(**given)
        except WschatError as error:
            where: dict[str, Any] = {name: given[name] for name in AWS_FIELDS}
            target = Target(**where)
            error.name_options({**target.ways, "status": target.options})
            raise

    return run


def connect(where: Target, authorization: str | None = None) -> "Cloud":
    """Check the prefix, find out who is asking, and say where."""
    from wschat import console
    from wschat.lab import login
    from wschat.lab.blueprint import check_names
    from wschat.lab.model import Lab

    check_names(Lab(account="0" * 12, region="us-east-1", prefix=where.prefix))
    cloud = login.connect(where)
    cloud = replace(cloud, lab=replace(cloud.lab, authorization=authorization))
    console.show_place(cloud.lab)
    return cloud


def signer_of(at: Target) -> "Callable[[], Signed] | None":
    """Return what signs each connection to a lab; None if that one lets in who does not."""
    if not at.sign:
        return None
    from wschat.lab import signer

    return signer.signer(at.url, at)


def look(cloud: "Cloud") -> "Actual":
    """Look at what exists."""
    from wschat import console
    from wschat.lab import inventory

    with console.waiting("Looking at what exists") as tell:
        return inventory.look(replace(cloud, on_wait=waits(tell)))


def ask(question: str, cloud: "Cloud", *answer: str, yes: bool) -> None:
    """Ask whether to go on, unless that was said before; `{}` in the question is the account and region."""
    from wschat import console

    place = f"account {cloud.lab.account}, region {cloud.lab.region}"
    if not yes and not console.ask(question.format(place), *answer):
        console.screen().print("Nothing was changed.")
        raise typer.Exit


def carry_out(
    cloud: "Cloud", work: "Work", ways: "Mapping[str, str]", steps: "Sequence[Step]", actual: "Actual"
) -> "Outcome":
    """Provision or tear down, and show it; Ctrl-C stops it in an orderly way.

    `ways` are the commands that lead on from there, with their options; the first is this one.
    """
    from wschat import console, progress
    from wschat.lab.clock import Stopped

    shown, start = progress.Steps(ways), cloud.clock.now()

    def stop() -> None:
        cloud.clock.stop()
        shown.stopping()

    with progress.stoppable(stop):
        try:
            outcome = shown.show(work(replace(cloud, on_wait=shown.wait), tuple(steps), actual))
        except (Stopped, KeyboardInterrupt):
            console.show_stopped(shown.counts, len(steps), ways)
            raise typer.Exit(ExitCode.INTERRUPTED) from None
    seconds = cloud.clock.now() - start
    console.screen().print(f"Done: {shown.done} steps in {seconds:.1f} s.")
    return outcome


@contextmanager
def interrupted(says: str) -> "Iterator[None]":
    """Say what Ctrl-C means here."""
    from wschat import console

    try:
        yield
    except KeyboardInterrupt:
        console.screen().print(f"\n{says}", markup=False, soft_wrap=True)
        raise typer.Exit(ExitCode.INTERRUPTED) from None


def waits(tell: "Callable[[str], None]") -> "Callable[[str, float], None]":
    """Return what tells of a wait by telling one line."""
    return lambda why, seconds: tell(f"{why} ({seconds:.0f} s)")
