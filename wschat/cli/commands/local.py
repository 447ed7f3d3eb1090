"""`wschat local`: run the whole lab on this machine, or join the one that runs."""

import math
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from shlex import quote
from typing import Annotated, Any, Literal

import typer
from rich.markup import escape
from rich.text import Text
from typer.models import OptionInfo

from wschat.cli import console, help  # noqa: A004  the file of that name
from wschat.cli.options import program
from wschat.errors import ConnectError, LocalError, UsageError
from wschat.local.environment import environment_in
from wschat.local.gateway.quotas import AS_ON_AWS, GatewayOptions
from wschat.local.join import LocalApi, LocalLab, join
from wschat.local.lines import Line, Lines, as_json
from wschat.local.own import own_lab
from wschat.local.shared import LabFiles
from wschat.system import child, paths
from wschat.system.signals import interrupt_on_termination
from wschat.system.streams import is_read

PROVISION = "wschat.lab.local:provision"
"""What provisions a local lab: named for the lab's process, which imports nothing of `lab`."""
JUST_ENDED_S = 0.01
MOST_DROPS = 60_000.0  # a minute: with inf the lab would do nothing else


class Command(help.Command):
    """The command, whose options end where the command begins that it runs, as those of env or timeout do."""

    allow_interspersed_args = False


def _no_nan(value: float) -> float:
    """Refuse nan, which no limit keeps out and which equals no lab's option, not even its own."""
    if math.isnan(value):
        raise typer.BadParameter("nan is no number")
    return value


def _number(least: float, what: str, most: float | None = None) -> OptionInfo:
    option: OptionInfo = typer.Option(min=least, max=most, callback=_no_nan, help=what)
    return option


