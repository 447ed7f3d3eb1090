"""The commands that speak to AWS: provision, teardown and status."""

import time
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from wschat.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from wschat import progress
    from wschat.lab.census import Inhabitant
    from wschat.lab.cloud import Cloud
    from wschat.lab.engine import Outcome
    from wschat.lab.steps import Actual, Progress, Step
    from wschat.places import Last

    Work = Callable[[Cloud, tuple[Step, ...], Actual], Generator[Progress, None, Outcome]]

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


AUTHORIZATIONS = {Auth.NONE: "NONE", Auth.IAM: "AWS_IAM"}
"""What API Gateway calls it."""


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
        bool, typer.Option("--verify/--no-verify", help="Connect and register at the end.")
    ] = True,
    yes: Yes = False,
) -> None:
    """Create the lab in an AWS account, or what is missing of it; print its wss:// URL."""
    from wschat import console
    from wschat.lab import engine

    if json and not plan:
        raise UsageError("--json needs --plan", where="provision")
    cloud = _connect(prefix, region, profile, endpoint_url, auth)
    actual = _look(cloud)
    steps = engine.plan_up(cloud, actual)
    if plan:
        if json:
            console.show_report(cloud.lab, steps, actual, engine.url(cloud, actual))
        else:
            console.show_plan(steps, console.paper())
        raise typer.Exit(ExitCode.DIFFERENT if steps else ExitCode.OK)
    with console.waiting("Looking at the account's limits") as tell:
        functions = engine.concurrency(replace(cloud, on_wait=_waits(tell)))
    _note_few(functions)
    left: Sequence[Step] = ()
    if steps:
        console.show_plan(steps, console.screen())
        if not yes and not console.ask(f"Do this in {_place(cloud)}?"):
            console.screen().print("Nothing was changed.")
            raise typer.Exit
        actual, left = _carry_out(cloud, engine.provision, steps, actual)
    else:
        console.screen().print(f"Nothing to do: all {len(actual.resources)} parts are as they should be.")
    _hand_over(cloud, actual, left, profile, verify=verify)


def _hand_over(
    cloud: "Cloud", actual: "Actual", left: "Sequence[Step]", profile: str | None, *, verify: bool
) -> None:
    """Try the lab, and tell how to chat in it; or what is not as it should be."""
    from wschat import console, places
    from wschat.lab import engine

    url, signed = engine.url(cloud, actual), engine.is_signed(actual)
    last, how = places.Last(url, signed, cloud.lab.region, profile), ""
    try:
        places.remember(last)
    except OSError as error:
        console.screen().print(f"The URL could not be kept for `wschat chat`: {error.strerror}.")
        how = f" --url {url}" + (" --sign" if signed else "")
    if left:
        console.paper().out(url, highlight=False)
        console.screen().print("[bold]Looked again: this is not as it should be.[/bold] Run it once more.")
        console.show_plan(left, console.screen())
        raise typer.Exit(ExitCode.DIFFERENT)
    if verify:
        _verify(last)
    console.paper().out(url, highlight=False)
    who = "Who signs with AWS credentials that are allowed to" if signed else "Anyone who has this URL"
    console.screen().print(f"{who} can connect (see --auth).")
    console.screen().print(f"Now chat: [bold]wschat chat{how} --name you --room lobby[/bold]", soft_wrap=True)


def _verify(last: "Last") -> None:
    from wschat import console
    from wschat.chat.probe import verify
    from wschat.lab import login, signer

    target = login.Target(region=last.region, profile=last.profile)
    sign = signer.signer(last.url, target) if last.sign else None
    with console.waiting("Trying it") as tell:
        verify(last.url, sign, on_wait=lambda why, seconds: tell(f"{why}, {seconds:.0f} s"))


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
    """Remove all that provision made, look again, and say what is left."""
    from wschat import console
    from wschat.lab import engine

    if every and prefix:
        raise UsageError("--all and --prefix exclude each other", where="teardown")
    cloud = _connect(prefix, region, profile, endpoint_url)
    if every:
        _teardown_all(cloud, yes=yes)
        return
    with console.waiting("Looking at what exists") as tell:
        actual = engine.look_for_rest(replace(cloud, on_wait=_waits(tell)))
    steps = engine.plan_down(actual)
    for stranger in actual.strangers:
        name = f"{stranger.kind} {stranger.name}"
        console.screen().print(f"Left alone: {name} has no tag of this lab, so it is somebody else's.")
    if not steps:
        console.screen().print("Nothing to remove: there is no such lab here.")
        raise typer.Exit
    console.show_plan(steps, console.screen())
    if not yes and not console.ask(f"Remove all this from {_place(cloud)}?"):
        console.screen().print("Nothing was changed.")
        raise typer.Exit
    raise typer.Exit(_remove(cloud, steps, actual))


def _remove(cloud: "Cloud", steps: "Sequence[Step]", actual: "Actual") -> ExitCode:
    from wschat import console
    from wschat.lab import engine

    _, left = _carry_out(cloud, engine.teardown, steps, actual)
    if left:
        console.screen().print("[bold]Looked again: this is left.[/bold] Run `wschat teardown` again.")
        console.show_plan(left, console.screen())
        return ExitCode.DIFFERENT
    console.screen().print("Looked again: nothing is left.")
    return ExitCode.OK


