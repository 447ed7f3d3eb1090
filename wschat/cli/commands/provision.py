"""`wschat provision`: plan, ask, carry out, try the lab, and say how to go on."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated

import typer
from rich.markup import escape

from wschat.cli import console, report
from wschat.cli.aws import (
    LOOKING,
    NOTHING_CHANGED,
    carry_out,
    confirm,
    connect,
    on_interrupt,
    waiting,
)
from wschat.cli.drills import announce, cleared, end
from wschat.cli.options import NOTHING, AccountTarget, InAccount, LabChosen, Yes, completed, program
from wschat.cli.provisioned import Provisioned, kept
from wschat.cli.which_lab import signer
from wschat.errors import ExitCode, UsageError
from wschat.lab import engine, inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.errors import translated
from wschat.lab.by_hand.commands import Shell
from wschat.lab.by_hand.script import script
from wschat.lab.model.actual import Actual
from wschat.lab.model.lab import AWS_IAM
from wschat.lab.permissions import preflight
from wschat.lab.plan import Step, changes, check_changeable, steps_to
from wschat.learn.drills import work
from wschat.system import paths
from wschat.target import Target

SHARED = (
    "All functions share the role {}, which was given: what each may do, and no more, can't be shown with it."
)


def provision(
    target: InAccount,
    given: LabChosen = NOTHING,
    *,
    plan: Annotated[
        bool, typer.Option("--plan", help="Show what would be done, and change nothing.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Write the plan as JSON, with --plan.")] = False,
    commands: Annotated[
        bool,
        typer.Option(
            "--commands",
            help="Write a script of `aws` commands that make the lab, or, with --plan, do what it lacks.",
        ),
    ] = False,
    verify: Annotated[
        bool, typer.Option("--verify/--no-verify", help="At the end, connect and talk in a room.")
    ] = True,
    yes: Yes = False,
) -> None:
    """Create or repair the lab in an AWS account. Print its wss:// URL."""
    if json and not plan:
        raise UsageError("--json needs --plan", where="provision")
    if json and commands:
        raise UsageError("--json and --commands exclude each other", where="provision")
    lead_on = {**target.commands, "provision": target.commands["provision"] + given.options}
    with on_interrupt(NOTHING_CHANGED), completed(lead_on):
        cloud = connect(target, given.choices)
        actual = waiting(cloud, LOOKING, inventory.look)
        cloud = engine.as_chosen(cloud, actual)
        steps = engine.plan_up(cloud, actual)
        announce(actual)
        if plan or commands:
            if commands:
                _show_script(cloud, actual, target, steps if plan else None)
            elif json:
                report.show_json(cloud.lab, steps, actual, engine.url(cloud, actual), cloud.notes)
            else:
                report.show_plan(steps, console.stdout(), whole=True)
                report.show_left_alone(actual.unknown, cloud.notes)
            differs = plan and (steps or actual.unknown)
            raise typer.Exit(ExitCode.DIFFERENT if differs else ExitCode.OK)
        report.warn_of_quota(waiting(cloud, "Looking at the account's limits", engine.concurrency))
        report.show_choices(actual, console.stderr())
        if changes(steps):
            report.show_plan(steps, console.stderr())
            check_changeable(() if work.running(actual) else steps)
            waiting(cloud, "Asking what AWS would refuse", partial(preflight.check_allowed, plan=steps))
            confirm("Do this in {}?", cloud, yes=yes)
            actual = cleared(cloud, actual)
            steps = engine.plan_up(cloud, actual)
        look = engine.serves_the_same(steps)
        known = (waiting(cloud, LOOKING, partial(engine.settling, actual=actual)),) if look else ()
    if changes(steps):
        (actual, left), _ = carry_out(cloud, engine.provision, steps, actual, lead_on)
    else:
        left = steps
        console.stderr().print(
            f"Nothing to do: {len(actual.resources) - len(left)} parts are as they should be."
        )
    _finish(cloud, actual, left, target, *known, verify=verify)


