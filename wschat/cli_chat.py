"""The commands that open a chat: in a terminal, with pipes, or in a browser."""

import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from wschat.cli_aws import Profile, Region
from wschat.errors import ExitCode, LocalError, UsageError

if TYPE_CHECKING:
    from wschat.chat.settings import Settings
    from wschat.places import Last

LOCAL_PROVISION = "wschat.lab.local:provision"

Url = Annotated[str | None, typer.Option(help="The lab's wss:// URL. (default: that of the last provision)")]
Name = Annotated[str | None, typer.Option(help="Register this name at once.")]
Room = Annotated[str | None, typer.Option(help="Join this room at once, or create it.")]
Local = Annotated[bool, typer.Option("--local", help="Chat in the lab on this machine; bring it if need be.")]
Json = Annotated[bool, typer.Option("--json", help="For programs: requests in, events out, one a line.")]
Plain = Annotated[bool | None, typer.Option("--plain", help="Linear lines: for screen readers.")]
Log = Annotated[str | None, typer.Option(help="Write what is said to the end of this file.")]
Signed = Annotated[bool | None, typer.Option("--sign/--no-sign", help="Sign with your AWS credentials.")]


def chat(
    url: Url = None,
    name: Name = None,
    room: Room = None,
    region: Region = None,
    profile: Profile = None,
    *,
    local: Local = False,
    json: Json = False,
    plain: Plain = None,
    log: Log = None,
    sign: Signed = None,
) -> None:
    """Chat in a terminal; or, with a pipe, send each line that is read and write what is said."""
    from wschat import places

    if local and (url or sign):
        raise UsageError("--local and --url or --sign exclude each other", where="chat")
    settings = _settings(url=url, name=name, room=room, plain=plain, log=log)
    if settings.room and not settings.name:
        raise UsageError("--room needs --name: only somebody with a name can join", where="chat")
    talk = partial(_talk, settings=settings, json_lines=json)
    if local:
        from wschat import console
        from wschat.local.join import join

        with console.waiting("Starting the local lab") as progress:
            lab = join(local_state_dir(), LOCAL_PROVISION, progress=progress)
        with lab:
            welcome = "Another terminal joins with: wschat chat --local" if lab.started else ""
            code = talk(places.Last(lab.url), welcome=welcome, check=lab.check)
        raise typer.Exit(code)
    raise typer.Exit(talk(_lab("chat", settings, region, profile, sign=sign)))


def _lab(
    command: str, settings: "Settings", region: str | None, profile: str | None, *, sign: bool | None
) -> "Last":
    """Find the lab that is meant: the one of the settings, else that of the last provision."""
    from wschat import places

    at = places.Last(settings.url) if settings.url is not None else places.last()
    if at is None:
        hint = f"give --url wss://…, or run `wschat provision` first, or try `wschat {command} --local`"
        raise UsageError("no URL to chat at", where=command, hint=hint)
    sign = at.sign if sign is None else sign
    return places.Last(at.url, sign, region or at.region, profile or at.profile)


def _settings(**flags: str | bool | None) -> "Settings":
    """Put flags over environment over file; a person without a file gets one in which all is a comment."""
    import os

    from wschat import places
    from wschat.chat.settings import settings, template

    place = places.config()
    try:
        text = place.read_text(encoding="utf-8")
    except FileNotFoundError:
        text = ""
        if sys.stdin and sys.stdin.isatty():
            with suppress(OSError):
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(template(), encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        hint = "make it a readable file, or remove it"
        raise UsageError(f"the settings can't be read: {error}", where=str(place), hint=hint) from None
    return settings(text, str(place), os.environ, flags)


def _talk(
    at: "Last",
    *,
    settings: "Settings",
    json_lines: bool,
    welcome: str = "",
    check: Callable[[], None] = lambda: None,
) -> ExitCode:
    from wschat import places
    from wschat.chat import loop
    from wschat.chat.links import check_url
    from wschat.chat.start import chat
    from wschat.chat.world import World

    check_url(at.url)
    world = World(check=check)
    if at.sign:
        from wschat.lab import login, signer

        world = replace(world, sign=signer.signer(at.url, login.Target(region=at.region, profile=at.profile)))
    with places.token(at.url) as token:
        talk = chat(
            at.url,
            settings,
            json_lines=json_lines,
            history=places.history(),
            token=token,
            welcome=welcome,
            world=world,
        )
        return loop.run(talk)


def web(
    url: Url = None,
    region: Region = None,
    profile: Profile = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Serve the page here. (default: any)")] = 0,
    export: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the page for a static host, and serve nothing.")
    ] = None,
    *,
    local: Local = False,
    sign: Signed = None,
    browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
) -> None:
    """Chat in a browser: serve the lab's page on this machine until Ctrl-C, or export it."""
    from wschat import cli_web, console, places
    from wschat.local.join import join

    if local and (url or sign or export):
        raise UsageError("--local and --url, --sign or --export exclude each other", where="web")
    if not export:
        signal.signal(signal.SIGTERM, interrupt)
    if local:
        with console.waiting("Starting the local lab") as progress:
            lab = join(local_state_dir(), LOCAL_PROVISION, progress=progress)
        with lab:
            console.screen().print("In a terminal, join with: wschat chat --local")
            cli_web.serve(places.Last(lab.url), port, lab.wait, browser=browser)
        raise typer.Exit
    at = _lab("web", _settings(url=url), region, profile, sign=sign)
    if export:
        cli_web.export(at, export)
    else:
        cli_web.serve(at, port, None, browser=browser)


def interrupt(_signal: int, _frame: object) -> NoReturn:
    """Let a signal end what Ctrl-C ends."""
    raise KeyboardInterrupt


def local_state_dir() -> Path:
    """Return where the local lab keeps its state.

    Raises:
        LocalError: it can't be made.
    """
    from wschat.places import state_dir

    try:
        return state_dir()
    except OSError as error:
        where, hint = str(error.filename), "make it writable, or set WSCHAT_STATE_DIR to another directory"
        raise LocalError(f"the local lab has no place: {error.strerror}", where=where, hint=hint) from None
