"""A lab that is in a drill, to all commands: what is wrong stays hidden, and a mended one is in none."""

from collections.abc import Mapping
from functools import partial

from rich.text import Text

from wschat.cli import console
from wschat.cli.aws import waiting
from wschat.lab.aws.cloud import Cloud
from wschat.lab.model.actual import Actual
from wschat.learn.drills import work


def show_secret(running: work.Running, commands: Mapping[str, str]) -> None:
    """Say that a lab is in a drill, and what people complain of, in place of what gives it away."""
    out = console.stdout()
    out.print(Text(f"This lab is in a drill: {running.drill.name}. Somebody says:"))
    out.print(Text(f"  {running.drill.complaint}"))
    out.print("What is wrong is for you to find (--spoil shows it).")
    out.print(f"`{commands['learn check']}` tells whether it is mended.", markup=False)


def announce(actual: Actual) -> None:
    """Say before a plan is shown that it gives a drill away, if the lab is in one."""
    if drill := work.running(actual):
        name = drill.drill.name
        told = f"This lab is in a drill, {name}: what follows gives it away. When all is mended, it is over."
        console.stderr().print(told)


def cleared(cloud: Cloud, actual: Actual) -> Actual:
    """Take away what provision can't mend of a drill, if the lab is in one; return what exists then."""
    if not work.running(actual):
        return actual
    return waiting(cloud, "Undoing what provision can't", partial(work.undone, actual=actual))


def end(cloud: Cloud, actual: Actual, out: console.Console, *, found: bool = False) -> None:
    """End the drill of a lab that is mended, if it is in one, and tell what it was."""
    if drill := work.finish(cloud, actual, found=found):
        told = f"It was this (drill {drill.number}, {drill.name}): "
        out.print(Text.assemble(told, drill.cause))