def local(
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="TCP port of the lab. (default: any)")
    ] = None,
    idle_timeout: Annotated[
        float, _number(0.1, "Seconds without a message, either way, until a connection is closed.")
    ] = AS_ON_AWS.idle_timeout,
    max_age: Annotated[
        float, _number(0.1, "Seconds until a connection is closed for its age.")
    ] = AS_ON_AWS.max_age,
    rate: Annotated[float, _number(1, "Requests per second; bursts of half as many.")] = AS_ON_AWS.rate,
    order: Annotated[
        Literal["arrival", "shuffle"],
        typer.Option(help="In which order messages are delivered that are sent at the same time."),
    ] = "arrival",
    drop: Annotated[
        float, _number(0, "Connections to cut per minute, at random.", MOST_DROPS)
    ] = AS_ON_AWS.drop,
    command: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[COMMAND [ARGUMENT]...]", help="With --run: what to run, and all its options."
        ),
    ] = None,
    *,
    run: Annotated[
        bool, typer.Option("--run", help="Run COMMAND in a lab of its own, and end with its exit code.")
    ] = False,
    empty: Annotated[
        bool, typer.Option("--empty", help="Begin with nothing in it, like a new account.")
    ] = False,
    trace: Annotated[
        bool, typer.Option("--trace", help="Show each handshake, frame, reply, post and end, as it happens.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="With --trace: a JSON object a line.")] = False,
) -> None:
    """Run the whole lab on this machine. It stays in the foreground until Ctrl-C."""
    if json and not trace:
        raise UsageError("--json is how --trace is written", where="local", hint="give both, or neither")
    if run != bool(command):
        what = "there is nothing to run" if run else f"it takes no argument: {' '.join(command or ())}"
        raise UsageError(what, where="local", hint="to run a command in a lab: `wschat local --run COMMAND`")
    options = GatewayOptions(idle_timeout, max_age, rate, shuffle=order == "shuffle", drop=drop)
    interrupt_on_termination()
    err = console.stderr()
    if command:
        show = partial(_show_traces, out=err, json=json) if trace else None
        raise typer.Exit(_run(command, show, err, empty=empty, port=port, options=options))
    with join_local(port=port, options=options, empty=empty) as lab:
        try:
            urls = [url for api in lab.apis() for url in api.urls]
            traces = lab.traces() if trace else None  # from before anybody is told where the lab is
            _tell(lab, urls, err, json=json)
            if traces:
                _show_traces(traces, out=console.stdout(), json=json)
            else:
                lab.wait()
        except KeyboardInterrupt:
            pass
        if lab.started:
            lab.stop()
            err.print("Stopped: nothing is left running.")
        else:
            err.print("Left the lab; it ends when nobody uses it any more.")


def _tell(lab: LocalLab, urls: list[str], err: console.Console, *, json: bool) -> None:
    """Say what is in the lab, how one gets there, and what Ctrl-C does."""
    told = [as_json({"event": "lab", "endpoint": lab.endpoint, "urls": urls})] if json else urls
    for line in told:
        typer.echo(line)
    if urls:
        err.print(f"Now chat, in another terminal: [bold]{escape(program())} chat --local[/bold]")
        err.print("To look at it there as at AWS, with status, logs, aws or boto3:")
    else:
        err.print("There is nothing in it yet. To fill it, by aws, boto3 or provision:")
    err.print(f"  export {credentials(lab)}", soft_wrap=True)
    if lab.warning:
        err.print(f"[yellow]{escape(lab.warning)}[/yellow]")
    end = "stops it" if lab.started else "leaves it; it runs on until nobody uses it any more"
    err.print(f"Ctrl-C {end}.")


def _run(
    command: list[str],
    show: Callable[..., None] | None,
    err: console.Console,
    *,
    empty: bool,
    **wanted: Any,  # noqa: ANN401  what `join` takes
) -> int:
    """Run a command in a lab of its own, and return its exit code; `show` shows what happens meanwhile.

    Nothing else is written, but what vanishes again from a terminal: the streams are the command's.

    Raises:
        UsageError: there is no such program.
        LocalError: the lab did not start, or ended before the command.
    """
    if shutil.which(command[0]) is None:
        hint = "what follows --run is a program, and its arguments"
        raise UsageError(f"there is no program {command[0]!r}", where="local --run", hint=hint)
    waiting = console.waiting("Starting the local lab") if err.animated else nullcontext(lambda _: None)
    with ExitStack() as stack:
        with waiting as progress:
            own = own_lab(_place(), "" if empty else PROVISION, progress=progress, **wanted)
            lab = stack.enter_context(own)
        environment = environment_in(lab.environment, lab.state_dir, "" if empty else url_in(lab))
        code = child.run(command, environment, partial(show, lab.traces()) if show else lambda _: None)
        lab.check(JUST_ENDED_S)
    return code


def _show_traces(
    traces: Iterator[dict[str, Any] | None],
    is_over: Callable[[], bool] = lambda: False,
    *,
    out: console.Console,
    json: bool,
) -> None:
    """Show what happens in a lab until it is over, or nobody reads on; in a terminal each in one row."""
    lines = Lines()
    for trace in traces:
        if trace is None:
            if is_over():
                return
            continue
        shown = [Text(as_json(trace))] if json else [_styled(line) for line in lines.of(trace)]
        for text in shown:
            if out.is_terminal and not json:
                text.truncate(out.width, overflow="ellipsis")
            out.print(text, soft_wrap=True)
        if not is_read(sys.stderr if out.stderr else sys.stdout):
            return


def _styled(line: Line) -> Text:
    text = Text(str(line))
    text.stylize("dim", 0, len(line.time))
    start = len(line.time) + 5
    text.stylize("bold red" if line.is_trouble else "bold", start, start + len(line.word))
    return text


def credentials(lab: LocalLab) -> str:
    """Return what makes a shell take a local lab for AWS: its root's key is in it, for its owner to copy.

    The key is good in this lab alone, and ends with it.
    """
    return " ".join(f"{name}={quote(value) if value else ''}" for name, value in lab.environment.items())


def url_in(lab: LocalLab, prefix: str | None = None) -> str:
    """Return the URL of the API in a local lab, as it is now: its only one, else the lab's own, by its name.

    `prefix` is of the lab's own that is meant.

    Raises:
        UsageError: there is none, or nobody can tell which.
    """
    apis = lab.apis()
    served = [(api.name, url) for api in apis for url in api.urls]
    if prefix is not None or len(served) > 1:
        # they take longer to load than all the rest of a chat
        from wschat.lab.aws.websocket_api import API_NAME
        from wschat.lab.blueprint import STAGE

        meant = f"{prefix or ''}{API_NAME}"
        own = [(name, url) for name, url in served if name == meant and url.endswith(f"/{STAGE}")]
        served = own if own or prefix is not None else served
        apis = [api for api in apis if api.name == meant]
    if len(served) == 1:
        return served[0][1]
    if not served:
        lacking = _lacking(apis[0]) if apis else "it has no such API"
        make = f"{program()} provision{f' --prefix {quote(prefix)}' if prefix else ''}"
        hint = f"make it by hand, or with `{make}`, in a shell with the line that `{program()} local` prints"
        raise UsageError(f"there is nothing to chat at: {lacking}", where="the local lab", hint=hint)
    choose = "; ".join(f"{name}: `wschat chat {url}`" for name, url in served)
    raise UsageError("there are several APIs to chat at", where="the local lab", hint=f"choose one: {choose}")


def _lacking(api: LocalApi) -> str:
    if api.urls:
        stages = ", ".join(url.rpartition("/")[2] for url in api.urls)
        return f"its API {api.name} serves the stage {stages}, and not the lab's"
    return f"no stage of its API {api.name} has a deployment"


@contextmanager
def telling_if_gone(lab: LocalLab, url: str) -> Iterator[None]:
    """Let the error of an API that can't be reached say that it is no more in a local lab, if it is not."""
    try:
        yield
    except ConnectError as error:
        if not any(url in api.urls for api in lab.apis()):
            error.what += "; this API is no more in the local lab"
            error.hint = "start again with --local, which takes the API that is there then"
        raise


def join_local(
    *,
    plain: bool = False,
    empty: bool = False,
    start: bool = True,
    **wanted: Any,  # noqa: ANN401  what `join` takes
) -> LocalLab:
    """Join the lab on this machine, or start it; `wanted` are its port and its gateway's options.

    `plain`: show how far it is line by line. `empty`: begin with nothing in it. Without `start`, only
    one that runs is joined, as it is.

    Raises:
        LocalError: it has no place, does not start, or runs with other options, or not empty as it shall.
    """
    place = _place()
    provision = ("" if empty else PROVISION) if start else None
    runs = not start or LabFiles(place).socket.exists()
    with console.waiting(f"{'Joining' if runs else 'Starting'} the local lab", plain=plain) as progress:
        return join(place, provision, progress=progress, **wanted)


def _place() -> Path:
    """Return the state directory."""
    try:
        return paths.state_dir()
    except OSError as error:
        where = str(error.filename or "")
        hint = "make it writable, or set WSCHAT_STATE_DIR to another directory"
        raise LocalError(f"the local lab has no place: {error.strerror}", where=where, hint=hint) from None
