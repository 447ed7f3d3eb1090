"""What can be set, and the file that a person gets."""

import tomllib

from wschat.chat.settings import MEANING, Settings, parse, template


def test_ignored() -> None:
    """Names may have gaps, and stand among blanks; none are empty."""
    assert Settings(ignore="eve, max m ,,").ignored == ("eve", "max m")
    assert Settings().ignored == ()


def test_template() -> None:
    """The file that a person gets changes nothing, tells all, and is right when its comments are removed."""
    assert parse(template(), "c") == {}
    uncommented = "\n".join(
        line.removeprefix("# ") for line in template().splitlines() if " = " in line and "WSCHAT" not in line
    )
    assert parse(uncommented, "c") == tomllib.loads(uncommented)
    assert tomllib.loads(uncommented).keys() == MEANING.keys() == {"url", *vars(Settings())}
