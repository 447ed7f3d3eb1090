"""`python -m tests.studies.accounts` types commands in an account of each kind: what becomes of them."""

import os
import tempfile
from collections.abc import Iterator

import pytest

from tests.documents import show
from tests.studies.accounts.cases import CASES
from tests.studies.accounts.person import Person
from tests.support.plane.embedded import Embedded


def main() -> None:
    """Print the table, row by row; fail if one is not as its case says."""
    with tempfile.TemporaryDirectory() as state, pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "WSCHAT_STATE_DIR", state)
        rows = show(("account", "command", "result", "as it should be"), _rows(patch))
    assert {row[-1] for row in rows} == {"yes"}


def _rows(patch: pytest.MonkeyPatch) -> Iterator[tuple[str, ...]]:
    ministack = Embedded()
    for kind, cases in CASES.items():
        person = Person(ministack, kind, patch)
        for case in cases:
            code, said = person.types(case.typed)
            there = person.there()
            right = (code, there, case.says in said) == (case.code, case.there, True)
            yield kind, case.typed, f"exit {code}, {there}", "yes" if right else said


if __name__ == "__main__":
    main()
