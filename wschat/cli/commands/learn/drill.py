"""`wschat learn drill`: break one thing in a lab, give hints, and mend it."""

import random
from collections.abc import Mapping
from functools import partial
from typing import Annotated

import typer
from rich.text import Text

from wschat.cli import console
from wschat.cli.aws import (
    LOOKING,
    NOTHING_CHANGED,
    carry_out,
    confirm,
    on_interrupt,
    waiting,
)
from wschat.cli.commands.learn.place import Local, opened
from wschat.cli.drills import cleared, end
from wschat.cli.options import AwsTarget, Yes
from wschat.errors import AccessError, ExitCode, UsageError
from wschat.lab import engine, inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.model.actual import Actual
from wschat.learn.drills import work
from wschat.learn.drills.catalogue import DRILLS
from wschat.learn.drills.drill import Drill
from wschat.text import safe

IN_TURNS = "AWS serves a change in turns with what was before for some 90 s: this one, and then yours."


def drill(
    target: AwsTarget,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Which one. (default: by chance, one not done yet)")
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--list", help="List all drills.")] = False,
    hint: Annotated[bool, typer.Option("--hint", help="Give a hint; the third says where to look.")] = False,
    mend: Annotated[bool, typer.Option("--mend", help="Mend it, and tell what it was.")] = False,
    local: Local = False,
    yes: Yes = False,
) -> None:
    """Break one thing, to be found. Say what people complain of; `learn check` tells whether it is mended."""
    if [name is not None, every, hint, mend].count(True) > 1:
        raise UsageError("a name, --list, --hint and --mend exclude each other", where="learn drill")
    if every:
        show_all()
        return
    chosen = None if name is None else work.named(name)
    with opened(target, local=local) as place:
        with on_interrupt(NOTHING_CHANGED):
            cloud = place.cloud
            actual = waiting(cloud, LOOKING, inventory.look)
        running, typed = work.running(actual), place.commands()
        if running and mend:
            _mend(cloud, actual, typed)
        elif running and hint:
            _hint(cloud, actual, running, typed)
        elif mend or hint:
            what, begin = "the lab is in no drill", "`wschat learn drill` begins one"
            raise UsageError(what, where="learn drill", hint=begin)
        elif running and name is None:
            show(running, cloud, typed)
        else:
            _begin(cloud, actual, chosen, typed, yes=yes)


def show_all() -> None:
    """List the drills: number, name, complaint; and what some take that `wschat policy` does not allow."""
    for each in DRILLS:
        console.stdout().out(f"{each.number:2}  {each.name}")
        console.stdout().print(Text(f"    {each.complaint}"))
    more = ", ".join(sorted({need for each in DRILLS for need in each.needs}))
    console.stderr().print(f"Two of them take more than `wschat policy`, and are left out without: {more}.")


def show(running: work.Running, cloud: Cloud, commands: Mapping[str, str]) -> None:
    """Show what people complain of, the hints that were given, and how to go on."""
    out, err = console.stdout(), console.stderr()
    out.print(
        Text.assemble(f"Drill {running.drill.number}, ", (running.drill.name, "bold"), ". Somebody says:")
    )
    out.print(Text(f"  {running.drill.complaint}"))
    _show_hints(running)
    if cloud.pacing.read_lag:
        err.print(IN_TURNS)
    err.print("Find it with the chat, `wschat logs`, `aws` or the console, and mend it by hand.")
    ways = {
        "learn check": "tells whether it is mended",
        "learn drill --hint": "gives a hint",
        "learn drill --mend": "mends it, and tells what it was",
    }
    width = max(len(commands[name]) for name in ways)
    for name, effect in ways.items():
        err.print(Text.assemble("  ", (commands[name].ljust(width), "bold"), f"  {effect}"), soft_wrap=True)


def _begin(
    cloud: Cloud, actual: Actual, chosen: Drill | None, commands: Mapping[str, str], *, yes: bool
) -> None:
    """Ask if others use the lab, and break one thing: what was chosen, or the first that can be had."""
    with on_interrupt(NOTHING_CHANGED):
        work.check_ready(engine.drift(cloud, actual), actual)
        others = waiting(cloud, "Looking who is connected", work.connected)
        if others != 0:
            nobody = "Nobody can see here who uses this lab"
            who = nobody if others is None else f"It has {console.counted(others, 'connection')} now"
            confirm(f"{who}: something will not work for them. Break it in {{}}?", cloud, yes=yes)
    candidates = [chosen] if chosen else work.any_order(actual, random.random)
    with on_interrupt(
        f"Stopped in the middle. `{commands['learn drill --mend']}` mends what there is of it."
    ):
        for each in candidates:
            try:
                waiting(cloud, "Breaking one thing", partial(work.begin, actual=actual, drill=each))
            except (AccessError, UsageError) as error:  # and all is as it was
                if chosen:
                    raise
                console.stderr().print(Text(safe(f"Left out, drill {each.name}: {error.what}")))
            else:
                show(work.Running(each), cloud, commands)
                return
    raise UsageError("there is no drill that this account allows", where="learn drill")


def _show_hints(running: work.Running) -> None:
    for number, text in enumerate(running.drill.hints[: running.hints], 1):
        console.stdout().print(Text.assemble((f"Hint {number}: ", "bold"), text))


def _hint(cloud: Cloud, actual: Actual, running: work.Running, commands: Mapping[str, str]) -> None:
    with on_interrupt(NOTHING_CHANGED):
        more = work.give_hint(cloud, actual, running)
    _show_hints(more)
    if more == running:
        console.stderr().print(f"That is all: `{commands['learn drill --mend']}` mends it.")


def _mend(cloud: Cloud, actual: Actual, commands: Mapping[str, str]) -> None:
    again = {**commands, "provision": commands["learn drill --mend"]}
    with on_interrupt(f"Stopped. `{commands['learn drill --mend']}` goes on."):
        actual = cleared(cloud, actual)
        steps = engine.plan_up(cloud, actual)
    (actual, left), _ = carry_out(cloud, engine.provision, steps, actual, again)
    if left:
        console.stderr().print(f"Looked again: not all is as it should be. `{again['provision']}` goes on.")
        raise typer.Exit(ExitCode.DIFFERENT)
    end(cloud, actual, console.stdout())
    if cloud.pacing.read_lag:
        console.stderr().print(IN_TURNS)
