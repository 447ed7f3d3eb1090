"""Drills in virtual time: broken and mended, refused, stopped anywhere, and found by hand."""

import pytest

from tests.studies.drills.account import SAMPLE, Place
from tests.support.plane.embedded import Embedded
from tests.support.plane.faults import Fault
from wschat.errors import AccessError
from wschat.learn.drills import work
from wschat.learn.drills.drill import Drill


@pytest.fixture(scope="module")
def place(embedded: Embedded) -> Place:
    return Place(embedded)


@pytest.mark.parametrize("drill", SAMPLE, ids=lambda drill: drill.name)
def test_each(place: Place, drill: Drill) -> None:
    """The lab is in this drill, and known to be broken; mended, all is as before."""
    assert place.try_drill(drill) == ""


def test_what_the_account_refuses(place: Place) -> None:
    """All is as it was then, with the tag last; the two that take more say what, and nobody else does."""
    drill = work.named("may-but-can-not")
    place.plane.fault = lambda call: Fault.DENIED if call.operation == "PutFunctionConcurrency" else None
    with pytest.raises(AccessError, match="lambda:PutFunctionConcurrency"):
        place.begin(drill)
    place.plane.fault = lambda _: None
    assert place.left() == ""


def test_killed(place: Place) -> None:
    """Wherever a run is killed that breaks or mends, mending goes on from there."""
    drill = work.named("one-word-more")
    for write in (1, 2, 3):
        place.kill_at(write, lambda: place.begin(drill))
        assert work.running(place.look()) == (work.Running(drill) if write > 1 else None)
        place.mend()
        assert place.left() == "", write
