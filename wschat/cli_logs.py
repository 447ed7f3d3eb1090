"""The command that reads the functions' logs."""

import time
from typing import Annotated

import typer

from wschat.cli_aws import Endpoint, Prefix, Profile, Region
from wschat.cli_runs import connect, interrupted, pasteable
from wschat.target import Target


def _functions() -> list[str]:
    """Return the functions' names, of which a shell takes those that fit."""
    from wschat.lab.blueprint import FUNCTIONS

    return [each.name for each in FUNCTIONS]


Function = Annotated[
    str | None,
    typer.Argument(help="One function, such as SendMessage. (default: all)", autocompletion=_functions),
]
Follow = Annotated[bool, typer.Option("--follow", "-f", help="Go on with what is written from now on.")]
Minutes = Annotated[int, typer.Option(min=1, help="Begin so many minutes ago.")]
Json = Annotated[bool, typer.Option("--json", help="Write each line as a JSON object.")]


@pasteable
def logs(
    function: Function = None,
    prefix: Prefix = "",
    region: Region = None,
    profile: Profile = None,
    endpoint_url: Endpoint = None,
    minutes: Minutes = 60,
    *,
    follow: Follow = False,
    json: Json = False,
) -> None:
    """Show what the functions have logged. Who asked for what, how it went, and how long it took."""
    from wschat import console
    from wschat.lab import log_reader
    from wschat.text import safe

    functions = log_reader.chosen(function)
    since = int((time.time() - minutes * 60) * 1000)
    paper, lines = console.paper(), 0
    with interrupted("Stopped."):
        cloud = connect(Target(prefix, region, profile, endpoint_url))
        for line in log_reader.read(cloud, functions, since, follow=follow):
            lines += 1
            shown = line.json() if json else "\n".join(map(safe, line.readable().splitlines()))
            paper.out(shown, highlight=False)
    if not lines:
        console.screen().print(f"Nothing was logged in the last {minutes} minutes.")
