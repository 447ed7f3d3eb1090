"""The newest events of a log group, of which CloudWatch shows the oldest first.

Of a function that was called very often one wants the end: to come to it page by page takes long, in a busy
hour minutes, and MiniStack ends at the first page without a word. So the span of time is narrowed until what
is in it fits.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from wschat.lab.aws.cloud import Cloud

MOST = 10_000
"""Events that are read of one span: as many as an answer of FilterLogEvents can have."""


class Newest(NamedTuple):
    """Events of a log group: all of them since a time in milliseconds."""

    events: list[Any]
    since: int


def newest_events(cloud: "Cloud", group: str, since: int, now: float) -> Newest | None:
    """Return the events since a time, or the newest 5,000 to 15,000 of them; None if there is no such group.

    It takes one call where there are few, and some twenty pages where there are many, however many. `now` is
    in seconds since 1970.
    """
    found, start, end = list[Any](), since, None
    while True:
        span = max(1, (int(now * 1000) if end is None else end) - start)
        events = events_between(cloud, group, start, end, MOST if span > 1 else None)
        if events is None:
            return None
        if len(events) >= MOST and span > 1:
            start += (3 * span + 3) // 4
            continue
        found = events + found
        if start <= since or len(found) >= MOST // 2:
            return Newest(found, start)
        start, end = max(since, start - 2 * span), start - 1


def events_between(
    cloud: "Cloud", group: str, start: int, end: int | None = None, most: int | None = None
) -> list[Any] | None:
    """Return a log group's events from one time to another, both included; of more than `most` the oldest."""
    span = {"startTime": start} | ({} if end is None else {"endTime": end})
    where = {"logGroupName": group, **span, "PaginationConfig": {"MaxItems": most}}
    return cloud.listing(cloud.logs, "filter_log_events", "events[]", **where)
