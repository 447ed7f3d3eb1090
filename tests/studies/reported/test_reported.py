"""What others reported does not happen here."""

import pytest

from tests.studies.reported.case import Case
from tests.studies.reported.library import HERE, IN_A_PAGE


@pytest.mark.parametrize("case", HERE, ids=[case.id for case in HERE])
def test_it_holds(case: Case) -> None:
    """Each check passes."""
    case.check()


def test_each_is_one() -> None:
    """No report stands here twice."""
    ids = [case.id for case in (*HERE, *IN_A_PAGE)]
    assert len(ids) == len({*ids})
