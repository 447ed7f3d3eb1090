"""A sample of the cases: each cause is named first, and of two faults both are."""

import pytest

from tests.studies.doctor.case import Case, Places, tried
from tests.studies.doctor.faults import ADDRESSES, ANSWERS, HANDSHAKES
from tests.studies.doctor.groups import groups, singles
from wschat.doctor.causes import CAUSES
from wschat.lab.aws.cloud import Cloud

SAMPLE = ("closed-door and not-our-lines",)
"""What the suite breaks in an account; `python -m tests.studies.doctor` breaks all."""


def test_each_cause_is_broken() -> None:
    """Nothing stands in the table of causes that no case breaks."""
    broken = {name for cases in singles().values() for case in cases for name in case.expects}
    assert broken == {cause.name for cause in CAUSES}


@pytest.mark.usefixtures("_offline")
@pytest.mark.parametrize("case", [*HANDSHAKES, *ADDRESSES, ANSWERS[0]], ids=lambda case: case.name)
def test_by_the_url_alone(case: Case) -> None:
    """Each status of a handshake, and what may be wrong on the way."""
    assert case.held(tried(Places(), case))


def test_in_an_account(cloud: Cloud) -> None:
    """Two drills at once."""
    cases = {case.name: case for cases in groups().values() for case in cases}
    places = Places(cloud)
    told = {name: tried(places, cases[name]) for name in SAMPLE}
    assert [name for name in SAMPLE if not cases[name].held(told[name])] == []
