"""Flags over environment over file; a mistake is named with where it stands."""

import tomllib

import pytest

from wschat.chat.settings import MEANING, Settings, settings, template
from wschat.errors import UsageError


def test_the_order() -> None:
    """Each source goes over the ones before it."""
    file = 'name = "file"\nroom = "file"\ntime = "%H"\nbell = false\n'
    chosen = settings(file, "c", {"WSCHAT_NAME": "env", "WSCHAT_ROOM": "env"}, {"name": "flag", "room": None})
    assert chosen == Settings(name="flag", room="env", time="%H", bell=False)
    assert settings("", "c", {}, {}) == Settings()
    assert settings("", "c", {"WSCHAT_PLAIN": "1", "WSCHAT_LINKS": "no"}, {}) == Settings(
        plain=True, links=False
    )


@pytest.mark.parametrize(
    ("file", "environment", "where"),
    [
        ("name =", {}, "c"),
        ("name = " + "[" * 9_000, {}, "c"),
        ("nmae = 'x'", {}, "c: nmae"),
        ("name = 3", {}, "c: name"),
        ("", {"WSCHAT_BELL": "maybe"}, "WSCHAT_BELL"),
        ("notify = 'osc8'", {}, "c: notify"),
    ],
)
def test_mistakes(file: str, environment: dict[str, str], where: str) -> None:
    """What is no setting is refused with where it stands and what would be one."""
    with pytest.raises(UsageError) as caught:
        settings(file, "c", environment, {})
    assert caught.value.where == where
    assert caught.value.hint


def test_template() -> None:
    """The file that a person gets changes nothing, tells all, and is right when its comments are removed."""
    assert settings(template(), "c", {}, {}) == Settings()
    uncommented = "\n".join(
        line.removeprefix("# ") for line in template().splitlines() if " = " in line and "WSCHAT" not in line
    )
    assert tomllib.loads(uncommented).keys() == MEANING.keys() == vars(Settings()).keys()
    settings(uncommented, "c", {}, {})
