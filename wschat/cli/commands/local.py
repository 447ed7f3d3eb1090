"""`wschat local`: run the whole lab on this machine, or join the one that runs."""

import math
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

import typer
from rich.markup import escape
from rich.text import Text
from typer.models import OptionInfo

from wschat.cli import console, help  # noqa: A004  the file of that name
from wschat.cli.local_lab import JUST_ENDED_S, PROVISION, credentials, join_local, place, url_in
from wschat.cli.options import program
from wschat.errors import UsageError
from wschat.local.environment import environment_in
from wschat.local.gateway.quotas import AS_ON_AWS, GatewayOptions
from wschat.local.join import LocalLab
from wschat.local.lines import Line, Lines, as_json
from wschat.local.own import own_lab
from wschat.local.shared import lack_of_room
from wschat.system import child
from wschat.system.signals import SIGNAL_POLL_S, interrupt_on_termination
from wschat.system.streams import is_read

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
                _wait(lab, err)
        except KeyboardInterrupt:
            pass
        if lab.started:
            lab.stop()
            err.print("Stopped: nothing is left running.")
        else:
            err.print("Left the lab; it ends when nobody uses it any more.")


def _wait(lab: LocalLab, err: console.Console, find_lack: Callable[[Path], str] = lack_of_room) -> NoReturn:
    """Wait until the lab ends; say once that there is no room any more, and once again after there was."""
    told = ""
    while True:
        lab.check(SIGNAL_POLL_S)
        lack = find_lack(lab.state_dir)
        if lack and not told:
            err.print(f"[yellow]{escape(lack)}[/yellow]", soft_wrap=True)
        told = lack


def _tell(lab: LocalLab, urls: list[str], err: console.Console, *, json: bool) -> None:
    """Say what is in the lab, how one gets there, and what Ctrl-C does."""
    told = [as_json({"event": "lab", "endpoint": lab.endpoint, "urls": urls})] if json else urls
    for line in told:
        typer.echo(line)
    if urls:
        err.print(f"Now chat, in another terminal: [bold]{escape(program())} chat --local[/bold]")
        err.print("With --local, status, logs, doctor and others look at it; aws and boto3 do after this:")
    else:
        err.print("There is nothing in it yet. provision --local fills it, or aws and boto3 do after this:")
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
            own = own_lab(place(), "" if empty else PROVISION, progress=progress, **wanted)
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
