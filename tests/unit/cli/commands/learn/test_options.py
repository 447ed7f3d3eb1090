"""Which lesson is meant."""

import pytest

from wschat.cli.commands.learn.options import find
from wschat.errors import UsageError
from wschat.learn.course import course


@pytest.mark.parametrize(
    ("typed", "name"),
    [("5", "connect-function"), ("05", "connect-function"), ("dep", "deploy"), ("api", "api")],
)
def test_found(typed: str, name: str) -> None:
    """By its number, its name, or a beginning that no other has."""
    assert find(course(), typed).id == name


@pytest.mark.parametrize(
    ("typed", "says"), [("a", "may be"), ("", "may be"), ("0", "no lesson"), ("99", "no lesson")]
)
def test_not_found(typed: str, says: str) -> None:
    """What is none, or may be one of several, is told."""
    with pytest.raises(UsageError, match=says):
        find(course(), typed)
