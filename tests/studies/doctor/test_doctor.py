"""A sample of the cases, each cause of which is named first; and what the README says that is printed."""

import re

import boto3
import pytest

from tests.studies.doctor import transcripts
from tests.studies.doctor.case import Case, Places, tried
from tests.studies.doctor.faults import ADDRESSES, ANSWERS, HANDSHAKES
from tests.studies.doctor.groups import singles
from wschat.doctor.causes import CAUSES
from wschat.lab.aws.cloud import Cloud


def test_each_cause_is_broken() -> None:
    """Nothing stands in the table of causes that no case breaks."""
    broken = {name for cases in singles().values() for case in cases for name in case.expects}
    assert broken == {cause.name for cause in CAUSES}


def test_the_table() -> None:
    """The README's table has each case; `python -m tests.studies.doctor --write` writes it anew."""
    rows = re.findall(r"^\| (.+?) \| (.+?) \| .+ \| .+ \|$", transcripts.README.read_text(), re.MULTILINE)
    cases = [(group, case.name) for group, each in singles().items() for case in each]
    assert rows[rows.index(("group", "case")) + 2 :] == cases


@pytest.mark.usefixtures("_offline")
@pytest.mark.parametrize("case", [*HANDSHAKES, *ADDRESSES, ANSWERS[0]], ids=lambda case: case.name)
def test_by_the_url_alone(case: Case) -> None:
    """Each status of a handshake, and what may be wrong on the way."""
    assert case.held(tried(Places(), case))


def test_in_an_account(cloud: Cloud, root: boto3.Session) -> None:
    """What is printed of a lab that is well, and of two drills at once, stands in the README."""
    places, known = Places((cloud, root)), transcripts.written()
    assert {*known} == {transcripts.WELL, *transcripts.BROKEN}
    for words in (transcripts.WELL, *transcripts.BROKEN)[:: len(transcripts.BROKEN)]:
        said = transcripts.transcript(places, words)
        assert transcripts.alike(said, known[words]), f"{said}\n{transcripts.COMMAND}"
