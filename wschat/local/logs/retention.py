"""What the lab keeps of calls that are over: MiniStack keeps all of its logs and metrics, for ever."""

import asyncio
from itertools import groupby
from typing import Any, NoReturn

from ministack.services import cloudwatch_logs

from wschat.local.gateway.model import Json

SWEEP_S = 2.0
EVENTS = 10_000
"""Events of a log group that are kept, the newest: as many as MiniStack, without pages, shows of one."""
POINTS = 1_000
"""Values of a metric that are kept, the newest; of older ones there is a statistic for each minute."""
MINUTE_S = 60
AWS = "AWS/"


async def expire() -> NoReturn:
    """Again and again, expire what is beyond what is kept."""
    while True:
        await asyncio.sleep(SWEEP_S)
        from ministack.services import cloudwatch  # not at the start of a lab, which it would delay

        for (account, region, _), group in cloudwatch_logs._log_groups.all_items():  # noqa: SLF001  it has no seam
            for pointer in expire_events(group["streams"]):
                cloudwatch_logs._log_records.pop_scoped(account, region, pointer, None)  # noqa: SLF001
        for (_, _, (namespace, *_)), points in cloudwatch._metrics.all_items():  # noqa: SLF001
            if namespace.startswith(AWS):
                summarise(points)


def expire_events(streams: dict[str, dict[str, Any]], most: int = EVENTS) -> list[str]:
    """Remove a log group's oldest events, and the streams that have no others; return the events' ids.

    `most`: how many may stay.
    """
    with cloudwatch_logs._log_events_lock:  # noqa: SLF001  functions' calls end in threads
        written = {name: stream for name, stream in list(streams.items()) if stream["events"]}
        newest_first = sorted(written, key=lambda name: written[name]["lastEventTimestamp"], reverse=True)
        gone = list[Json]()
        for name in newest_first:
            events = written[name]["events"]
            if not most:
                del streams[name]
            expired = max(0, len(events) - most)
            gone += events[:expired]
            written[name]["events"] = events[expired:] if expired else events
            most -= len(events) - expired
    return [event["eventId"] for event in gone if "eventId" in event]


def summarise(points: list[Any], most: int = POINTS) -> None:
    """Put one statistic a minute in the place of a metric's oldest points; the newest stay as they are.

    Sums, averages and extremes of a minute stay what they were; percentiles are lost, as where AWS gets such
    statistics in place of values.
    """
    from ministack.services.cloudwatch import _point_stats

    old = points[: max(0, len(points) - most)]
    if not old:
        return
    summaries = []
    for minute, group in groupby(old, key=lambda point: point["Timestamp"] // MINUTE_S):
        one, *_ = same = list(group)
        counts, sums, least, greatest = zip(*map(_point_stats, same), strict=True)
        count, total = sum(counts), sum(sums)
        extremes = {"Minimum": min(least), "Maximum": max(greatest)}
        mean = {"Timestamp": minute * MINUTE_S, "Value": total / (count or 1)}
        summaries.append({**one, **mean, "_stat": {"SampleCount": count, "Sum": total, **extremes}})
    points[: len(old)] = summaries
