"""No way leads up with a student's policy and their roles' boundary alone."""

import pytest

from tests.studies.privileges.climbs import CLIMBS, Climb, first_steps, open_without, reached


@pytest.mark.parametrize("climb", CLIMBS, ids=lambda climb: climb.name)
def test_no_way_up(climb: Climb) -> None:
    """It is refused, and what an own lab takes is not."""
    assert list(first_steps(climb)) == []
    assert list(reached(climb)) == []


def test_ways_up_without_a_boundary() -> None:
    """With the policy alone six ways are open: so these can be seen."""
    assert [CLIMBS.index(climb) for climb in CLIMBS if open_without(climb)] == [0, 1, 2, 6, 7, 8]
