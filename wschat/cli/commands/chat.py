"""`wschat chat`: chat in a terminal, or through a pipe."""

from contextlib import ExitStack
from itertools import zip_longest
from typing import Annotated, Any, get_args

import typer

from wschat.chat.settings import Notify, Settings
from wschat.cli import help, options, which_lab  # noqa: A004  the file of that name
from wschat.cli.options import Address, Config, Credentials, Local, Prefix, Sign, Url, Wire, setting
from wschat.errors import UsageError
from wschat.system import paths
from wschat.system.signals import interrupt_on_termination
from wschat.target import WireName
from wschat.text import safe


class Command(help.Command):
    """The command, which reads each `--wire` that names none as `--frames`: what goes over the wire."""

    def parse_args(self, context: Any, words: list[str]) -> list[str]:  # noqa: ANN401  click's
        """Read the words behind the command's name."""
        following = zip_longest(words, words[1:])
        named = get_args(WireName)
        read = ["--frames" if word == "--wire" and then not in named else word for word, then in following]
        return super().parse_args(context, read)


def chat(
    target: Credentials,
    context: typer.Context,
    config: Config,
    address: Address = None,
    url: Url = None,
    prefix: Prefix = None,
    name: Annotated[str | None, setting("name")] = None,
    room: Annotated[str | None, setting("room")] = None,
    *,
    local: Local = False,
    sign: Sign = None,
    json: Annotated[
        bool, typer.Option("--json", help="For programs: requests in, events out, a JSON object a line.")
    ] = False,
    wire: Wire = None,
    frames: Annotated[
        bool, typer.Option("--frames", help="Show the frames too, with their times; so does --wire alone.")
    ] = False,
    plain: Annotated[bool, setting("plain", "--plain/--no-plain")] = Settings.plain,
    log: Annotated[str | None, setting("log")] = None,
    time: Annotated[str, setting("time")] = Settings.time,
    bell: Annotated[bool, setting("bell", "--bell/--no-bell")] = Settings.bell,
    notify: Annotated[Notify, setting("notify")] = "none",
    links: Annotated[bool, setting("links", "--links/--no-links")] = Settings.links,
    ignore: Annotated[str, setting("ignore")] = Settings.ignore,
) -> None:
    """Chat in a terminal, or through a pipe. From a pipe, each line is sent; what is said goes to stdout.

    Options that name an environment variable can be set in the settings file, too.
    """
    from wschat.chat import start  # asyncio takes longer to load than all the rest of --help
    from wschat.chat.network import event_loop

    interrupt_on_termination()
    options.check_exclusive(context, "local", "address", "url")
    options.offer_template(config)
    if room and not name:
        hint = "give --name, or set it where the room is set: WSCHAT_NAME, or `name` in the settings"
        raise UsageError("a room needs a name: only somebody with a name can join", where="chat", hint=hint)
    with ExitStack() as stack:
        lab = None
        if local:
            # rich takes longer to load than all that a chat needs
            from wschat.cli.local_lab import check_excluded, join_local, lab_in, telling_if_gone

            check_excluded(target, "chat")
            lab = stack.enter_context(join_local(plain=plain))
            at = lab_in(lab, prefix, sign=sign)
            stack.enter_context(telling_if_gone(lab, at.url))
        else:
            at = which_lab.find(target, address or url, prefix, sign=sign, command="chat")
            stack.enter_context(which_lab.telling_which(at))
        stack.enter_context(options.completed(at.commands))
        is_host = lab is not None and lab.started
        chosen = start.ChatOptions(
            at.url,
            stack.enter_context(paths.token(at.url, _tell_loss)),
            Settings(name, room, plain, log, time, bell, notify, links, ignore),
            at.commands,
            json_lines=json,
            wire=wire,
            frames=frames,
            welcome=f"Another terminal joins with: {options.typed_here('chat', prefix, signed=at.sign)}"
            if is_host
            else which_lab.which_of_several(at),
            sign=which_lab.signer(at),
            check=lab.check if lab else start.ChatOptions.check,
        )
        code = event_loop.run(start.chat(chosen))
    raise typer.Exit(code)


def _tell_loss(place: str, why: str) -> None:
    """Say that nothing is kept, and go on: neither the secret of the name, nor what is typed."""
    told = f"nothing can be kept in {place}: {why}; after a restart your name may be taken for some minutes"
    typer.echo(safe(told), err=True)