def _show_script(cloud: Cloud, actual: Actual, target: Target, left: Sequence[Step] | None) -> None:
    """Write the script that does what is left to do, or, of None, makes the whole lab where nothing is."""
    if left is None:
        steps, looks = steps_to(engine.desired(cloud.lab, actual), Actual()), None
    else:
        steps, looks = tuple(left), replace(cloud, ids=dict(actual.ids))
        check_changeable(steps)
    shell = Shell(cloud.lab, target.profile, program(anywhere=True))
    with translated("looking at what is to be changed"):
        console.stdout().out(script(steps, shell, target.commands["status"], looks), end="")


def try_it(cloud: Cloud, actual: Actual, lab: Target, *known: float | None) -> None:
    """Connect to the lab and talk in it, until that works, or AWS serves an update everywhere.

    `known` is for how many seconds its stage has served what it does; AWS is asked otherwise.
    """
    from wschat.chat.network import serving  # what connects takes as long to load as all the rest

    stopped = f"Stopped trying it. The lab is all there: {lab.url}"
    with on_interrupt(stopped):
        (age,), sign = known or (engine.settling(cloud, actual),), signer(lab)
    proof = serving.proof_of(age)
    if proof.why:
        console.stderr().print(f"The stage was updated {age:.0f} s ago. {proof.why}")
        stopped += (
            f"\nUntil {proof.earliest:.0f} s after the update AWS may serve what was there before, in turns."
            f" `{lab.commands['provision']}` goes on."
        )
    with on_interrupt(stopped), console.waiting("Trying it") as show:
        untried = serving.check_until_served(
            lab.url, sign, age, on_wait=show, sleep=cloud.clock.sleep, clock=cloud.clock.now
        )
    full = f"Not tried: {', '.join(untried)}. The lab has as many rooms as it can have."
    console.stderr().print(full if untried else "Tried it: it works.")


def _kept(made: Provisioned) -> str:
    """Keep a lab, and return the options with which `wschat chat` finds it."""
    try:
        made.keep()
    except OSError as error:
        where = escape(str(error.filename or paths.history().parent))
        err = console.stderr()
        err.print(f"The URL could not be kept for `wschat chat`, in {where}: {error.strerror}.")
        return made.by_url
    return "" if kept()[:1] == [made] else made.by_url  # on this machine, and there are others


def _finish(
    cloud: Cloud,
    actual: Actual,
    left: Sequence[Step],
    target: AccountTarget,
    *known: float | None,
    verify: bool,
) -> None:
    """Try the lab, and say how to chat in it and how to remove it; or what is not as it should be."""
    out, err = console.stdout(), console.stderr()
    url, signed = engine.url(cloud, actual), engine.authorization(actual) == AWS_IAM
    lab = cloud.lab
    if role := actual.choices.role:
        err.print(SHARED.format(role.rpartition("/")[2]))
    made = Provisioned(lab.prefix, lab.region, target.profile, url=url, sign=signed, account=lab.account)
    options = f"{target.options}{' --sign' * signed}" if target.local else _kept(made)
    report.show_left_alone(actual.unknown, cloud.notes)
    if left:
        again = "[bold]Looked again: this is not as it should be.[/bold] Run it once more."
        kept_so = "[bold]This is not as it should be, and is left as it is:[/bold]"
        err.print(again if changes(left) else kept_so)
        report.show_plan(left, err)
    if changes(left) or actual.unknown:
        out.out(url)
        raise typer.Exit(ExitCode.DIFFERENT)
    end(cloud, actual, err)
    if verify:
        try_it(cloud, actual, made, *known)
    out.out(url)
    who = "Anyone whose AWS credentials allow it" if signed else "Anyone who has this URL"
    wschat = escape(program())
    err.print(f"{who} can connect (see --auth). `{wschat} teardown{escape(target.options)}` removes it all.")
    err.print(f"Now chat: [bold]{wschat} chat{options} --name you --room lobby[/bold]", soft_wrap=True)
    if left:
        raise typer.Exit(ExitCode.DIFFERENT)
