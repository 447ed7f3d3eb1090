"""What the commands that work in an AWS account share: connect, read the lab, confirm."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

import typer

from wschat.cli import console, report
from wschat.errors import ExitCode
from wschat.lab.aws.cloud import Cloud
from wschat.lab.blueprint import check_names
from wschat.lab.model import Lab
from wschat.target import Target

T = TypeVar("T")
NOTHING_CHANGED = "Stopped. Nothing was changed."
LOOKING = "Looking at what exists"


def connect(target: Target) -> Cloud:
    """Check the prefix, find out whose credentials these are, and show account and region."""
    from wschat.lab.aws import session  # boto3 takes longer to load than all the rest of --help

    check_names(Lab(account="0" * 12, region="us-east-1", prefix=target.prefix))
    cloud = session.connect(target)
    report.show_place(cloud.lab)
    return cloud


def waiting(cloud: Cloud, what: str, work: Callable[[Cloud], T]) -> T:
    """Do what takes a moment, and show what it waits for."""
    with console.waiting(what) as show:
        return work(replace(cloud, on_wait=show))


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
