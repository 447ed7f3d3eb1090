"""What strangers write steers no terminal; what people write stays."""

import unicodedata

import pytest
from hypothesis import given, settings

from tests.support.attacks import ATTACKS, HOSTILE, is_bad
from wschat.text import JOINERS, masked, safe


@pytest.mark.parametrize(
    "text",
    [
        "[b]x[/b] <b>",
        "grüße 日本語",
        "👩\u200d💻",
        "\u0645\u06cc\u200c\u062e",
        "e\u0301",
        "❤\ufe0f",
        "नमस्ते",
    ],
)
def test_safe_leaves_text_alone(text: str) -> None:
    """Text of people is as it was."""
    assert safe(text) == text


def test_safe_shows_what_it_took() -> None:
    """A control is seen, a tab is space, a pile of marks is cut, joiners or not."""
    assert safe("\x1b[0m\x9b\u202e\ud800\x7f\n") == "␛[0m\\u{9b}\\u{202e}\\u{d800}␡␊"
    assert safe("a\tb") == "a    b"
    assert safe("a" + "\u0301" * 50 + "b") == "a" + "\u0301" * 8 + "b"
    assert len(safe("a" + "\u0301\u200d" * 50)) <= 9


def check_safe(text: str) -> None:
    """What can steer is gone, and what people can read is there; of a pile of marks some of it."""
    shown = safe(text)
    assert not [char for char in shown if is_bad(char)]
    for char in text:
        piles_up = char in JOINERS or unicodedata.category(char).startswith("M")
        assert char in shown or is_bad(char) or piles_up


def test_safe() -> None:
    """Each attack becomes harmless, and stays readable."""
    for attack in ATTACKS:
        check_safe(attack)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(text=HOSTILE)
def test_safe_with_anything(text: str) -> None:
    """So does what nobody has thought of."""
    check_safe(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"action":"register","token":"a\\"b"}', '{"action":"register","token":"…"}'),
        ('{"accessToken" : "abc", "value": "token"}', '{"accessToken" : "…", "value": "token"}'),
        ('{"password": "half of i', '{"password": "…'),
        ('{"body": "{\\"token\\": \\"abc\\"}"}', '{"body": "{\\"token\\": \\"…"}'),
        ("my token is blue", "my token is blue"),
    ],
)
def test_masked(text: str, shown: str) -> None:
    """Of a JSON text, whole or not, the credentials are left out, and nothing else."""
    assert masked(text) == shown
