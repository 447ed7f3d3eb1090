"""URLs in what people say, and where they really lead."""

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import quote

# Quotation marks, dots, brackets and punctuation as wide as a Chinese letter, which follow without a gap.
AROUND = (
    r"\u00ab\u00bb\u2018-\u201f\u2026\u2039\u203a\u3001\u3002\u3008-\u3011\u3014-\u301b"
    r"\uff01-\uff0f\uff1a\uff1b\uff1f\uff3b\uff3d\uff5b-\uff65"
)
URL = re.compile(rf"\b(?:https?|wss?)://[^\s<>\"\x00-\x20\x7f-\xa0{AROUND}]+", re.IGNORECASE)
TRAILING = ".,;:!?'"
PAIRS = {")": "(", "]": "[", "}": "{"}
HARMLESS = "!#$%&'()*+,/:;=?@[\\]^`{|}"  # beside letters, digits and what `quote` leaves alone itself


def urls(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each URL begins and ends; punctuation behind one does not belong to it."""
    for found in URL.finditer(text):
        yield found.start(), found.start() + _length(found[0])


def _length(url: str) -> int:
    """Return how much is left of a URL without what only follows it."""
    length, counts = len(url), Counter(url)
    while length and ((last := url[length - 1]) in TRAILING or counts[PAIRS.get(last, last)] < counts[last]):
        counts[last] -= 1
        length -= 1
    return length


def target_of(url: str) -> tuple[str, str]:
    """Return the URL as plain ASCII, and its real host if a reader could take it for another (else empty)."""
    scheme, _, rest = url.partition("://")
    authority, slash, path = re.fullmatch(r"([^/?#\\]*)([/?#\\]?)(.*)", rest, re.DOTALL).groups()  # type: ignore[union-attr]
    user, at, host = authority.rpartition("@")
    try:
        real = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        real = _quoted(host)
    ascii_url = f"{scheme}://{_quoted(user)}{at}{_quoted(real)}{slash}{_quoted(path)}"
    return ascii_url, real if at or real != host else ""


def _quoted(text: str) -> str:
    return quote(text, HARMLESS, errors="surrogatepass")
