"""The pictures in the documents show the program as it is."""

import pytest

from tests.studies.pictures import PICTURES, draw, rows


def test_they_are_not_stale() -> None:
    """Each is what the program shows now, but for its figures; none is left over."""
    drawn = draw()
    kept = {path.stem: path.read_text() for path in PICTURES.glob("*.svg")}
    stale = [name for name in drawn if rows(drawn[name]) != rows(kept.get(name, ""))]
    if stale or kept.keys() != drawn.keys():
        mend = "`python -m tests.studies.pictures` draws them all"
        pytest.fail(f"stale or left over: {stale or kept.keys() - drawn.keys()}; {mend}", pytrace=False)
