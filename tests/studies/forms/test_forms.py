"""A sample of `python -m tests.studies.forms`, always the same."""

import random

import pytest

from tests.studies.forms.trials import RUNS, Standing, heard, judge
from tests.studies.forms.warps import Warp
from tests.support.plane.embedded import Embedded

SAMPLE = {"status": 6, "limits": 3, "logs": 3, "find": 2}
WHOLE = ("GetFunction", ("Configuration", "LastModified"))
"""A time whose forms are all tried: each of them once ended all commands."""


@pytest.fixture(scope="module")
def standing(embedded: Embedded) -> Standing:
    return Standing(embedded)


@pytest.mark.parametrize("run", SAMPLE)
def test_a_sample(standing: Standing, run: str) -> None:
    """No answer in another form breaks a command, or has it say what is not so."""
    chosen = random.Random(0).sample(heard(standing, run), SAMPLE[run])  # noqa: S311
    assert [problem for warp in chosen for problem in judge(standing, run, warp)] == []


def test_a_time(standing: Standing) -> None:
    """A time that can't be read changes nothing but what needs it; here nothing that is amiss."""
    forms = [
        Warp(*WHOLE, form) for form in ("missing", "text", "no time", "no zone", "nanoseconds", "far away")
    ]
    assert [standing.run("status", warp).content for warp in forms] == [True] * len(forms)


def test_what_changes(standing: Standing) -> None:
    """Provision and teardown leave another lab alone, and what they tell is so; then all can be mended."""
    assert RUNS.keys() - SAMPLE.keys() == {"provision", "teardown"}
    assert judge(standing, "provision", Warp("GetRoutes", ("items", "*", "routeKey"), "object")) == []
    assert judge(standing, "teardown", Warp("DescribeTable", ("Table", "KeySchema"), "text")) == []
