"""The newest events of a long log: whatever happened when, they are found, and without gaps."""

import random
from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import Any, Self

import pytest

from wschat.lab.aws.cloud import Cloud
from wschat.lab.logs.newest import MOST, Newest, newest_events

HOUR_MS = 3_600_000
NOW_MS = 1_790_000_000_000
SINCE = NOW_MS - HOUR_MS


class Log:
    """CloudWatch Logs' side of a group with events at these times; without `pages` as MiniStack has it.

    Attributes:
        calls: how often it was asked for a page.
    """

    def __init__(self, times: list[int], pages: int | None) -> None:
        self._times, self._page = sorted(times), pages
        self.calls = 0

    def get_paginator(self, _operation: str) -> Self:
        return self

    def paginate(self, startTime: int, endTime: int = NOW_MS * 2, **more: Any) -> Self:  # noqa: N803, ANN401
        first, last = bisect_left(self._times, startTime), bisect_right(self._times, endTime)
        most = more["PaginationConfig"]["MaxItems"] or len(self._times)
        last = min(last, first + most, last if self._page else first + MOST)
        self._found = self._times[first:last]
        self.calls += 1 + len(self._found) // (self._page or MOST)
        return self

    def search(self, _path: str) -> list[dict[str, int]]:
        return [{"timestamp": time} for time in self._found]


def spread(count: int, least: int, most: int) -> list[int]:
    """Return so many times between two others."""
    chance = random.Random(7)  # noqa: S311
    return [NOW_MS - HOUR_MS + chance.randint(least, most) for _ in range(count)]


FEW = spread(500, 0, HOUR_MS)
EVEN = spread(30_000, 0, HOUR_MS)
LAST_SECONDS = FEW + spread(30_000, HOUR_MS - 20_000, HOUR_MS)
FIRST_SECONDS = FEW + spread(30_000, 0, 20_000)
BUSY = spread(100_000, 0, HOUR_MS)
LOGS = {"few": FEW, "even": EVEN, "at the end": LAST_SECONDS, "at first": FIRST_SECONDS, "busy": BUSY}


@pytest.mark.parametrize("pages", [4_000, None], ids=["AWS", "MiniStack"])
@pytest.mark.parametrize("which", LOGS)
def test_the_newest(cloud: Cloud, which: str, pages: int | None) -> None:
    """Few events are read by one call, of many the end, without gaps, and it is told since when."""
    times = sorted(LOGS[which])
    log: Any = Log(times, pages)
    found = newest_events(replace(cloud, logs=log), "group", SINCE, NOW_MS / 1000)
    assert isinstance(found, Newest)
    got = [event["timestamp"] for event in found.events]
    assert got == times[-len(got) :] == [time for time in times if time >= found.since]
    assert (found.since == SINCE, len(got) == len(times)) == (which == "few",) * 2
    assert log.calls == 1 if which == "few" else MOST / 2 <= len(got) < 2 * MOST
    assert log.calls < 25


def test_all_at_once(cloud: Cloud) -> None:
    """What was written in one millisecond can't be parted, and is read whole."""
    log: Any = Log([NOW_MS - 5] * 3 * MOST, 4_000)
    found = newest_events(replace(cloud, logs=log), "group", SINCE, NOW_MS / 1000)
    assert found
    assert len(found.events) == 3 * MOST