def _teardown_all(cloud: "Cloud", *, yes: bool) -> None:
    from wschat import console
    from wschat.lab import census, engine

    with console.waiting("Looking for labs") as tell:
        found: list[Inhabitant] = census.labs(replace(cloud, on_wait=_waits(tell)))
    if not found:
        console.screen().print("Nothing to remove: there is no lab here.")
        raise typer.Exit
    rows = [(lab.cloud.lab.prefix, len(lab.actual.resources), lab.actual.born) for lab in found]
    console.show_labs(rows, time.time())
    number = str(len(found))
    question = f"To remove all of them from {_place(cloud)}, type how many they are:"
    if not yes and not console.ask(question, (number,), f"[{number}]"):
        console.screen().print("Nothing was changed.")
        raise typer.Exit
    codes = set()
    for lab in found:
        console.screen().print(f"[bold]Prefix {lab.cloud.lab.prefix or '(none)'}[/bold]")
        codes.add(_remove(lab.cloud, engine.plan_down(lab.actual), lab.actual))
    raise typer.Exit(max(codes))


def status(
    prefix: Prefix = "",
    region: Region = None,
    profile: Profile = None,
    endpoint_url: Endpoint = None,
    *,
    json: Report = False,
) -> None:
    """Show what should exist, what does, and what differs; exit 0 if nothing does, else 3."""
    from wschat import console
    from wschat.lab import engine

    cloud = _connect(prefix, region, profile, endpoint_url)
    actual = _look(cloud)
    steps, url = engine.differences(cloud, actual), engine.url(cloud, actual)
    code = ExitCode.DIFFERENT if steps or actual.strangers else ExitCode.OK
    if json:
        console.show_report(cloud.lab, steps, actual, url)
        raise typer.Exit(code)
    console.show_status(engine.desired(cloud.lab, actual), steps, actual)
    if url:
        console.paper().out(f"URL: {url}", highlight=False)
    if actual.strangers:
        hint = "Some names are somebody else's: take another --prefix."
    elif not actual.resources:
        hint = "There is no such lab here: `wschat provision` makes it."
    elif steps:
        hint = "Not as it should be: `wschat provision` makes it so."
    else:
        hint = "All is as it should be."
    console.paper().print(hint)
    raise typer.Exit(code)


def _connect(
    prefix: str, region: str | None, profile: str | None, endpoint_url: str | None, auth: Auth | None = None
) -> "Cloud":
    """Check the prefix, find out who is asking, and say where."""
    from wschat import console
    from wschat.lab.blueprint import check_names
    from wschat.lab.login import Target, connect
    from wschat.lab.model import Lab

    check_names(Lab(account="0" * 12, region="us-east-1", prefix=prefix))
    cloud = connect(Target(prefix, region, profile, endpoint_url, AUTHORIZATIONS[auth] if auth else None))
    console.show_place(cloud.lab)
    return cloud


def _look(cloud: "Cloud") -> "Actual":
    from wschat import console
    from wschat.lab import engine

    with console.waiting("Looking at what exists") as tell:
        return engine.look(replace(cloud, on_wait=_waits(tell)))


def _carry_out(cloud: "Cloud", work: "Work", steps: "Sequence[Step]", actual: "Actual") -> "Outcome":
    """Provision or tear down, and show it; Ctrl-C stops it in an orderly way."""
    from wschat import console, progress
    from wschat.lab.clock import Stopped

    shown, start = progress.Steps(), cloud.clock.now()
    with progress.stoppable(cloud.clock.stop):
        try:
            outcome = shown.show(work(replace(cloud, on_wait=shown.wait), tuple(steps), actual))
        except Stopped:
            _tell_how_to_go_on(cloud, shown, steps)
            raise typer.Exit(ExitCode.INTERRUPTED) from None
    seconds = cloud.clock.now() - start
    console.screen().print(f"Done: {shown.done} steps in {seconds:.1f} s.")
    return outcome


def _tell_how_to_go_on(cloud: "Cloud", shown: "progress.Steps", steps: "Sequence[Step]") -> None:
    from wschat import console

    screen = console.screen()
    screen.print(f"[bold]Stopped.[/bold] {shown.done} of {len(steps)} steps are done and stay done.")
    for step in shown.unfinished:
        screen.print(f"  Stopped in the middle: {step}", markup=False, soft_wrap=True)
    options = f" --prefix {cloud.lab.prefix}" if cloud.lab.prefix else ""
    screen.print(
        f"`wschat provision{options}` goes on from here, `wschat teardown{options}` removes what there is.",
        soft_wrap=True,
    )


def _waits(tell: "Callable[[str], None]") -> "Callable[[str, float], None]":
    return lambda why, seconds: tell(f"{why}, {seconds:.0f} s")


def _note_few(functions: int) -> None:
    from wschat import console
    from wschat.lab.engine import FEW

    if functions <= FEW:
        console.screen().print(
            f"[yellow]Note:[/yellow] this account runs at most {functions} functions at once, as new ones do."
            " When more people act at the same time, some see Internal server error or are not let in."
            " Service Quotas → AWS Lambda → Concurrent executions raises it.",
            soft_wrap=True,
        )


def _place(cloud: "Cloud") -> str:
    return f"account {cloud.lab.account}, region {cloud.lab.region}"
