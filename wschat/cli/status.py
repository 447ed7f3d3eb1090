"""`wschat status`: what exists of a lab, and what differs from what should."""

from typing import Annotated

import typer

from wschat.cli import console, report
from wschat.cli.aws import LOOKING, NOTHING_CHANGED, connect, on_interrupt, waiting
from wschat.cli.options import AwsTarget
from wschat.errors import ExitCode
from wschat.lab import engine, inventory
from wschat.lab.plan import changes


def status(
    target: AwsTarget,
    *,
    json: Annotated[bool, typer.Option("--json", help="Write what differs as JSON.")] = False,
) -> None:
    """Show what exists of the lab and what differs. Exit with 0 if nothing does, else with 3."""
    with on_interrupt(NOTHING_CHANGED):
        cloud = connect(target)
        actual = waiting(cloud, LOOKING, inventory.look)
    steps, url = engine.drift(cloud, actual), engine.url(cloud, actual)
    code = ExitCode.DIFFERENT if steps or actual.unmanaged or actual.unknown else ExitCode.OK
    if json:
        report.show_json(cloud.lab, steps, actual, url, cloud.notes)
        raise typer.Exit(code)
    report.show_status(engine.desired(cloud.lab, actual), steps, actual)
    report.show_left_alone((), cloud.notes)
    out = console.stdout()
    if url:
        out.out(f"URL: {url}")
    if actual.unmanaged:
        hint = f"Some names are {report.possible_owner(actual.unmanaged)}: take another --prefix."
    elif actual.unknown:
        hint = "Whether all is as it should be can't be seen."
    elif not actual.resources:
        hint = f"There is no such lab here: `{target.commands['provision']}` makes it."
    elif changes(steps):
        hint = f"Not as it should be: `{target.commands['provision']}` makes it so."
    elif steps:
        hint = f"Not as it should be, and not for `{target.commands['provision']}` to change: see above."
    else:
        hint = "All is as it should be."
    out.print(hint, markup=False)
    raise typer.Exit(code)
