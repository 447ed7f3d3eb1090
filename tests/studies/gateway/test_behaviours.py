"""The behaviours, what is known of each, and the tests that show them belong together."""

import re

from tests.documents import ROOT
from tests.studies.gateway.behaviours import AWS, BEHAVIOURS

TESTS = re.findall(
    r"def test_(\w+)", "".join(path.read_text() for path in (ROOT / "tests/unit/local/gateway").glob("*.py"))
)
LINE = re.compile(r"\| .+ \| (yes|no|unknown) \| (?:\[(recorded|documented)\]\((https:\S+)\)|(inferred)) \| ")


def test_behaviours_are_shown() -> None:
    """Each behaviour that there is has its tests, all of which exist."""
    for each in BEHAVIOURS:
        shown = re.findall(r"\w+", each.tests)
        assert shown or each.differs, each
        assert set(shown) <= {*TESTS}, each


def test_sources() -> None:
    """In the document "yes" is recorded or documented, with a link; what is inferred is unknown."""
    text = (ROOT / "wschat/local/README.md").read_text()
    found = [LINE.match(line) for line in text.splitlines() if line.startswith("| ")]
    lines = [line.groups() for line in found if line]
    assert len(lines) == len(BEHAVIOURS)
    for verdict, kind, source, inferred in lines:
        assert (verdict == "unknown") == bool(inferred)
        assert (kind == "documented") == (source or "").startswith(AWS)
