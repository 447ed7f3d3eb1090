"""What a stranger can cost at worst, as the documents say it."""

import re
from dataclasses import astuple

from tests.documents import ROOT
from tests.studies.bench.worst import QUOTAS, rows, throttled
from wschat.lab.chosen.throttle import DEFAULT, Throttle


def test_in_the_readme() -> None:
    """The README has the sums, rounded, of the default throttle and of none."""
    without, default, _ = (int(row[-1].replace(",", "")) for row in rows())
    words = " ".join((ROOT / "README.md").read_text().split())
    told = re.search(r"about ([\d,]+) US dollars a day.*? and ([\d,]+) without", words)
    assert told
    assert told.groups() == (f"{round(default, -1):,}", f"{round(without, -3):,}")


def test_what_a_throttle_leaves() -> None:
    """The throttle binds, and no quota of AWS's; twice of it costs more than twice as much."""
    default, twice = throttled(DEFAULT), throttled(Throttle(2 * DEFAULT.rate, 2 * DEFAULT.burst))
    for one, two, quota in zip(*map(astuple, (default, twice, QUOTAS)), strict=True):
        assert 0 < one < quota / 15
        assert two > 1.99 * one
    assert sum(default.dollars_a_day().values()) < 600
