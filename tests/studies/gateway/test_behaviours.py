"""The behaviours, what is known of each, and the tests that show them belong together."""

import re

from tests.documents import ROOT
from tests.studies.gateway.behaviours import BEHAVIOURS
from tests.studies.gateway.origins import AWS

TESTS = re.findall(
    r"def test_(\w+)", "".join(path.read_text() for path in (ROOT / "tests/unit/local").rglob("*.py"))
)
LINE = re.compile(
    r"^\| .+ \| (yes|no|unknown) \| (?:(recorded|documented) \((\d+)\)|(inferred)) \| ", re.MULTILINE
)
SOURCE = re.compile(r"^\| (\d+) \| <(https:\S+)> \| ", re.MULTILINE)


def test_behaviours_are_shown() -> None:
    """Each behaviour that there is has its tests, all of which exist."""
    for each in BEHAVIOURS:
        shown = re.findall(r"\w+", each.tests)
        assert shown or each.differs, each
        assert set(shown) <= {*TESTS}, each


def test_sources() -> None:
    """In the document "yes" is recorded or documented, with a source; what is inferred is unknown."""
    text = (ROOT / "wschat/local/gateway/README.md").read_text()
    lines, sources = LINE.findall(text), dict(SOURCE.findall(text))
    assert len(lines) == len(BEHAVIOURS)
    assert {number for _, _, number, _ in lines if number} == sources.keys()
    for verdict, kind, number, inferred in lines:
        assert (verdict == "unknown") == bool(inferred)
        assert (kind == "documented") == sources.get(number, "").startswith(AWS)
