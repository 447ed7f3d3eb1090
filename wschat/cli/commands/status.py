"""`wschat status`: what exists of a lab, or of all in an account, and what differs from what should."""

import time
from dataclasses import replace
from typing import Annotated

import typer

from wschat.cli import console, overview, report
from wschat.cli.aws import LOOKING, NOTHING_CHANGED, connect, connect_to_all, on_interrupt, waiting
from wschat.cli.drills import show_secret
from wschat.cli.options import InAccount, Spoil
from wschat.errors import ExitCode
from wschat.lab import engine, inventory, labs
from wschat.lab.aws.cloud import Cloud
from wschat.lab.model.actual import Actual
from wschat.lab.plan import changes
from wschat.learn.drills import work
from wschat.learn.drills.work import Running
from wschat.target import Target


def status(
    target: InAccount,
    *,
    every: Annotated[
        bool, typer.Option("--all", help="Show how far each lab of this account and region has come.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Write what differs as JSON.")] = False,
    spoil: Spoil = False,
) -> None:
    """Show what exists of the lab and what differs. Exit with 0 if nothing does, else with 3."""
    if every:
        raise typer.Exit(_show_all(target, json=json, spoil=spoil))
    with on_interrupt(NOTHING_CHANGED):
        cloud = connect(target)
        actual = waiting(cloud, LOOKING, inventory.look)
    if not spoil and (drill := work.running(actual)):
        raise typer.Exit(_show_drill(drill, cloud, actual, target, json=json))
    steps, url = engine.drift(cloud, actual), engine.url(cloud, actual)
    code = ExitCode.DIFFERENT if steps or actual.unmanaged or actual.unknown else ExitCode.OK
    if json:
        report.show_json(cloud.lab, steps, actual, url, cloud.notes)
        raise typer.Exit(code)
    report.show_status(engine.desired(cloud.lab, actual), steps, actual)
    report.show_left_alone((), cloud.notes)
    out = console.stdout()
    report.show_choices(actual, out)
    if url:
        out.out(f"URL: {url}")
    if actual.unmanaged:
        hint = f"Some names are {report.possible_owner(actual.unmanaged)}: take another --prefix."
        hint += f" What was made by hand `{target.commands['learn check']}` adopts."
    elif actual.unknown:
        hint = "Whether all is as it should be can't be seen."
    elif not actual.resources:
        hint = f"There is no such lab here: `{target.commands['provision']}` makes it."
    elif changes(steps):
        but = ", but for what is left as it is" if any(step.told for step in steps) else ""
        hint = f"Not as it should be: `{target.commands['provision']}` makes it so{but}."
        hint += f" `{replace(target, url=url).commands['doctor']}` finds out what that leads to."
    elif steps:
        hint = f"Not as it should be, and not for `{target.commands['provision']}` to change: see above."
    else:
        hint = "All is as it should be."
    out.print(hint, markup=False)
    raise typer.Exit(code)


def _show_drill(drill: Running, cloud: Cloud, actual: Actual, target: Target, *, json: bool) -> ExitCode:
    """Say that a lab is in a drill, and nothing that gives it away."""
    url = engine.url(cloud, actual)
    if json:
        report.show_json(cloud.lab, None, actual, url, cloud.notes)
        return ExitCode.DIFFERENT
    show_secret(drill, target.commands)
    console.stdout().out(f"URL: {url}")
    return ExitCode.DIFFERENT


def _show_all(target: Target, *, json: bool, spoil: bool) -> ExitCode:
    """Show every lab, and in a line each which may not be looked at."""
    with on_interrupt(NOTHING_CHANGED):
        cloud = connect_to_all(target, "status")
        with console.waiting("Looking for labs") as show:
            found, refused = labs.overview(replace(cloud, on_wait=show), show)
    if json:
        overview.show_json(cloud.lab, found, refused, cloud.notes, spoil=spoil)
    else:
        overview.show(found, time.time(), spoil=spoil)
        for error in refused:
            report.show_left_alone((), [f"could not look at {error.where}: {error.what}"])
        report.show_left_alone((), cloud.notes)
        several = console.counted(len(found), "lab")
        console.stderr().print(f"{several}." if found else "There is no lab here.")
    if refused:
        return ExitCode.ACCESS
    differ = any(lab.steps or lab.actual.unmanaged or lab.actual.unknown for lab in found)
    return ExitCode.DIFFERENT if differ else ExitCode.OK
