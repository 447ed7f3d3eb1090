"""The command that chats in a terminal or with pipes; and what web and local share with it."""

import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wschat.cli_aws import Profile, Region
from wschat.cli_runs import called, signer_of
from wschat.errors import ExitCode, LocalError, UsageError
from wschat.signals import end_as_ctrl_c
from wschat.target import Target

if TYPE_CHECKING:
    from wschat.chat.settings import Settings
    from wschat.local.join import LocalLab

LOCAL_PROVISION = "wschat.lab.local:provision"

Url = Annotated[str | None, typer.Option(help="The lab's wss:// URL. (default: that of the last provision)")]
Name = Annotated[str | None, typer.Option(help="Register this name at once.")]
Room = Annotated[str | None, typer.Option(help="Join this room at once, or create it.")]
Local = Annotated[bool, typer.Option("--local", help="Chat in the lab on this machine; bring it if need be.")]
Json = Annotated[bool, typer.Option("--json", help="For programs: requests in, events out, one a line.")]
Plain = Annotated[bool | None, typer.Option("--plain/--no-plain", help="Linear lines: for screen readers.")]
Log = Annotated[str | None, typer.Option(help="Write what is said to the end of this file.")]
Signed = Annotated[
    bool | None,
    typer.Option(
        "--sign/--no-sign", help="Sign with your AWS credentials. (default: if the last provision said so)"
    ),
]


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
    """Chat in a terminal, or through a pipe. From a pipe, each line is sent; what is said is written.

    What holds without these options, and more, can be set in config.toml, which the first chat makes in
    ~/.config/wschat (on a Mac in ~/Library/Application Support/wschat).
    """
    end_as_ctrl_c()
    if local and (url or sign):
        raise UsageError("--local and --url or --sign exclude each other", where="chat")
    settings = settings_of(url=url, name=name, room=room, plain=plain, log=log)
    if settings.room and not settings.name:
        hint = "give --name, or set it where the room is set: WSCHAT_NAME, or `name` in the settings"
        raise UsageError("a room needs a name: only somebody with a name can join", where="chat", hint=hint)
    talk = partial(_talk, settings=settings, json_lines=json)
    if local:
        with join_local(plain=settings.plain) as lab:
            welcome = f"Another terminal joins with: {called()} chat --local" if lab.started else ""
            code = talk(Target(url=lab.url), welcome=welcome, check=lab.check)
        raise typer.Exit(code)
    raise typer.Exit(talk(find_lab("chat", settings, region, profile, sign=sign)))


def find_lab(
    command: str, settings: "Settings", region: str | None, profile: str | None, *, sign: bool | None
) -> Target:
    """Find the lab that is meant: the one of the settings, else that of the last provision.

    Raises:
        UsageError: there is none.
        ConnectError: its URL is no WebSocket URL.
    """
    from wschat import paths
    from wschat.chat.urls import check_url

    at = Target(url=settings.url) if settings.url is not None else paths.last()
    if at is None:
        hint = f"give --url wss://…, or run `wschat provision` first, or try `wschat {command} --local`"
        raise UsageError("no URL to chat at", where=command, hint=hint)
    check_url(at.url)
    sign = at.sign if sign is None else sign
    return replace(at, sign=sign, region=region or at.region, profile=profile or at.profile)


def settings_of(**flags: str | bool | None) -> "Settings":
    """Put flags over environment over file; a person without a file gets one in which all is a comment."""
    import os

    from wschat import paths
    from wschat.chat.settings import settings, template

    place = paths.config()
    try:
        text = place.read_text(encoding="utf-8-sig")
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
    at: Target,
    *,
    settings: "Settings",
    json_lines: bool,
    welcome: str = "",
    check: Callable[[], None] = lambda: None,
) -> ExitCode:
    from wschat import paths
    from wschat.chat.firstline import first_line

    with first_line(wanted=not (json_lines or settings.plain)) as give_way:
        from wschat.chat import loop  # one can type by now
        from wschat.chat.start import chat
        from wschat.chat.world import World

        world = World(check=check, sign=signer_of(at))
        with paths.token(at.url) as token:
            talk = chat(
                at.url,
                settings,
                json_lines=json_lines,
                history=paths.history(),
                token=token,
                welcome=welcome,
                world=world,
                give_way=give_way,
            )
            return loop.run(talk)


def join_local(*, plain: bool = False, **how: Any) -> "LocalLab":  # noqa: ANN401  what `join` takes
    """Join the lab on this machine, or bring it; `how` is its port and its gateway's settings.

    `plain`: tell how far it is line by line.

    Raises:
        LocalError: it has no place, does not start, or is another one than is asked for.
    """
    from wschat import console
    from wschat.local.join import join
    from wschat.paths import state_dir

    try:
        place = state_dir()
    except OSError as error:
        where, hint = str(error.filename), "make it writable, or set WSCHAT_STATE_DIR to another directory"
        raise LocalError(f"the local lab has no place: {error.strerror}", where=where, hint=hint) from None
    with console.waiting("Starting the local lab", plain=plain) as progress:
        return join(place, LOCAL_PROVISION, progress=progress, **how)
