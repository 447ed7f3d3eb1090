"""Cuts of real sockets: nothing is lost, nothing doubled, and the person sees what happens."""

import asyncio

import pytest

from tests.studies.cuts import CUTS, LINES, WHEN, play
from tests.support.room_server import texts
from wschat.errors import ExitCode


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize("cut", CUTS)
def test_cut(cut: str, when: str) -> None:
    """Whatever the cut, each line is said and shown once, in order, and what happened is seen."""
    person, code = asyncio.run(play(CUTS[cut], when))
    seen = person.getvalue()
    assert list(dict.fromkeys(texts(person.server.requests))) == LINES, seen
    assert person.said == LINES, seen
    assert person.lost_at < person.back_at, seen
    assert code is ExitCode.OK
