"""A throttle as it is typed, and what a route's share of it is."""

import re

import pytest

from wschat.lab.chosen.throttle import BURST, DEFAULT, FORM, Throttle, throttle


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("off", None),
        ("5", Throttle(5.0, BURST)),
        ("0.25/9", Throttle(0.25, 9)),
        ("0.05/010", Throttle(0.05, 10)),
        ("1000/5000", Throttle(1000.0, 5000)),
    ],
)
def test_what_is_typed(text: str, meant: Throttle | None) -> None:
    """A rate, alone or with a burst; or none at all. As it is shown, it can be typed again."""
    assert re.fullmatch(FORM, text)
    assert throttle(text) == meant
    assert meant is None or throttle(str(meant)) == meant


@pytest.mark.parametrize(
    "text",
    [
        *("0", "00.00", "0/5", "0.0/5", "5/0", "5/00", "-1", "/9", "5/", "5/1.5", "1e3", "nan", "inf"),
        *("1,5", "\u0665", " 5", "5/5/5", "Off", "9" * 9, "1/" + "9" * 9),
    ],
)
def test_what_is_no_throttle(text: str) -> None:
    """Of 0 a stage takes nothing at all, so that is none either."""
    assert not re.fullmatch(FORM, text)


def test_what_is_not_typed() -> None:
    """Nothing is the default one."""
    assert throttle(None) == throttle("") == DEFAULT


def test_a_share() -> None:
    """A share is one of the rate, in numbers that are as they are written."""
    assert Throttle(3.0, 7).share(0.05) == {"ThrottlingBurstLimit": 7, "ThrottlingRateLimit": 0.15}
