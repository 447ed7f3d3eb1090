"""The functions' logs, read from CloudWatch Logs: of one or all, in the order of time."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from wschat.errors import AwsError, UsageError
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.errors import translated
from wschat.lab.aws.log_groups import log_group_of
from wschat.lab.blueprint import FUNCTIONS, Spec

PLATFORM = ("START ", "END ", "REPORT ", "INIT_START ", "EXTENSION ", "XRAY ")
"""How lines begin that Lambda writes about itself."""
POLL_S = 2.0
LATE_MS = 30_000
"""How much later than others an event may come to be seen."""
SETTLED_MS = 5_000
"""While following: how long after it nearly all that comes before an event can be seen."""
OWN_COLUMNS = ("route", "connection", "ms")


@dataclass(frozen=True)
class LogLine:
    """What a function wrote: its time in milliseconds since 1970, and the text without its line end.

    `facts` are those of the line that each invocation ends with; of any other text there are none.
    """

    time: int
    function: str
    text: str
    facts: dict[str, Any]

    def json(self) -> str:
        """Return it for programs: the facts, or the text, with the time and the function."""
        known = self.facts or {"text": self.text}
        return json.dumps({"time": self.time, "function": self.function, **known})

    def readable(self) -> str:
        """Return it for people: the time in UTC, who did what, how it went, and how long it took."""
        when = f"{datetime.fromtimestamp(self.time / 1000, UTC):%Y-%m-%d %H:%M:%S}.{self.time % 1000:03}"
        if not self.facts:
            return f"{when} {self.function:<12} {self.text}"
        facts = [f"{name}={value}" for name, value in self.facts.items() if name not in OWN_COLUMNS]
        spent = self.facts.get("ms")
        times = [f"{part} {ms} ms" for part, ms in spent.items()] if isinstance(spent, dict) else []
        who = " ".join(str(self.facts.get(name, "")) for name in ("route", "connection"))
        return " ".join([when, f"{self.function:<12}", who, *facts, f"({', '.join(times)})"])


def select_functions(name: str | None) -> Sequence[Spec]:
    """Return the function of a name, or all.

    Raises:
        UsageError: there is none of that name.
    """
    found = [spec for spec in FUNCTIONS if name is None or spec.name.lower() == name.lower()]
    if not found:
        names = ", ".join(spec.name for spec in FUNCTIONS)
        raise UsageError(f"there is no function {name!r}", where="logs", hint=f"the functions are {names}")
    return found


def tail(cloud: Cloud, functions: Sequence[Spec], since: int, *, follow: bool = False) -> Iterator[LogLine]:
    """Yield what was written since a time in milliseconds; with `follow`, then what is written from now on.

    It comes in order. While following, a reorder buffer holds the newest lines until the next look, since
    others may still come before them; what CloudWatch shows even later comes late.

    Raises:
        AwsError: there is no such lab here, or AWS refuses.
        Stopped: the person asked to stop.
    """
    seen, reorder_buffer, newest = dict[str, int](), list[LogLine](), 0
    while True:
        with translated("logs"):
            found = cloud.clock.run_all([partial(_events, cloud, spec, since) for spec in functions])
        for spec, events in zip(functions, found, strict=True):
            for event in events:
                own = (event["logStreamName"], event["timestamp"], event["message"])
                identity = str(event.get("eventId", own))  # MiniStack gives none to what a function wrote
                if identity not in seen:
                    seen[identity] = event["timestamp"]
                    reorder_buffer.append(_line(event, spec.name))
        reorder_buffer.sort(key=lambda line: line.time)
        before, newest = newest, max([newest, *seen.values()])
        ready = max(before, newest - SETTLED_MS) if follow else newest
        due = [line for line in reorder_buffer if line.time <= ready]
        yield from (line for line in due if not line.text.startswith(PLATFORM))
        if not follow:
            return
        del reorder_buffer[: len(due)]
        since = max(since, newest - LATE_MS)
        seen = {identity: time for identity, time in seen.items() if time >= since}
        cloud.pause(POLL_S, "following")


def _events(cloud: Cloud, spec: Spec, since: int) -> list[Any]:
    group, pages = log_group_of(cloud.lab.name(spec.name)), cloud.logs.get_paginator("filter_log_events")
    found = cloud.find(lambda: [*pages.paginate(logGroupName=group, startTime=since).search("events[]")])
    if found is None:
        hint = "there is no such lab here: `wschat provision` makes it"
        raise AwsError(f"there is no log group {group}", where="logs", hint=hint)
    return found


def _line(event: Any, function: str) -> LogLine:  # noqa: ANN401  as botocore returns it
    text = event["message"].rstrip()
    try:
        facts = json.loads(text)
    except (RecursionError, ValueError):
        facts = None
    known = facts if isinstance(facts, dict) and "route" in facts else {}
    return LogLine(event["timestamp"], function, text, known)
