"""The command line: parse, call one function, show, exit; the only place that catches errors."""

import re
import signal
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from wschat import __version__
from wschat.errors import ExitCode, LocalError, LostError, UsageError, WschatError

if TYPE_CHECKING:
    from wschat.lab.cloud import Cloud
    from wschat.places import Last

app = typer.Typer(
    name="wschat",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A chat room on AWS's WebSocket API: provision it, chat in it, tear it down; or run it all locally.",
)

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

LONGEST = "RegisterUserRole"
NAME_LIMIT = 64  # characters: IAM's limit for a role's name, and Lambda's for a function's
LOCAL_PROVISION = "wschat.lab.engine:provision_local"


def main() -> None:
    """Run the command line; every error that a person can do something about is shown as such."""
    try:
        app()
    except WschatError as error:
        problem = error
    except OSError as error:  # such as a full disk under stdout
        where = str(error.filename or "")
        problem = WschatError(f"the system refused: {error.strerror or error}", where=where)
    from wschat.console import show_error

    show_error(problem)
    sys.exit(problem.exit_code)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"wschat {__version__}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
]


@app.callback()
def _root(*, version: Version = False) -> None:
    pass


@app.command()
def provision(
    prefix: Prefix = "",
    region: Region = None,
    profile: Profile = None,
    endpoint_url: Endpoint = None,
    *,
    plan: Annotated[bool, typer.Option("--plan", help="Show what would be done, and write nothing.")] = False,
    yes: Yes = False,
) -> None:
    """Create the lab in an AWS account, or what is missing of it; print its wss:// URL."""
    from wschat import console, places
    from wschat.lab import engine

    cloud = _connect(prefix, region, profile, endpoint_url)
    actual = engine.look(cloud)
    steps = engine.plan_up(cloud, actual)
    if plan:
        console.show_plan(steps, console.paper())
        raise typer.Exit(ExitCode.DIFFERENT if steps else ExitCode.OK)
    if steps:
        console.show_plan(steps, console.screen())
        if not yes and not console.ask(f"Do this in account {cloud.lab.account}, region {cloud.lab.region}?"):
            console.screen().print("Nothing was changed.")
            raise typer.Exit
        seconds = console.show_steps(engine.provision(cloud, steps, actual))
        actual, left = engine.settle(cloud)
        console.screen().print(f"Done: {len(steps)} steps in {seconds:.1f} s.")
    else:
        left = ()
        console.screen().print(f"Nothing to do: all {len(actual.resources)} parts are as they should be.")
    url = engine.url(cloud, actual)
    how = ""
    try:
        places.remember(places.Last(url))
    except OSError as error:
        console.screen().print(f"The URL could not be kept for `wschat chat`: {error.strerror}.")
        how = f" --url {url}"
    console.paper().print(url, soft_wrap=True)
    if left:
        console.screen().print("[bold]Looked again: this is not as it should be.[/bold] Run it once more.")
        console.show_plan(left, console.screen())
        raise typer.Exit(ExitCode.DIFFERENT)
    console.screen().print(f"Now chat: [bold]wschat chat{how} --name you --room lobby[/bold]", soft_wrap=True)


@app.command()
def teardown(
    prefix: Prefix = "",
    region: Region = None,
    profile: Profile = None,
    endpoint_url: Endpoint = None,
    *,
    yes: Yes = False,
) -> None:
    """Remove all that provision made, look again, and say what is left."""
    from wschat import console
    from wschat.lab import engine

    cloud = _connect(prefix, region, profile, endpoint_url)
    actual = engine.look(cloud)
    steps = engine.plan_down(actual)
    for stranger in actual.strangers:
        name = f"{stranger.kind} {stranger.name}"
        console.screen().print(f"Left alone: {name} has no tag of this lab, so it is somebody else's.")
    if not steps:
        console.screen().print("Nothing to remove: there is no such lab here.")
        raise typer.Exit
    console.show_plan(steps, console.screen())
    if not yes and not console.ask(
        f"Remove all this from account {cloud.lab.account}, region {cloud.lab.region}?"
    ):
        console.screen().print("Nothing was changed.")
        raise typer.Exit
    seconds = console.show_steps(engine.teardown(cloud, steps, actual))
    left = engine.plan_down(engine.look(cloud))
    if left:
        console.screen().print("[bold]Looked again: this is left.[/bold] Run `wschat teardown` again.")
        console.show_plan(left, console.screen())
        raise typer.Exit(ExitCode.DIFFERENT)
    console.screen().print(f"Done: {len(steps)} steps in {seconds:.1f} s. Looked again: nothing is left.")


@app.command()
def status(
    prefix: Prefix = "", region: Region = None, profile: Profile = None, endpoint_url: Endpoint = None
) -> None:
    """Show what should exist, what does, and what differs; exit 0 if nothing does, else 3."""
    from wschat import console
    from wschat.lab import engine

    cloud = _connect(prefix, region, profile, endpoint_url)
    actual = engine.look(cloud)
    steps = engine.differences(cloud, actual)
    console.show_status(engine.desired(cloud.lab), steps, actual)
    url = engine.url(cloud, actual)
    if url:
        console.paper().print(f"URL: {url}", soft_wrap=True)
    if actual.strangers:
        hint = "Some names are somebody else's: take another --prefix."
    elif steps:
        hint = "Not as it should be: `wschat provision` makes it so."
    else:
        hint = "All is as it should be."
    console.paper().print(hint)
    raise typer.Exit(ExitCode.DIFFERENT if steps or actual.strangers else ExitCode.OK)


