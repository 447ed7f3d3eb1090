"""Who looks like somebody else shares a key with them; what is not caught, and who is refused for nothing."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.doubles import BLAMELESS, CAUGHT, MISSED
from wschat.protocol.names import clean_name, fold
from wschat.protocol.refusals import Refused
from wschat.protocol.skeleton import keys, skeleton


def doubles(one: str, other: str) -> bool:
    return not {*keys(one)}.isdisjoint(keys(other))


@pytest.mark.parametrize(("present", "name", "why"), CAUGHT)
def test_doubles(present: str, name: str, why: str) -> None:
    """Who looks like somebody who is there can't be told from them."""
    assert doubles(present, name), why


@pytest.mark.parametrize(("present", "name", "why"), MISSED)
def test_not_caught(present: str, name: str, why: str) -> None:
    """What Unicode's table does not have is for people to see."""
    assert not doubles(present, name), why


@pytest.mark.parametrize(("present", "name", "why"), BLAMELESS)
def test_without_fault(present: str, name: str, why: str) -> None:
    """Some who have another name look alike in small print: whoever comes second is refused."""
    assert doubles(present, name), why


@pytest.mark.parametrize("marks", ["\u0301\u0323", "\u0344\u0323", "\ufdfa", "\U0001d15e\u0323"])
def test_a_name_that_is_hard_to_read(marks: str) -> None:
    """However many marks there are, a name takes no time worth telling; none of that length is let in."""
    start, name = process_time(), f"a{marks * 200_000}"
    assert keys(name)
    with pytest.raises(Refused, match="at most 32"):
        clean_name(name)
    assert process_time() - start < 0.5


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("\u03c1\u237a\u0443\U0001d4c5\U0001d482\u05df", "paypal"),  # UTS #39's own example
        ("\u04d2", "A\u0308"),  # a letter is looked up without its mark
        ("b\u200dob\u034f", "bob"),
        ("\u01c6", "dz\u030c"),  # of a prototype that is composed
    ],
)
def test_skeleton(name: str, expected: str) -> None:
    """Decomposed, without what shows nothing, each letter as its prototype, decomposed again."""
    assert skeleton(name) == expected


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
