"""Behaviours, tests, their sources and the document's table belong together."""

import ast
import re

from tests.documents import ROOT
from tests.studies.gateway.behaviours import BEHAVIOURS, OWN, SOURCES, UNKNOWN, YES, counts

TESTS = {
    node.name: (ast.get_docstring(node) or "").splitlines()[0]
    for path in (ROOT / "tests/unit/local/gateway").glob("test_*.py")
    for node in ast.parse(path.read_text()).body
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
}


def sources(test: str) -> set[str]:
    """Return the numbers of the sources that a test names, in brackets at the end of its first line."""
    found = re.search(r"\(([\d., ]+)\)\.$", TESTS[test])
    return set(found[1].split(", ")) if found else set()


def test_tests_have_behaviours() -> None:
    """Each test shows a behaviour, or something of the local gateway's own; each behaviour has its tests."""
    told = {test for each in BEHAVIOURS for test in each.tests}
    assert told | set(OWN) == TESTS.keys()
    assert not told & set(OWN)
    assert all(each.tests for each in BEHAVIOURS if each.as_on_aws in {YES, UNKNOWN})


def test_tests_name_their_sources() -> None:
    """Each test of a behaviour says where it is known from; what is unknown is known from nowhere."""
    named = {test: sources(test) for test in TESTS if test not in OWN}
    assert {test for test, of in named.items() if not of} == set()
    assert {each for of in named.values() for each in of} == SOURCES.keys()
    for each in BEHAVIOURS:
        if each.as_on_aws == UNKNOWN:
            assert all("8" in named[test] for test in each.tests[:1]), each.what


def test_the_document_counts_right() -> None:
    """The document says how many behaviours there are of each kind."""
    assert counts() in (ROOT / "wschat/local/README.md").read_text().replace("\n", " ")
