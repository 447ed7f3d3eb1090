"""`wschat logs`: what the functions have logged, and go on logging."""

import sys
import time
from datetime import UTC, datetime
from typing import Annotated

import typer

from wschat.cli import console
from wschat.cli.aws import connect, on_interrupt
from wschat.cli.options import InAccount
from wschat.errors import UsageError
from wschat.lab.blueprint import FUNCTIONS
from wschat.lab.logs.cloudwatch import ReorderBuffer, select_functions, source_of, sources, tail
from wschat.lab.logs.lines import LogLine
from wschat.system.streams import is_read
from wschat.text import safe


def _functions() -> list[str]:
    """Return the functions' names, of which a shell completes those that fit."""
    return [each.name for each in FUNCTIONS]


def logs(
    target: InAccount,
    function: Annotated[
        str | None,
        typer.Argument(
            metavar="[FUNCTION]",
            help="One function, such as SendMessage. (default: all)",
            autocompletion=_functions,
        ),
    ] = None,
    other: Annotated[
        str | None,
        typer.Option("--function", metavar="NAME", help="Any function of the account, by its name or ARN."),
    ] = None,
    minutes: Annotated[int, typer.Option(min=1, help="Begin so many minutes ago.")] = 60,
    *,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with what is logged from now on, until Ctrl-C.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Write each line as a JSON object.")] = False,
) -> None:
    """Show what the functions have logged. Who asked for what, how it went, and how long it took."""

    def show(line: LogLine) -> None:
        out.out(line.json() if json else "\n".join(map(safe, line.readable().splitlines())))

    def cut(name: str, begin: int) -> None:
        time = f"{datetime.fromtimestamp(begin / 1000, UTC):%Y-%m-%d %H:%M:%S}"
        console.stderr().print(
            f"{name} has logged too much to show all: this is what it logged since {time} UTC."
        )

    if function and other:
        hint = "the lab's have no --function before their name, all others have"
        raise UsageError("there are two functions", where="logs", hint=hint)
    own = select_functions(function)
    since = int((time.time() - minutes * 60) * 1000)
    out, lines = console.stdout(), 0
    with on_interrupt("Stopped."):
        cloud = connect(target)
    lag = cloud.pacing.log_lag
    late = f"What was logged in the last {lag:.0f} s may be missing: AWS shows it later." if lag else ""
    with on_interrupt(f"Stopped. {late}".strip()):
        if follow and lag:
            console.stderr().print(f"Lines come {lag:.0f} s late, in order: AWS shows them only then.")
        held = ReorderBuffer()
        try:
            functions = [source_of(cloud, other)] if other else sources(cloud, own)
            for line in tail(cloud, functions, since, held if follow else None, cut):
                lines += 1
                show(line)
                if not is_read(sys.stdout):
                    break
        finally:
            for line in held.take():
                show(line)
    if late:
        console.stderr().print(late)
    if not lines:
        console.stderr().print(f"Nothing was logged in the last {minutes} min.")
