"""As much of a message as is shown unasked."""

import pytest

from wschat.chat.machine.excerpt import ROW, ROWS, excerpt
from wschat.text import safe

LONG = "y" * (ROW + 1)


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("hi", ""),
        ("", ""),
        ("\n".join("x" * ROWS), ""),
        ("x\n" * 3_999, "3,980 more lines"),
        ("\n" * ROWS, "1 more line"),
        ("x" * ROWS * ROW, ""),
        ("x" * 4_000, "2,800 more characters"),
        ("x" * (ROWS * ROW + 1), "1 more character"),
        ("\n".join([LONG] * (ROWS // 2)), ""),
        ("\r\n".join([LONG] * ROWS), f"{ROWS // 2} more lines"),
        ("\u202e" * 4_000, "3,850 more characters"),
    ],
)
def test_excerpt(text: str, rest: str) -> None:
    """It fills no screen, however its text is spelled out, and it is said how much is left out."""
    shown, left_out = excerpt(text)
    assert left_out == rest
    assert sum(max(1, -(-len(safe(line)) // ROW)) for line in shown) <= ROWS
    assert text.replace("\r\n", "\n").startswith("\n".join(shown))
