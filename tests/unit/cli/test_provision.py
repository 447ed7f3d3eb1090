"""`wschat provision`: what it says before."""

import pytest

from wschat.cli.report import warn_of_quota


@pytest.mark.parametrize(("functions", "noted"), [(10, True), (11, False)])
def test_a_new_account(capsys: pytest.CaptureFixture[str], functions: int, *, noted: bool) -> None:
    """An account that runs ten functions at once, as new ones do, is told so before anything is made."""
    warn_of_quota(functions)
    assert ("Service Quotas" in capsys.readouterr().err) is noted
