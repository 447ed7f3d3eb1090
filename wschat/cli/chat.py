"""`wschat chat`: chat in a terminal, or through a pipe."""

from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from wschat import paths
from wschat.chat.settings import Notify, Settings
from wschat.cli.connection import find, program, signer
from wschat.cli.options import Config, Credentials, Local, Sign, Url, is_typed, offer_template, setting
from wschat.errors import UsageError
from wschat.signals import interrupt_on_termination
from wschat.target import Target

if TYPE_CHECKING:
    from wschat.local.join import LocalLab


def chat(
    target: Credentials,
    context: typer.Context,
    config: Config,
    url: Url = None,
    name: Annotated[str | None, setting("name")] = None,
    room: Annotated[str | None, setting("room")] = None,
    *,
    local: Local = False,
    sign: Sign = None,
    json: Annotated[
        bool, typer.Option("--json", help="For programs: requests in, events out, a JSON object a line.")
    ] = False,
    plain: Annotated[bool, setting("plain", "--plain/--no-plain")] = Settings.plain,
    log: Annotated[str | None, setting("log")] = None,
    time: Annotated[str, setting("time")] = Settings.time,
    bell: Annotated[bool, setting("bell", "--bell/--no-bell")] = Settings.bell,
    notify: Annotated[Notify, setting("notify")] = "none",
    links: Annotated[bool, setting("links", "--links/--no-links")] = Settings.links,
) -> None:
    """Chat in a terminal, or through a pipe. From a pipe, each line is sent; what is said goes to stdout.

    Options that name an environment variable can be set in the settings file, too.
    """
    from wschat.chat import start  # asyncio takes longer to load than all the rest of --help
    from wschat.chat.network import event_loop

    interrupt_on_termination()
    if local and is_typed(context, "url", "sign"):
        raise UsageError("--local and --url or --sign exclude each other", where="chat")
    offer_template(config)
    if room and not name:
        hint = "give --name, or set it where the room is set: WSCHAT_NAME, or `name` in the settings"
        raise UsageError("a room needs a name: only somebody with a name can join", where="chat", hint=hint)
    with _local_lab(plain=plain) if local else nullcontext() as lab:
        at = Target(url=lab.url) if lab else find(target, url, sign=sign, command="chat")
        is_host = lab is not None and lab.started
        with paths.token(at.url) as token:
            options = start.ChatOptions(
                at.url,
                token,
                Settings(name, room, plain, log, time, bell, notify, links),
                json_lines=json,
                welcome=f"Another terminal joins with: {program()} chat --local" if is_host else "",
                sign=signer(at),
                check=lab.check if lab else start.ChatOptions.check,
            )
            code = event_loop.run(start.chat(options))
    raise typer.Exit(code)


def _local_lab(*, plain: bool) -> "LocalLab":
    from wschat.cli.local import join_local  # rich takes longer to load than one waits for the input line

    return join_local(plain=plain)
