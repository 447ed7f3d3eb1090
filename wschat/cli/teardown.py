"""`wschat teardown`: remove one lab, or every lab of an account and region, and look again."""

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Annotated

import typer
from rich.markup import escape
from rich.text import Text

from wschat.cli import console, report
from wschat.cli.aws import LOOKING, NOTHING_CHANGED, carry_out, confirm, connect, on_interrupt, waiting
from wschat.cli.options import AwsTarget, Yes
from wschat.cli.provisioned import Provisioned
from wschat.errors import ExitCode, UsageError, WschatError
from wschat.lab import engine, inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.model import Actual
from wschat.lab.plan import plan_down
from wschat.target import Target
from wschat.text import safe


def teardown(
    target: AwsTarget,
    *,
    every: Annotated[
        bool, typer.Option("--all", help="Remove every lab of this account and region, whoever made it.")
    ] = False,
    yes: Yes = False,
) -> None:
    """Remove all that provision made. Look again, and list what is left."""
    if every and target.prefix:
        raise UsageError("--all and --prefix exclude each other", where="teardown")
    with on_interrupt(NOTHING_CHANGED):
        cloud = connect(target)
    raise typer.Exit(_remove_every(cloud, target, yes=yes) if every else _remove_one(cloud, target, yes=yes))


def _remove_one(cloud: Cloud, target: Target, *, yes: bool) -> ExitCode:
    with on_interrupt(NOTHING_CHANGED):
        actual = waiting(cloud, LOOKING, engine.look_for_rest)
        steps = plan_down(actual)
        for each in actual.unmanaged:
            owner = report.possible_owner([each])
            what = f"Left alone: {each.kind} {each.name} has no tag of this lab, so it is {owner}."
            console.stderr().print(Text(safe(what)))
        report.show_left_alone(actual.unknown, cloud.notes)
        if not steps:
            console.stderr().print("Nothing to remove: there is no such lab here.")
            return ExitCode.DIFFERENT if actual.unknown else ExitCode.OK
        report.show_plan(steps, console.stderr())
        confirm("Remove all this from {}?", cloud, yes=yes)
    return _remove(cloud, actual, target.commands)


def _remove_every(cloud: Cloud, target: Target, *, yes: bool) -> ExitCode:
    """Remove one lab after the other; an error with one keeps no other from being removed."""
    with on_interrupt(NOTHING_CHANGED):
        with console.waiting("Looking for labs") as show:
            labs, refused = inventory.find_labs(replace(cloud, on_wait=show), show)
        report.show_left_alone((), cloud.notes)
        for error in refused:
            console.show_error(error)
        codes = {ExitCode.DIFFERENT if cloud.notes else ExitCode.OK, *(error.exit_code for error in refused)}
        if not labs:
            none = "no lab here that you may look at" if refused or cloud.notes else "no lab here"
            console.stderr().print(f"Nothing to remove: there is {none}.")
            return max(codes)
        rows = [(each.lab.prefix, len(plan_down(actual)), actual.created) for each, actual in labs]
        report.show_labs(rows, time.time())
        confirm("Remove all from {}? Type how many:", cloud, str(len(rows)), yes=yes)
    for each, actual in labs:
        one = replace(target, prefix=each.lab.prefix)
        commands = {**one.commands, "teardown": f"wschat teardown --all{target.options}"}
        console.stderr().print(f"[bold]Prefix {one.prefix or '(none)'}[/bold]")
        try:
            codes.add(_remove(each, actual, commands))
        except WschatError as error:
            error.complete(commands)
            console.show_error(error)
            codes.add(error.exit_code)
    return max(codes)


def _remove(cloud: Cloud, actual: Actual, commands: Mapping[str, str]) -> ExitCode:
    """Remove what there is of a lab; `commands` are those that lead on from there, as one types them."""
    lab = cloud.lab
    after, left = carry_out(cloud, engine.teardown, plan_down(actual), actual, commands)
    report.show_left_alone(after.unknown, ())
    if not left and not after.unknown:
        with suppress(OSError):
            Provisioned(lab.prefix, lab.region, account=lab.account).forget()
        console.stderr().print("Looked again: nothing is left.")
        return ExitCode.OK
    if left:
        console.stderr().print(
            f"[bold]Looked again: this is left.[/bold] Run `{escape(commands['teardown'])}`."
        )
        report.show_plan(left, console.stderr())
    return ExitCode.DIFFERENT
