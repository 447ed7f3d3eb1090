"""What is shown of several labs at once: how far each has come, or what is to be removed."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from wschat.cli import report
from wschat.cli.attributes import differences
from wschat.cli.console import counted, stderr, stdout
from wschat.errors import AccessError, UsageError
from wschat.lab import engine
from wschat.lab.labs import Overview
from wschat.lab.model.actual import Actual
from wschat.lab.model.lab import AWS_IAM, Lab
from wschat.lab.plan import Verb, plan_down
from wschat.learn.course import course
from wschat.learn.drills import work
from wschat.learn.drills.catalogue import DRILLS
from wschat.learn.lesson import Lesson
from wschat.learn.progress import Standing
from wschat.text import safe

UNITS = {"week": 604_800, "day": 86_400, "hour": 3_600, "minute": 60, "second": 1}
"""Seconds, the longest first; `parse_age` takes their first letters."""
WIDE = 1000
"""Columns of what is no terminal: a row stays on one line."""


def parse_age(text: str) -> float:
    """Return the seconds of an age such as `2d`.

    Raises:
        UsageError: it is none.
    """
    lengths = {unit[0]: seconds for unit, seconds in UNITS.items()}
    if not (found := re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)([smhdw])", text)):
        hint = "give a number and s, m, h, d or w, such as 2d for two days"
        raise UsageError(f"{text!r} is no age", where="--older-than", hint=hint)
    return float(found[1]) * lengths[found[2]]


def age(seconds: float | None) -> str:
    """Return an age in its largest whole unit up to days; unknown if it is None."""
    if seconds is None:
        return "unknown"
    for unit, length in UNITS.items():
        if unit not in {"week", "second"} and seconds >= length:
            return counted(int(seconds // length), unit)
    return "a moment"


def show_labs(labs: Sequence[tuple[str, Actual]], now: float) -> None:
    """Show how much is to delete of each lab, and how old it is; `now` in seconds since 1970."""
    table = Table("prefix", "to delete", "age", box=None, pad_edge=False)
    table.columns[1].justify = table.columns[2].justify = "right"
    for prefix, actual in labs:
        born = actual.created
        shown_age = age(now - born if born else None)
        table.add_row(Text(prefix or "(none)"), str(len(plan_down(actual))), shown_age)
    stderr().print(table, soft_wrap=False)


def show(labs: Sequence[Overview], now: float, *, spoil: bool = False) -> None:
    """Show a row for each lab, then a line for each difference; `now` in seconds since 1970.

    How one that is in a drill differs is shown only to `spoil` it.
    """
    table = Table(box=None, pad_edge=False)
    for name in ("prefix", "lesson", "made", "age", "last connect", "who may connect"):
        table.add_column(name, justify="right" if name == "made" else "left", no_wrap=name == "prefix")
    for lab in labs:
        row = (_prefix(lab), _reached(lab), f"{len(lab.desired) - len(lab.missing)}/{len(lab.desired)}")
        born = lab.actual.created
        used = age(now - lab.used) + " ago" if lab.used else "none seen"
        table.add_row(*map(Text, (*row, age(now - born if born else None), used, _who(lab))))
    out = stdout()
    out.width = out.width if out.is_terminal else WIDE
    if labs:
        out.print(table, soft_wrap=False)
    for lab in labs:
        url = engine.url(lab.cloud, lab.actual)
        told = [*_differs(lab)] if spoil or not work.running(lab.actual) else []
        if url or told:
            out.out(f"{_prefix(lab)}: {url}".rstrip())
        for line in told:
            out.print(Text("    ").append(line))


def show_json(
    place: Lab,
    labs: Sequence[Overview],
    refused: Sequence[AccessError],
    notes: Iterable[str],
    *,
    spoil: bool = False,
) -> None:
    """Write as JSON what `status --json` has of each lab, how far it has come, and what can't be seen.

    Times are in seconds since 1970.
    """
    shown = {
        "account": place.account,
        "region": place.region,
        "labs": [_as_json(lab, spoil=spoil) for lab in labs],
        "refused": [f"{each.where}: {each.what}" for each in refused],
        "notes": [*notes],
    }
    stdout().out(json.dumps(shown, indent=2))


def _as_json(lab: Overview, *, spoil: bool) -> dict[str, Any]:
    steps = lab.steps if spoil or not work.running(lab.actual) else None
    url = engine.url(lab.cloud, lab.actual)
    task, kind, *_ = lab.reached or (None, None)
    lesson = _lesson(lab)
    return {
        **report.as_json(lab.cloud.lab, steps, lab.actual, url, lab.cloud.notes),
        "lesson": lesson and lesson.id,
        "task": task,
        "step": kind,
        "made": len(lab.desired) - len(lab.missing),
        "of": len(lab.desired),
        "created": lab.actual.created,
        "last_connect": lab.used,
        "drills_done": sorted(work.done(lab.actual)),
        "authorization": engine.authorization(lab.actual) if url else None,
    }


def _prefix(lab: Overview) -> str:
    return lab.cloud.lab.prefix or "(none)"


def _reached(lab: Overview) -> str:
    """Return the drill that a lab is in, or the lesson of which something is missing and the drills found."""
    if drill := work.running(lab.actual):
        hints = f", hint {drill.hints}" if drill.hints else ""
        return f"drill {drill.drill.name}{hints}"
    lesson, found = _lesson(lab), len(work.done(lab.actual))
    drills = f", {found} of {len(DRILLS)} drills" if found else ""
    return (f"{lesson.number} {lesson.id}" if lesson else "all there") + drills


def _lesson(lab: Overview) -> Lesson | None:
    """Return the first lesson that makes something which is missing; None if all is there."""
    return Standing(course(), lab.cloud.lab, lab.desired, lab.actual).next if lab.missing else None


def _who(lab: Overview) -> str:
    if not engine.url(lab.cloud, lab.actual):
        return "nobody yet"
    return "who signs" if engine.authorization(lab.actual) == AWS_IAM else "anyone"


def _differs(lab: Overview) -> Iterator[Text]:
    """Yield a line for each thing that differs, is too much, or is not the lab's; not for what is missing."""
    for step in lab.steps:
        what = safe(f"{step.resource.kind} {step.resource.name}")
        if step.verb is Verb.DELETE:
            yield Text(f"extra: {what}")
        for line in differences(step):
            yield Text(f"differs: {what}: ").append(line)
    for state, several in (("unmanaged", lab.actual.unmanaged), ("unknown", lab.actual.unknown)):
        yield from (Text(safe(f"{state}: {each.kind} {each.name}")) for each in several)
