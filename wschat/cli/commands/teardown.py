"""`wschat teardown`: remove one lab, or every lab of an account and region, and look again."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Annotated

import typer
from rich.markup import escape
from rich.text import Text

from wschat.cli import console, overview, report
from wschat.cli.aws import (
    LOOKING,
    NOTHING_CHANGED,
    carry_out,
    confirm,
    connect,
    connect_to_all,
    on_interrupt,
    waiting,
)
from wschat.cli.options import InAccount, Yes
from wschat.cli.provisioned import Provisioned
from wschat.errors import ExitCode, UsageError, WschatError
from wschat.lab import engine, labs
from wschat.lab.aws.cloud import Cloud
from wschat.lab.model.actual import Actual
from wschat.lab.model.resource import Key
from wschat.lab.plan import Step, plan_down
from wschat.learn.drills import work
from wschat.target import Target
from wschat.text import safe


def teardown(
    target: InAccount,
    *,
    every: Annotated[
        bool, typer.Option("--all", help="Remove every lab of this account and region, whoever made it.")
    ] = False,
    older_than: Annotated[
        str | None,
        typer.Option(metavar="AGE", help="With --all, only labs of at least that age, such as 2d or 12h."),
    ] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Show what would be removed, and change nothing.")
    ] = False,
    yes: Yes = False,
) -> None:
    """Remove all that provision made. Look again, and list what is left."""
    if older_than is not None and not every:
        raise UsageError("--older-than needs --all", where="teardown")
    least = None if older_than is None else overview.parse_age(older_than)
    with on_interrupt(NOTHING_CHANGED):
        cloud = connect_to_all(target, "teardown") if every else connect(target)
    if every:
        raise typer.Exit(_remove_every(cloud, target, least, plan=plan, yes=yes))
    raise typer.Exit(_remove_one(cloud, target, plan=plan, yes=yes))


def _remove_one(cloud: Cloud, target: Target, *, plan: bool, yes: bool) -> ExitCode:
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
        report.show_plan(steps, console.stdout() if plan else console.stderr())
        if plan:
            return ExitCode.DIFFERENT
        confirm("Remove all this from {}?", cloud, yes=yes)
    return _remove(cloud, actual, target.commands)


def _remove_every(cloud: Cloud, target: Target, least: float | None, *, plan: bool, yes: bool) -> ExitCode:
    """Remove one lab after the other; an error with one keeps no other from being removed.

    `least` is the age in seconds from which on a lab is removed, if not each.
    """
    with on_interrupt(NOTHING_CHANGED):
        with console.waiting("Looking for labs") as show:
            found, refused = labs.find(replace(cloud, on_wait=show), show)
        report.show_left_alone((), cloud.notes)
        for error in refused:
            console.show_error(error)
        codes = {ExitCode.DIFFERENT if cloud.notes else ExitCode.OK, *(error.exit_code for error in refused)}
        now = time.time()
        chosen = [lab for lab in found if least is None or _is_older(lab[1], least, now)]
        if younger := len(found) - len(chosen):
            several = console.counted(younger, "lab")
            console.stderr().print(f"Left alone: {several}, younger or of unknown age.")
        if not chosen:
            unseen = not found and (refused or cloud.notes)
            none = "no lab here that you may look at" if unseen else "no such lab here"
            console.stderr().print(f"Nothing to remove: there is {none}.")
            return max(codes)
        overview.show_labs([(each.lab.prefix, actual) for each, actual in chosen], now)
        if plan:
            return max({*codes, ExitCode.DIFFERENT})
        confirm("Remove all from {}? Type how many labs:", cloud, str(len(chosen)), yes=yes)
    for each, actual in chosen:
        one = replace(target, prefix=each.lab.prefix)
        commands = {**one.commands, "teardown": f"wschat teardown --all{target.options}"}
        console.stderr().print(f"[bold]Prefix {one.prefix or '(none)'}[/bold]")
        try:
            codes.add(_remove(each, actual, commands))
        except WschatError as error:
            console.show_error(error)
            codes.add(error.exit_code)
    return max(codes)


def _is_older(actual: Actual, least: float, now: float) -> bool:
    return actual.created is not None and now - actual.created >= least


def _remove(cloud: Cloud, actual: Actual, commands: Mapping[str, str]) -> ExitCode:
    """Remove what there is of a lab; `commands` are those that lead on from there, as one types them."""
    lab, code = cloud.lab, ExitCode.OK
    try:
        with on_interrupt(f"Stopped. `{commands['teardown']}` goes on."):
            work.clear_policy(cloud, actual)
    except WschatError as error:
        console.show_error(error)
        code = ExitCode.DIFFERENT
    (after, left), causes = carry_out(cloud, engine.teardown, plan_down(actual), actual, commands)
    report.show_left_alone(after.unknown, ())
    if not left and not after.unknown:
        with suppress(OSError):
            Provisioned(lab.prefix, lab.region, account=lab.account).forget()
        console.stderr().print("Looked again: nothing is left.")
        return code
    if left:
        console.stderr().print("[bold]Looked again: this is left.[/bold]")
        report.show_plan(left, console.stderr())
        _show_causes(left, causes, commands["teardown"])
    return ExitCode.DIFFERENT


def _show_causes(left: Sequence[Step], causes: Mapping[Key, WschatError], again: str) -> None:
    """Say once more why each is left, and what has to be done before `again` is of use."""
    hints, late = set[str](), list[Step]()
    for step in left:
        if error := causes.get(step.resource.key):
            console.show_error(error, hint=error.hint not in hints)
            hints.add(error.hint)
        else:
            late.append(step)
    for step in late:
        told = f"{step.resource.kind} {step.resource.name}: AWS refused nothing, and still shows it."
        console.stderr().print(Text(safe(told)))
    when = "When that is done" if hints else "In a minute"
    console.stderr().print(f"{when}, `{escape(again)}` goes on from here.")
