"""What is told of a lesson that is not right."""

import pytest

from tests.unit.learn.test_progress import LESSONS, having, standing
from wschat.cli.learn.checking import show_faults


def test_one_resource_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    """All that is wrong with the first resource is told, each remedy once, and how many others there are."""
    wrong = having("function Connect", timeout=3, memory=128)
    there = standing(each for each in wrong if each.kind != "log group")
    assert not show_faults(there, LESSONS["connect-function"])
    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith("✗ log group /aws/lambda/Connect: there is no log group of this name")
    assert last == "After that 1 more is missing or not right."
    show_faults(standing(wrong), LESSONS["connect-function"])
    assert capsys.readouterr().out.splitlines() == [
        "✗ function Connect: the memory is `128 MB`, should be `256 MB`",
        "  → Configuration → General configuration → Edit",
        "✗ function Connect: the timeout is `3 s`, should be `25 s`",
    ]
    assert show_faults(standing(having("API")), LESSONS["terminal"])
