"""The commands that speak to AWS: provision, teardown and status."""

import time
from contextlib import suppress
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from wschat.cli_runs import (
    NOTHING_CHANGED,
    ask,
    called,
    carry_out,
    connect,
    interrupted,
    look,
    pasteable,
    signer_of,
    waits,
)
from wschat.errors import ExitCode, UsageError, WschatError
from wschat.target import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wschat.lab.cloud import Cloud
    from wschat.lab.model import Actual
    from wschat.lab.plan import Step

AWS = "Where in AWS"
Prefix = Annotated[
    str,
    typer.Option(
        help="Stands before every resource's name, so that many labs share one account.", rich_help_panel=AWS
    ),
]
Region = Annotated[str | None, typer.Option(help="AWS region. (default: boto3's)", rich_help_panel=AWS)]
Profile = Annotated[str | None, typer.Option(help="AWS profile. (default: boto3's)", rich_help_panel=AWS)]
Endpoint = Annotated[
    str | None, typer.Option(help="Use this URL in place of AWS, such as an emulator's.", rich_help_panel=AWS)
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Report = Annotated[bool, typer.Option("--json", help="Write what differs as JSON.")]


class Auth(StrEnum):
    """Who may connect."""

    NONE = "none"
    IAM = "iam"


@pasteable
def provision(
    prefix: Prefix = "",
    region: Region = None,
    profile: Profile = None,
    endpoint_url: Endpoint = None,
    *,
    auth: Annotated[
        Auth | None, typer.Option(help="Who may connect: anyone, or who signs. (default: as it is; none)")
    ] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Show what would be done, and write nothing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Write the plan as JSON, with --plan.")] = False,
    verify: Annotated[
        bool, typer.Option("--verify/--no-verify", help="At the end, connect and talk in a room.")
    ] = True,
    yes: Yes = False,
) -> None:
    """Create the lab in an AWS account, or mend it. Print its wss:// URL."""
    from wschat import console
    from wschat.lab import engine
    from wschat.lab.model import AWS_IAM, OPEN
    from wschat.lab.plan import check

    if json and not plan:
        raise UsageError("--json needs --plan", where="provision")
    where = Target(prefix, region, profile, endpoint_url)
    with interrupted(NOTHING_CHANGED):
        cloud = connect(where, {Auth.NONE: OPEN, Auth.IAM: AWS_IAM, None: None}[auth])
        actual = look(cloud)
        steps = engine.plan_up(cloud, actual)
        if plan:
            if json:
                console.show_report(cloud.lab, steps, actual, engine.url(cloud, actual))
            else:
                console.show_plan(steps, console.paper())
            raise typer.Exit(ExitCode.DIFFERENT if steps else ExitCode.OK)
        with console.waiting("Looking at the account's limits") as tell:
            functions = engine.concurrency(replace(cloud, on_wait=waits(tell)))
        console.note_few(functions)
        if steps:
            console.show_plan(steps, console.screen())
            check(steps)
            ask("Do this in {}?", cloud, yes=yes)
    left: Sequence[Step] = ()
    if steps:
        actual, left = carry_out(cloud, engine.provision, where.ways, steps, actual)
    else:
        console.screen().print(f"Nothing to do: all {len(actual.resources)} parts are as they should be.")
    _hand_over(cloud, actual, left, where, verify=verify)


def _hand_over(
    cloud: "Cloud", actual: "Actual", left: "Sequence[Step]", where: Target, *, verify: bool
) -> None:
    """Try the lab, and tell how to chat in it and how to remove it; or what is not as it should be."""
    from wschat import console, paths
    from wschat.lab import engine

    url, signed = engine.url(cloud, actual), engine.is_signed(actual)
    last, how = replace(where, url=url, sign=signed, region=cloud.lab.region), ""
    try:
        paths.remember(last)
    except OSError as error:
        console.screen().print(f"The URL could not be kept for `wschat chat`: {error.strerror}.")
        how = f" --url {url}" + (" --sign" if signed else "")
    if left:
        console.paper().out(url, highlight=False)
        console.screen().print("[bold]Looked again: this is not as it should be.[/bold] Run it once more.")
        console.show_plan(left, console.screen())
        raise typer.Exit(ExitCode.DIFFERENT)
    if verify:
        with interrupted(f"Stopped trying it. The lab is all there: {url}"):
            _verify(last)
    console.paper().out(url, highlight=False)
    who = "Anyone whose AWS credentials allow it" if signed else "Anyone who has this URL"
    console.screen().print(
        f"{who} can connect (see --auth). `{called()} teardown{where.options}` removes it all.",
        soft_wrap=True,
        markup=False,
    )
    console.screen().print(
        f"Now chat: [bold]{called()} chat{how} --name you --room lobby[/bold]", soft_wrap=True
    )


def _verify(last: Target) -> None:
    from wschat import console
    from wschat.chat.probe import verify

    sign = signer_of(last)
    with console.waiting("Trying it") as tell:
        untried = verify(last.url, sign, on_wait=waits(tell))
    if untried:
        console.screen().print(f"Not tried: {', '.join(untried)}. The lab has as many rooms as it can have.")
    else:
        console.screen().print("Tried it: it works.")


@pasteable
def teardown(
    prefix: Prefix = "",
    region: Region = None,
    profile: Profile = None,
    endpoint_url: Endpoint = None,
    *,
    every: Annotated[
        bool, typer.Option("--all", help="Remove every lab of this account and region, whoever made it.")
    ] = False,
    yes: Yes = False,
) -> None:
    """Remove all that provision made. Look again, and say what is left."""
    if every and prefix:
        raise UsageError("--all and --prefix exclude each other", where="teardown")
    where = Target(prefix, region, profile, endpoint_url)
    with interrupted(NOTHING_CHANGED):
        cloud = connect(where)
    raise typer.Exit(_remove_all(cloud, where, yes=yes) if every else _remove_one(cloud, where, yes=yes))


def _remove_one(cloud: "Cloud", where: Target, *, yes: bool) -> ExitCode:
    from wschat import console
    from wschat.lab import engine

    with interrupted(NOTHING_CHANGED):
        with console.waiting("Looking at what exists") as tell:
            actual = engine.look_for_rest(replace(cloud, on_wait=waits(tell)))
        steps = engine.plan_down(actual)
        console.show_left_alone(actual.unmanaged)
        if not steps:
            console.screen().print("Nothing to remove: there is no such lab here.")
            return ExitCode.OK
        console.show_plan(steps, console.screen())
        ask("Remove all this from {}?", cloud, yes=yes)
    return _remove(cloud, actual, where, where.options)


def _remove_all(cloud: "Cloud", where: Target, *, yes: bool) -> ExitCode:
    """Remove one lab after the other; what goes wrong with one keeps no other from being removed."""
    from wschat import console
    from wschat.lab import engine, inventory

    with interrupted(NOTHING_CHANGED):
        with console.waiting("Looking for labs") as tell:
            found = inventory.find_labs(replace(cloud, on_wait=waits(tell)), tell)
        for refused in found.refused:
            console.show_error(refused)
        codes = {ExitCode.OK, *(refused.exit_code for refused in found.refused)}
        if not found.labs:
            none = "no lab here that you may look at" if found.refused else "no lab here"
            console.screen().print(f"Nothing to remove: there is {none}.")
            return max(codes)
        rows = [
            (each.cloud.lab.prefix, len(engine.plan_down(each.actual)), each.actual.created)
            for each in found.labs
        ]
        console.show_labs(rows, time.time())
        ask("Remove all from {}? Type how many:", cloud, str(len(rows)), yes=yes)
    for each in found.labs:
        prefix = each.cloud.lab.prefix
        here = replace(where, prefix=prefix)
        console.screen().print(f"[bold]Prefix {prefix or '(none)'}[/bold]")
        try:
            codes.add(_remove(each.cloud, each.actual, here, f" --all{where.options}"))
        except WschatError as error:
            error.name_options(here.ways)
            console.show_error(error)
            codes.add(error.exit_code)
    return max(codes)


def _remove(cloud: "Cloud", actual: "Actual", where: Target, again: str) -> ExitCode:
    """Remove what there is of a lab; `again` are the options of the command that would go on with it."""
    from wschat import console, paths
    from wschat.lab import engine

    ways = {"teardown": again, "provision": where.options}
    _, left = carry_out(cloud, engine.teardown, ways, engine.plan_down(actual), actual)
    if not left:
        with suppress(OSError):
            paths.forget(engine.url(cloud, actual))
    console.show_rest(left, f"wschat teardown{again}")
    return ExitCode.DIFFERENT if left else ExitCode.OK


@pasteable
def status(
    prefix: Prefix = "",
    region: Region = None,
    profile: Profile = None,
    endpoint_url: Endpoint = None,
    *,
    json: Report = False,
) -> None:
    """Show what exists of the lab and what differs. Exit with 0 if nothing does, else with 3."""
    from wschat import console
    from wschat.lab import engine

    where = Target(prefix, region, profile, endpoint_url)
    with interrupted(NOTHING_CHANGED):
        cloud = connect(where)
        actual = look(cloud)
    steps, url = engine.differences(cloud, actual), engine.url(cloud, actual)
    code = ExitCode.DIFFERENT if steps or actual.unmanaged else ExitCode.OK
    if json:
        console.show_report(cloud.lab, steps, actual, url)
        raise typer.Exit(code)
    console.show_status(engine.desired(cloud.lab, actual), steps, actual)
    if url:
        console.paper().out(f"URL: {url}", highlight=False)
    if actual.unmanaged:
        hint = f"Some names are {console.whose(actual.unmanaged)}: take another --prefix."
    elif not actual.resources:
        hint = f"There is no such lab here: `wschat provision{where.options}` makes it."
    elif steps:
        hint = f"Not as it should be: `wschat provision{where.options}` makes it so."
    else:
        hint = "All is as it should be."
    console.paper().print(hint, markup=False, soft_wrap=True)
    raise typer.Exit(code)


@pasteable
def policy(
    prefix: Prefix = "", region: Region = None, profile: Profile = None, endpoint_url: Endpoint = None
) -> None:
    """Print the IAM policy that a person needs. It is for one lab and nothing else, in JSON."""
    from json import dumps

    from wschat.lab.permits import person

    typer.echo(dumps(person(connect(Target(prefix, region, profile, endpoint_url)).lab), indent=2))
