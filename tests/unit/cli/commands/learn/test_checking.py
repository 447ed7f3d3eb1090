"""What is told of a lesson that is not right."""

import pytest

from tests.unit.learn.test_progress import LESSONS, having, standing, up_to
from wschat.cli.commands.learn.checking import show_faults
from wschat.lab.model.resource import Resource


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


def test_how_things_are_called(capsys: pytest.CaptureFixture[str]) -> None:
    """A permission goes by its function and its route, as in the lesson's title."""
    show_faults(standing(each for each in having("API") if each.kind != "permission"), LESSONS["first-route"])
    assert capsys.readouterr().out.startswith("✗ permission Connect $connect: API Gateway may not call")


def test_what_comes_before(capsys: pytest.CaptureFixture[str]) -> None:
    """A lesson that is right says which ones before it are not."""
    there = standing(each for each in having("API") if each.kind != "table")
    assert show_faults(there, LESSONS["deploy"])
    assert capsys.readouterr().out.splitlines()[1:] == [
        "Not done before it: 02 connections-table, 03 rooms-table."
    ]


@pytest.mark.parametrize(
    ("there", "told"),
    [
        (having("API"), []),
        (
            up_to("connect-function"),
            ["Not done before it: 06 other-functions, 07 api, 08 first-route, 09 deploy,"],
        ),
        ((), []),
    ],
)
def test_nothing_to_make(there: list[Resource], told: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """It is right; what it builds on and is not done is named, unless nothing is there at all."""
    assert show_faults(standing(there), LESSONS["terminal"])
    first, *rest = capsys.readouterr().out.splitlines()
    assert first == "✓ 14 terminal: it makes nothing, and AWS lets you read."
    assert [line.partition(" 10 ")[0] for line in rest] == told
