"""What is said and made in accounts that are not one's own; `python -m tests.studies.accounts` tries all."""

from itertools import takewhile

import pytest

from tests.studies.accounts.cases import CASES, LESSONS, NOTHING
from tests.studies.accounts.person import Person
from tests.support.plane.embedded import Embedded

WHOLE = {
    "Learner Lab": None,
    "PowerUser who may pass a role": 2,
    "boundary, tag and path required, no arm64": 2,
}
"""How many commands the suite tries of an account, if not all; of the others only those that make nothing."""


@pytest.mark.parametrize("kind", CASES)
def test_account(embedded: Embedded, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Each command says what it should, ends so, and leaves so much."""
    person = Person(embedded, kind, monkeypatch)
    nothing, given = takewhile(lambda case: case.there == NOTHING, CASES[kind]), False
    for case in CASES[kind][: WHOLE[kind]] if kind in WHOLE else nothing:
        code, said = person.types(case.typed)
        assert case.says in said, said
        assert (code, person.there()) == (case.code, case.there), said
        if "--role " in case.typed:
            assert person.iam() <= {"GetRole", "SimulatePrincipalPolicy"}
        elif given:
            assert (person.iam(), "Note: " in said) == (set(), False), said
        given = given or "was given" in said
    assert person.has_given_role()


@pytest.mark.parametrize("kind", LESSONS)
def test_lessons(embedded: Embedded, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """A lesson that is refused says the way out, which then is one, and has to be given once."""
    person = Person(embedded, kind, monkeypatch)
    for case in LESSONS[kind]:
        code, said = person.types(case.typed)
        assert case.says in said, said
        assert (code, person.there()) == (case.code, case.there), said
