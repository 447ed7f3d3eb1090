"""Strangers' text made harmless for a terminal: the one place that does so."""

import re
import unicodedata
from collections.abc import Iterable

from wschat.protocol.names import escaped

MARKS = 8  # combining marks on one character; more of them cover the lines above and below
JOINERS = "\u200c\u200d"  # zero-width, but Persian and emoji are written with them
SECRET = re.compile(
    r'("[^"\\]*(?:token|password|secret|authorization|api[-_]?key)\\*"\s*:\s*\\*")(?:[^"\\]|\\.)*',
    re.IGNORECASE | re.DOTALL,
)
"""A field of a JSON text that holds a credential, by how its name ends; also within a string of it."""


def safe(text: str) -> str:
    r"""Return the text as one line that can't steer a terminal.

    Controls become control pictures or `\u{...}`, as do line separators, bidi controls, other invisible
    format characters and lone surrogates; a tab becomes spaces; marks stack up to `MARKS` high, and not
    on what stands before the text.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_harmless(text))


def _harmless(text: str) -> Iterable[str]:
    stacked = 0
    for place, char in enumerate(text):
        category = unicodedata.category(char)
        is_mark = category in {"Mn", "Me", "Mc"}
        stacked = stacked + 1 if is_mark or char in JOINERS else 0
        if stacked and not place:
            yield "\u25cc"
        if char == "\t":
            yield "    "
        elif char < " ":
            yield chr(0x2400 + ord(char))
        elif char == "\x7f":
            yield "\u2421"
        elif category in {"Cc", "Cf", "Cs", "Zl", "Zp"} and char not in JOINERS:
            yield escaped(char)
        elif stacked <= MARKS:
            yield char


def masked(text: str) -> str:
    """Return a JSON text, or whatever it is, without the credentials in it: as it is, but for those."""
    return SECRET.sub(r"\1…", text)
