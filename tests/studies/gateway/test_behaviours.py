"""The document's behaviours, the tests that show them, and the sources of both belong together."""

import ast
import re
from itertools import takewhile

from tests.documents import ROOT

DOCUMENT = (ROOT / "wschat/local/README.md").read_text()
TESTS = {
    node.name.removeprefix("test_"): (ast.get_docstring(node) or "").splitlines()[0]
    for path in (ROOT / "tests/unit/local/gateway").glob("test_*.py")
    for node in ast.parse(path.read_text()).body
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
}
NOBODY_KNOWS = "8"


def rows(head: str) -> list[list[str]]:
    """Return the cells of the document's table whose first head this is."""
    _, _, table = DOCUMENT.partition(f"\n| {head} |")
    lines = takewhile(lambda line: line.startswith("|"), table.splitlines()[2:])
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


BEHAVIOURS = [(as_on_aws, re.findall(r"\w+", tests)) for _, as_on_aws, _, tests in rows("what happens")]
SOURCES = {
    test: set(found[1].split(", ")) if (found := re.search(r"\(([\d., ]+)\)\.$", told)) else set()
    for test, told in TESTS.items()
}
"""The numbers of the sources that each test names, in brackets at the end of its first line."""


def test_behaviours_are_shown() -> None:
    """Each behaviour that there is has its tests; a test that names a source shows a behaviour."""
    assert all(tests for as_on_aws, tests in BEHAVIOURS if as_on_aws != "no")
    assert {test for _, tests in BEHAVIOURS for test in tests} == {test for test, of in SOURCES.items() if of}


def test_sources() -> None:
    """Each source that a test names is told, and no other; what is unknown is known from nowhere."""
    assert set().union(*SOURCES.values()) == {number for number, _ in rows("source")}
    for as_on_aws, (first, *_) in (each for each in BEHAVIOURS if each[1]):
        assert as_on_aws != "unknown" or NOBODY_KNOWS in SOURCES[first], first


def test_the_document_counts_right() -> None:
    """The document says how many behaviours there are of each kind."""
    kinds = [as_on_aws for as_on_aws, _ in BEHAVIOURS]
    counts = (
        f"Of {len(kinds)} behaviours, {kinds.count('yes')} are as on AWS, of {kinds.count('unknown')} it is "
        f"unknown what AWS does, and {kinds.count('no')} are not as on AWS."
    )
    assert counts in DOCUMENT
