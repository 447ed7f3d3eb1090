"""What the commands that work in an AWS account share: connect, look, ask."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import typer

from wschat.cli import console, report
from wschat.errors import ExitCode
from wschat.lab import inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.blueprint import check_names
from wschat.lab.model import Actual, Lab
from wschat.target import Target

NOTHING_CHANGED = "Stopped. Nothing was changed."


def connect(target: Target) -> Cloud:
    """Check the prefix, find out whose credentials these are, and show account and region."""
    from wschat.lab.aws import session  # boto3 takes longer to load than all the rest of --help

    check_names(Lab(account="0" * 12, region="us-east-1", prefix=target.prefix))
    cloud = session.connect(target)
    report.show_place(cloud.lab)
    return cloud


@contextmanager
def waiting(cloud: Cloud, what: str) -> Iterator[Cloud]:
    """Show that something takes a moment; with the cloud that is yielded, also what it waits for."""
    with console.waiting(what) as show:
        yield replace(cloud, on_wait=show)


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


@contextmanager
def on_interrupt(message: str) -> Iterator[None]:
    """Show a message at Ctrl-C, which ends the program."""
    try:
        yield
    except KeyboardInterrupt:
        console.stderr().print(f"\n{message}", markup=False)
        raise typer.Exit(ExitCode.INTERRUPTED) from None
