"""What provision, status and teardown show of a lab: plans, differences, tables; the same as JSON."""

import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from rich.markup import escape
from rich.table import Column, Table
from rich.text import Text

from wschat.cli.attributes import differences, lines, values
from wschat.cli.console import Console, stderr, stdout
from wschat.lab import engine
from wschat.lab.model.actual import Actual
from wschat.lab.model.lab import Lab
from wschat.lab.model.resource import Resource
from wschat.lab.plan import Step, Verb
from wschat.learn.drills import work
from wschat.text import safe

UNKNOWN = ": what AWS shows does not tell whose it is, so it is left alone"
SIGNS = {
    Verb.CREATE: ("+", "green"),
    Verb.UPDATE: ("~", "yellow"),
    Verb.DELETE: ("-", "red"),
    Verb.LEAVE: ("!", "yellow"),
    Verb.ADOPT: ("=", "green"),
}


def show_place(lab: Lab) -> None:
    """Say which account and region the rest is about."""
    prefix = f", prefix [bold]{lab.prefix}[/bold]" if lab.prefix else ""
    endpoint = f", at {escape(lab.endpoint)}" if lab.endpoint else ""
    stderr().print(f"Account [bold]{lab.account}[/bold], region [bold]{lab.region}[/bold]{prefix}{endpoint}")


def show_plan(plan: Sequence[Step], console: Console, *, whole: bool = False) -> None:
    """Show what would be done, under the lab's headings, with what differs; `whole`, with what is made."""
    for task, steps in groupby(plan, key=lambda step: step.resource.task):
        console.print(f"[bold]{task.value}[/bold]")
        for step in steps:
            sign, style = SIGNS[step.verb]
            console.print(Text(safe(f"  {sign} {step}"), style))
            made = lines(step.resource) if whole and step.verb is Verb.CREATE else ()
            for line in (*differences(step), *made):
                console.print(Text("      ").append(line))
    counts = [f"{count} to {verb}" for verb in Verb if (count := sum(step.verb is verb for step in plan))]
    console.print(f"[bold]Plan:[/bold] {', '.join(counts) or 'nothing to do'}.")


def show_choices(actual: Actual, console: Console) -> None:
    """Say what was chosen for a lab, as the options that give it."""
    if options := actual.choices.options:
        console.print(Text(safe(f"Chosen for this lab: {' '.join(options)}")))


def show_status(desired: Sequence[Resource], plan: Sequence[Step], actual: Actual) -> None:
    """Show, kind by kind, what should exist, what does and what differs; then each difference."""
    console = stdout()
    numbers = (Column(name, justify="right") for name in ("want", "have", "differ", "extra"))
    table = Table(Column("kind", no_wrap=True), *numbers, box=None, pad_edge=False)
    for kind in dict.fromkeys(resource.kind for resource in desired):
        wanted = [resource for resource in desired if resource.kind == kind]
        there = sum(resource.key in actual.resources for resource in wanted)
        steps = [step.verb for step in plan if step.resource.kind == kind]
        differ = steps.count(Verb.UPDATE) + steps.count(Verb.LEAVE)
        counts = (len(wanted), there, differ, steps.count(Verb.DELETE))
        table.add_row(kind, *map(str, counts), style="yellow" if steps else "green")
    console.print(table, soft_wrap=False)
    states = {Verb.CREATE: "missing", Verb.DELETE: "extra"}
    for step in plan if actual.resources else ():
        state = states.get(step.verb, "differs")
        console.print(Text(safe(f"{state}: {step.resource.kind} {step.resource.name}")))
        for difference in differences(step):
            console.print(Text("    ").append(difference))
    for each in actual.unmanaged:
        console.print(Text(safe(f"unmanaged: {each.kind} {each.name} has no tag of this lab")))
    for each in actual.unknown:
        console.print(Text(safe(f"unknown: {each.kind} {each.name}{UNKNOWN}")))


def show_json(lab: Lab, plan: Sequence[Step] | None, actual: Actual, url: str, notes: Iterable[str]) -> None:
    """Write as JSON what differs, in ASCII; see `as_json`."""
    stdout().out(json.dumps(as_json(lab, plan, actual, url, notes), indent=2))


def as_json(
    lab: Lab, plan: Sequence[Step] | None, actual: Actual, url: str, notes: Iterable[str]
) -> dict[str, Any]:
    """Return what differs as JSON has it: for programs, so nothing of it is shortened.

    `changes` has an object for each resource that is missing (`create`), differs (`update`, or `leave`
    where provision changes nothing of it) or is too much (`delete`); `attributes` holds what is wanted, what
    is found, whether AWS lets nobody change that, and whether provision leaves it as it is; of what differs
    those that do, else all. It is null of a plan that is not to be shown, in a drill, which has its number,
    name, and the hints that were given. `notes` say what could not be looked at.
    """
    drill = work.running(actual)
    changes = [
        {
            "action": str(step.verb),
            "kind": step.resource.kind,
            "name": step.resource.name,
            "attributes": {
                name: {
                    "wanted": wanted,
                    "found": found,
                    "fixed": name in step.fixed,
                    "told": name in step.resource.told,
                }
                for name, (wanted, found) in _pairs(step).items()
            },
        }
        for step in plan or ()
    ]
    return {
        "account": lab.account,
        "region": lab.region,
        "prefix": lab.prefix,
        "url": url or None,
        "chosen": actual.choices.options,
        "drill": drill and {"number": drill.drill.number, "name": drill.drill.name, "hints": drill.hints},
        "changes": changes if plan is not None else None,
        **{
            what: [{"kind": each.kind, "name": each.name} for each in found]
            for what, found in (("unmanaged", actual.unmanaged), ("unknown", actual.unknown))
        },
        "notes": [*notes],
    }


def _pairs(step: Step) -> dict[str, tuple[Any, Any]]:
    """Return what is wanted and what is found of each attribute that a step is about."""
    match step.verb:
        case Verb.UPDATE | Verb.LEAVE:
            return step.differences
        case Verb.DELETE:
            return {name: (None, value) for name, value in values(step.resource).items()}
    return {name: (value, None) for name, value in values(step.resource).items()}


def show_left_alone(unknown: Iterable[Resource], notes: Iterable[str]) -> None:
    """Say, a line for each, what is left alone as nobody can tell whose it is, and what nobody could see."""
    told = (f"{each.kind} {each.name}{UNKNOWN}" for each in unknown)
    for note in (*told, *notes):
        stderr().print(Text.assemble(("Note: ", "yellow"), safe(note)))


def possible_owner(unmanaged: Sequence[Resource]) -> str:
    """Say whose these may be: roles are account-wide, so they may be of a lab of one's own elsewhere."""
    elsewhere = any(each.account_wide for each in unmanaged)
    return "somebody else's, or of a lab in another --region" if elsewhere else "somebody else's"


def warn_of_quota(functions: int | None) -> None:
    """Warn of an account that runs few functions at once."""
    if functions is not None and functions <= engine.FEW:
        stderr().print(
            f"[yellow]Note:[/yellow] this account runs at most {functions} functions at once, as new ones do."
            " When more people act at the same time, some see Internal server error or are not let in."
            " Service Quotas → AWS Lambda → Concurrent executions raises it."
        )
