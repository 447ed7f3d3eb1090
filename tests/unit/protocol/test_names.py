"""Names are compared as people do, and what can't be one is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wschat.protocol.limits import MESSAGE_LIMIT
from wschat.protocol.names import clean_message, clean_name, fold, told_apart
from wschat.protocol.refusals import ErrorCode, Refused


@pytest.mark.parametrize(
    "other",
    [
        *(
            "bob",
            "BOB",
            "b\u200cob",
            "bo\u200db",
            "bob\ufe0f",
            "b\u034fob",
            "\u202ebob",
            "bo\u17b4b",
            "bob\ufff0",
        ),
        *("\uff22\uff4f\uff42", "\U0001d5a1\U0001d5c8\U0001d5bb", "bob\u2800", " bob "),
    ],
)
def test_one_name(other: str) -> None:
    """Names are compared without case, width and style, and without what can't be seen."""
    assert fold(other) == fold("Bob")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "  ",
        "\u3164",
        "\u2800",
        "\u17b5\U000e0fff",
        "\u200b\u200d",
        "a#b",
        "a\uff03b",
        "a\nb",
        "a\x1bb",
        "a\u2028b",
        "x" * 33,
        "\ufdfa" * 4,
        "\u3316" * 8,
    ],
)
def test_no_name(name: str) -> None:
    """What can't be seen, typed or kept apart is no name."""
    with pytest.raises(Refused) as refused:
        clean_name(name)
    assert refused.value.code in {ErrorCode.BAD_REQUEST, ErrorCode.TOO_LONG}


@pytest.mark.parametrize(
    "name",
    [" Ann ", "Zoë", "Zoe\u0308", "می\u200cشود", "小明", "👩\u200d🚀", "x" * 32, "\ufdfa" * 3, "😀" * 32],
)
def test_a_name(name: str) -> None:
    """Names in any language are names, trimmed and composed."""
    assert clean_name(name) == {"Zoe\u0308": "Zoë"}.get(name, name.strip())


@pytest.mark.parametrize("gap", ["  ", "\u00a0", "\u3000", " \u2003 "])
def test_two_blanks_are_one(gap: str) -> None:
    """A gap is one blank, however it is made: more of them, or wider ones, make no other name."""
    assert clean_name(f"Ann{gap}B") == "Ann B"
    assert fold(f"Ann{gap}B") == fold("Ann B")


@pytest.mark.parametrize(
    ("name", "other", "shown"),
    [
        ("\u0412\u043eb", "Bob", "\\u{412}\\u{43e}b"),
        ("Bob", "\u0412\u043eb", "Bob"),
        ("com", "corn", "co\\u{6d}"),
        ("corn", "com", "co\\u{72}\\u{6e}"),
        ("bob\u200b", "Bob", "bob\\u{200b}"),
        ("BOB", "Bob", "BOB"),
        ("rnrnm", "mm", "\\u{72}\\u{6e}\\u{72}\\u{6e}m"),
        ("\u212a", "K", "\\u{212a}"),
    ],
)
def test_told_apart(name: str, other: str, shown: str) -> None:
    """One sees which letters make it another name, unless that is case."""
    assert told_apart(name, other) == shown


STRANGE = "👩\u200d👧\u0301ﬃİß\u202e\u200b\u3164\uff21\u0345\ufeff\U0001d504#aA "


@settings(max_examples=200, deadline=None, database=None, derandomize=True)
@given(text=st.text(STRANGE, max_size=40) | st.text(max_size=40))
def test_clean_names_stay_clean(text: str) -> None:
    """Whatever a name is made of: a clean one stays as it is when cleaned again, and compares to itself."""
    try:
        name = clean_name(text)
    except Refused:
        return
    assert clean_name(name) == name
    assert fold(fold(name)) == fold(name)
    assert len(name.encode()) <= 4 * 32
    assert 0 < len(fold(name).encode()) <= 4 * 32


def test_a_message_that_is_too_long() -> None:
    """Who pasted it is told how much of it is too much."""
    assert clean_message("x" * MESSAGE_LIMIT)
    with pytest.raises(Refused, match="at most 4000 characters, not 4001"):
        clean_message("x" * (MESSAGE_LIMIT + 1))
