"""Who looks like somebody else shares a key with them; what is not caught, and who is refused for nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wschat.protocol.names import clean_name, fold
from wschat.protocol.refusals import Refused
from wschat.protocol.skeleton import keys, skeleton


def doubles(one: str, other: str) -> bool:
    return not {*keys(one)}.isdisjoint(keys(other))


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Bob", "bob"),
        ("Bob", "\uff22\uff4f\uff42"),  # fullwidth
        ("Bob", "\U0001d5a1\U0001d5c8\U0001d5bb"),  # of mathematics
        ("Bob", "\u0412\u043eb"),  # two Cyrillic letters
        ("Joe", "\u0408\u043e\u0435"),  # all Cyrillic
        ("admin", "adm\u0131n"),  # without its dot
        ("ADMIN", "adm\u0131n"),
        ("Ann B", "Ann  B"),
        ("Ann B", "Ann\u00a0B"),
        ("Ann B", "Ann\u3000B"),
        ("Bob", "Bob\u2800"),
        ("Bob", "B\u034fob"),
        ("Ill", "lll"),
        ("ROOT", "R00T"),
        ("Zo\xeb", "Zoe\u0308"),
        ("stra\xdfe", "STRASSE"),
    ],
)
def test_doubles(name: str, other: str) -> None:
    """Who looks like somebody who is there can't be told from them."""
    assert doubles(name, other)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Bob", "B0b"),  # 0 looks like O, but not like o
        ("Anna", "\u0410\u043f\u043f\u0430"),  # Cyrillic; its second letter looks like pi
        ("Bob", "Bob."),
        ("Bob", "Bobb"),
        ("Ann", "An n"),
        ("teacher", "teacner"),
        ("\u05d01a", "1\u05d0a"),  # mixed directions: a screen may show both in one order
    ],
)
def test_not_caught(name: str, other: str) -> None:
    """What Unicode's table does not have is for people to see."""
    assert not doubles(name, other)


@pytest.mark.parametrize(
    ("name", "other"), [("corn", "com"), ("bernd", "bemd"), ("Ida", "lda"), ("Oz", "0z")]
)
def test_without_fault(name: str, other: str) -> None:
    """Some names that are different ones look alike in small print: the second is refused."""
    assert doubles(name, other)


@pytest.mark.parametrize(
    ("name", "count"), [("ann", 1), ("Ann", 2), ("Tom", 3), ("\u0418\u0432\u0430\u043d", 3)]
)
def test_how_many(name: str, count: int) -> None:
    """A name takes one to three keys, none twice; by the first it is found."""
    assert len(keys(name)) == len(set(keys(name))) == count
    assert keys(name)[0] == fold(name)


NEAR = "IlO0mrn \u0131\u0408\u043e\uff42\U0001d5bb\u0301\u030c\u0345\u200d\u2800\ufdfa\u05d0\u01c6"


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(text=st.text(NEAR, max_size=32) | st.text(max_size=32))
def test_keys_can_be_kept(text: str) -> None:
    """Whatever a name is made of, its keys are texts that DynamoDB takes, and none is another item's."""
    try:
        name = clean_name(text)
    except Refused:
        return
    for key in keys(name):
        assert key.strip()
        assert "#" not in key
        assert len(key.encode()) < 1100  # of 2048, and 32 times the longest that becomes of a letter
    assert {*keys(name)} == {fold(name), skeleton(name), skeleton(fold(name))}