Url = Annotated[str | None, typer.Option(help="The lab's wss:// URL. (default: that of the last provision)")]
Name = Annotated[str | None, typer.Option(help="Register this name at once.")]
Room = Annotated[str | None, typer.Option(help="Join this room at once, or create it.")]
Local = Annotated[bool, typer.Option("--local", help="Chat in the lab on this machine; bring it if need be.")]
Json = Annotated[bool, typer.Option("--json", help="Write the events as they come, one a line.")]
Signed = Annotated[bool | None, typer.Option("--sign/--no-sign", help="Sign with your AWS credentials.")]


@app.command()
def chat(
    url: Url = None,
    name: Name = None,
    room: Room = None,
    region: Region = None,
    profile: Profile = None,
    *,
    local: Local = False,
    json: Json = False,
    sign: Signed = None,
) -> None:
    """Chat in a terminal; or, with a pipe, send each line that is read and write what is said."""
    from wschat import console, places
    from wschat.local.join import join

    if local and (url or sign):
        raise UsageError("--local and --url or --sign exclude each other", where="chat")
    if room and not name:
        raise UsageError("--room needs --name: only somebody with a name can join", where="chat")
    talk = partial(_talk, name=name, room=room, json_lines=json)
    if local:
        with console.waiting("Starting the local lab") as progress:
            lab = join(_local_state_dir(), LOCAL_PROVISION, progress=progress)
        with lab:
            welcome = "Another terminal joins with: wschat chat --local" if lab.started else ""
            try:
                code = talk(places.Last(lab.url), welcome=welcome)
            except LostError:
                lab.check()
                raise
            raise typer.Exit(code)
    at = places.last() if url is None else places.Last(url)
    if at is None:
        hint = "give --url wss://…, or run `wschat provision` first, or try `wschat chat --local`"
        raise UsageError("no URL to chat at", where="chat", hint=hint)
    sign = at.sign if sign is None else sign
    raise typer.Exit(talk(places.Last(at.url, sign, region or at.region, profile or at.profile)))


def _talk(at: "Last", *, name: str | None, room: str | None, json_lines: bool, welcome: str = "") -> ExitCode:
    import asyncio

    from wschat import places
    from wschat.chat.client import World, chat
    from wschat.chat.session import check_url

    check_url(at.url)
    world = World()
    if at.sign:
        from wschat.lab import cloud, signer

        world = World(sign=signer.signer(at.url, cloud.Target(region=at.region, profile=at.profile)))
    with places.token(at.url) as token:
        talk = chat(
            at.url,
            name=name,
            room=room,
            json_lines=json_lines,
            history=places.history(),
            token=token,
            welcome=welcome,
            world=world,
        )
        return asyncio.run(talk)


@app.command()
def local(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="The emulator's port. (default: any)")
    ] = None,
) -> None:
    """Run the whole lab on this machine, in the foreground, until Ctrl-C."""
    from wschat import console
    from wschat.local.join import join

    signal.signal(signal.SIGTERM, _interrupt)
    screen = console.screen()
    try:
        with console.waiting("Starting the local lab") as progress:
            lab = join(_local_state_dir(), LOCAL_PROVISION, port=port, progress=progress)
        with lab:
            typer.echo(lab.url)
            screen.print("Now chat, in another terminal: [bold]wschat chat --local[/bold]")
            screen.print(f"AWS's endpoint here is {lab.endpoint}. Ctrl-C stops it.", soft_wrap=True)
            try:
                lab.wait()
            except KeyboardInterrupt:
                if lab.started:
                    lab.stop()
                    screen.print("Stopped: nothing is left running.")
                else:
                    screen.print("Left the lab; it ends when nobody uses it any more.")
    except KeyboardInterrupt:
        raise typer.Exit(ExitCode.INTERRUPTED) from None


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _local_state_dir() -> Path:
    from wschat.places import state_dir

    try:
        return state_dir()
    except OSError as error:
        where, hint = str(error.filename), "make it writable, or set WSCHAT_STATE_DIR to another directory"
        raise LocalError(f"the local lab has no place: {error.strerror}", where=where, hint=hint) from None


def _connect(prefix: str, region: str | None, profile: str | None, endpoint_url: str | None) -> "Cloud":
    """Check the prefix, find out who is asking, and say where."""
    from wschat import console
    from wschat.lab.cloud import Target, connect

    if not re.fullmatch(r"([A-Za-z0-9][A-Za-z0-9_-]*)?", prefix):
        raise UsageError(
            f"{prefix!r} can't stand before names", where="--prefix", hint="use letters, digits, - and _"
        )
    if len(prefix + LONGEST) > NAME_LIMIT:
        hint = f"use at most {NAME_LIMIT - len(LONGEST)} characters"
        raise UsageError(f"{prefix}{LONGEST} is longer than IAM's {NAME_LIMIT}", where="--prefix", hint=hint)
    cloud = connect(Target(prefix, region, profile, endpoint_url))
    console.show_place(cloud.lab)
    return cloud
