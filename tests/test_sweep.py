"""A sample of `python -m tests.sweep`, another one each day."""

from collections.abc import Iterator
from datetime import date

import pytest

from tests.sweep.account import Account
from tests.sweep.cases import Case, Reference, cases, reference, sample
from tests.sweep.trials import Result, attempt
from wschat.local.emulator import Emulator

SEED = date.today().toordinal()  # noqa: DTZ011  any day will do


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """An account that these trials empty as often as they like."""
    place = tmp_path_factory.mktemp("sweep")
    emulator = Emulator(place / "private", place / "log")
    emulator.start()
    yield Account(emulator.endpoint)
    emulator.stop()


@pytest.fixture(scope="module")
def known(account: Account) -> Reference:
    return reference(account)


def held(account: Account, known: Reference, case: Case) -> Result:
    """Try a case, and tell how to try it again if it did not hold."""
    result = attempt(account, known, case)
    problems = "\n".join(result.wrong)
    again = f"python -m tests.sweep --case {case}"
    assert not result.wrong, f"seed {SEED}, {result.call}; again: {again}\n{problems}"
    return result


@pytest.mark.parametrize("kind", ["provision", "teardown", "killed"])
def test_what_fails_today(account: Account, known: Reference, kind: str) -> None:
    """After a call that failed, provision makes good, and teardown leaves nothing."""
    among = [case for case in cases(known) if kind == ("killed" if case.kills else case.run)]
    for case in sample(among, {"provision": 3}.get(kind, 1), SEED):
        held(account, known, case)
