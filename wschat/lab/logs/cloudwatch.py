"""The functions' logs, read from CloudWatch Logs: of one or all, in the order of time."""

import math
import time
from bisect import insort
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

from wschat.errors import AwsError, UsageError
from wschat.lab.attributes.answers import milliseconds
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.errors import translated
from wschat.lab.aws.log_groups import log_group_of
from wschat.lab.blueprint import FUNCTIONS, Spec
from wschat.lab.logs.lines import LogLine, read_line
from wschat.lab.logs.newest import Newest, events_between, newest_events

POLL_S = 2.0
LATE_MS = 120_000
"""How much later than others an event may come to be seen, while following."""


def select_functions(name: str | None) -> Sequence[Spec]:
    """Return the function of a name, or all.

    Raises:
        UsageError: there is none of that name.
    """
    found = [spec for spec in FUNCTIONS if name is None or spec.name.lower() == name.lower()]
    if not found:
        names = ", ".join(spec.name for spec in FUNCTIONS)
        raise UsageError(f"there is no function {name!r}", hint=f"the functions are {names}")
    return found


class Source(NamedTuple):
    """A function whose log is read: its name as it is shown, its log group, what to do if there is none."""

    function: str
    group: str
    hint: str = "there is no such lab here: `wschat provision` makes it"


def sources(cloud: Cloud, functions: Sequence[Spec]) -> list[Source]:
    """Return where functions of the lab log."""
    return [Source(spec.name, log_group_of(cloud.lab.name(spec.name))) for spec in functions]


def source_of(cloud: Cloud, function: str) -> Source:
    """Return where anybody's function logs, by its name or ARN; as Lambda prescribes it, if nobody may ask.

    Raises:
        AwsError: AWS refuses.
    """
    name = function.rpartition("function:")[2].partition(":")[0]
    with translated("logs"):
        ask = cloud.functions.get_function_configuration
        found: Any = cloud.ask(f"where {name} logs", ask, FunctionName=name)
    prescribed = (found or {}).get("LoggingConfig", {}).get("LogGroup")
    there = "it was not called yet" if found else "there may be no such function in this account and region"
    return Source(name, prescribed or log_group_of(name), f"{there}: Lambda makes it at the first call")


class ReorderBuffer:
    """Lines that wait until none may come any more that is older."""

    def __init__(self) -> None:
        self._held: list[tuple[int, int, LogLine]] = []
        self._shown = 0

    def add(self, ingested: int, line: LogLine) -> None:
        """Add a line that CloudWatch took in at a time; its own decides first."""
        insort(self._held, (line.time, ingested, line), key=itemgetter(0, 1))

    def take(self, until: float = math.inf) -> Iterator[LogLine]:
        """Yield the lines up to a time, in order; one that comes after a younger one is marked."""
        while self._held and self._held[0][0] <= until:
            *_, line = self._held.pop(0)
            yield replace(line, out_of_order=line.time < self._shown)
            self._shown = max(self._shown, line.time)


def tail(
    cloud: Cloud,
    functions: Sequence[Source],
    since: int,
    follow: ReorderBuffer | None = None,
    on_cut: Callable[[str, int], None] = lambda _function, _since: None,
) -> Iterator[LogLine]:
    """Yield what was written since a time in milliseconds; to `follow`, then what is written from now on.

    Of a function that wrote very much before it is the newest; `on_cut` is told which, and since when.

    It comes in order. While following, the buffer holds what was written within the last `pacing.log_lag`
    seconds of AWS's own time, since others may still come before it; what CloudWatch shows even later comes
    when it is seen, marked as out of order. Whoever stops takes what the buffer still holds.

    Raises:
        AwsError: one has no log group, or AWS refuses.
        Stopped: the person asked to stop.
    """
    seen, buffer, ahead = dict[str, int](), follow or ReorderBuffer(), -math.inf
    begins = dict[str, int]()
    while True:
        asked = cloud.clock.now() * 1000
        with translated("logs"):
            found = cloud.clock.run_all(
                [partial(_events, cloud, source, since, begins.get(source.function)) for source in functions]
            )
        answered = cloud.clock.now() * 1000
        for source, (events, begin) in zip(functions, found, strict=True):
            if source.function not in begins and begin > since:
                on_cut(source.function, begin)
            begins[source.function] = begin
            for event in events:
                arrived, message = event.get("ingestionTime"), event["message"]
                time = milliseconds(event["timestamp"], arrived, since)
                own = (source.function, event["logStreamName"], time, message)
                identity = str(event.get("eventId", own))  # MiniStack gives none to what a function wrote
                if identity in seen:
                    continue
                seen[identity], ingested = time, milliseconds(arrived, time)
                ahead = max(ahead, ingested - answered)  # AWS's clock is at least so far ahead of ours
                if line := read_line(time, source.function, message):
                    buffer.add(ingested, line)
        yield from buffer.take(asked + ahead - cloud.pacing.log_lag * 1000 if follow else math.inf)
        if not follow:
            return
        past = (time for time in seen.values() if time <= asked + ahead)  # anybody may write a later one
        since = max([since, *(time - LATE_MS for time in past)])
        seen = {identity: time for identity, time in seen.items() if time >= since}
        cloud.pause(POLL_S, "following")


def _events(cloud: Cloud, source: Source, since: int, begin: int | None) -> Newest:
    """Return the newest events since a time; if it is known where those begin, all since then."""
    if begin is None:
        found = newest_events(cloud, source.group, since, time.time())
    else:
        events = events_between(cloud, source.group, max(since, begin))
        found = None if events is None else Newest(events, begin)
    if found is None:
        raise AwsError(f"there is no log group {source.group}", where="logs", hint=source.hint)
    return found


def last_event(cloud: Cloud) -> float | None:
    """Return when a client last connected or tried to, in seconds since 1970; None if that is not seen.

    It takes one call: AWS keeps it with the newest log stream of Connect, up to an hour late. A connection
    lasts two hours at most, so the lab was not in use later than that.
    """
    newest = cloud.ask(
        "when the lab was last used",
        cloud.logs.describe_log_streams,
        logGroupName=log_group_of(cloud.lab.name(FUNCTIONS[0].name)),
        orderBy="LastEventTime",
        descending=True,
        limit=1,
    )
    streams = newest["logStreams"] if newest else ()
    return max((milliseconds(each.get("lastEventTimestamp")) for each in streams), default=0) / 1000 or None
