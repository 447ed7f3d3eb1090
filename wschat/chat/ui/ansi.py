"""Styled lines as text for a terminal: wrapped to its width, coloured, with links."""

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain
from zlib import crc32

from wcwidth import wcwidth

from wschat.chat.ui.rendering import Line, Span

SGR = {"time": "2", "notice": "2", "me": "1", "mention": "1;33", "error": "1;31", "hint": "33"}
FEW_TINTS = ("31", "32", "33", "34", "35", "36")
# Of 256 colours, those that can be read on black and on white.
MANY_TINTS = [
    f"38;5;{number}"
    for number in (25, 28, 30, 31, 61, 62, 63, 66, 67, 94, 95, 96, 97, 98, 101, 127, 130, 131, 132, 133)
]
WIDEST_HANG = 2  # the part of the width that the rest of a line is indented by at most: half
MONOCHROME = 2
EMOJI = "\ufe0f"  # shows what stands before it as an emoji


def colours(environment: Mapping[str, str] = os.environ) -> int:
    """Return how many colours this terminal, which is not dumb, has; of 2, one is bold or dim (NO_COLOR)."""
    many = "256" in environment.get("TERM", "") or environment.get("COLORTERM", "") in {"truecolor", "24bit"}
    return MONOCHROME if environment.get("NO_COLOR") else 256 if many else 16


def to_ansi(line: Line, width: int, colours: int = 0, *, links: bool = False) -> str:
    """Return the line with its ends of line; what is wider than `width` cells is broken and indented.

    Links (OSC 8) may be written wherever colours are, as rich does: terminals without them ignore those.

    The terminal would go on at its left edge, where padding could imitate another line. A URL that is wider
    by itself stays whole all the same, from the left edge on, so that it can be clicked and copied: it has
    no gaps to imitate anything with.
    """
    hang = min(line.hang, width // WIDEST_HANG)
    fits = sum(width_of(span.text) for span in line.spans) <= width
    rows = [line.spans] if fits else _rows(line.spans, width, hang)
    return "".join("".join(_styled(span, colours, links=links) for span in row) + "\n" for row in rows)


def _styled(span: Span, colours: int, *, links: bool) -> str:
    text = span.text
    if links and span.link:
        text = f"\x1b]8;id={crc32(span.link.encode())};{span.link}\x1b\\{text}\x1b]8;;\x1b\\"
    if not colours:
        return text
    code = SGR.get(span.style, "")
    if colours == MONOCHROME:
        code = code.partition(";")[0] if code[:1] in {"1", "2"} else ""
    elif span.style == "name":
        tints = MANY_TINTS if colours > 16 else FEW_TINTS  # noqa: PLR2004
        code = tints[span.tint % len(tints)]
    return f"\x1b[{code}m{text}\x1b[0m" if code else text


def _rows(spans: Iterable[Span], width: int, hang: int) -> Iterator[list[Span]]:
    row: list[Span] = []
    column, start = 0, 0
    for piece in chain.from_iterable(_pieces(word, max(width - hang, 2)) for word in _words(spans)):
        size = sum(width_of(span.text) for span in piece)
        if column + size > width and column > start:
            yield row
            row, column, start = [Span(" " * hang)], hang, hang
        if piece[0].text.isspace() and column == start == hang:
            continue
        if column + size > width:  # a URL that stays whole
            row = []
        row += piece
        column += size
    if column > start:
        yield row


def _words(spans: Iterable[Span]) -> Iterator[list[Span]]:
    """Yield words and gaps; spans between which there is no gap are one word."""
    word: list[Span] = []
    for span in spans:
        for text in re.findall(r" +|[^ ]+", span.text):
            if word and (text.isspace() or word[0].text.isspace()):
                yield word
                word = []
            word.append(span._replace(text=text))
    if word:
        yield word


def _pieces(word: list[Span], room: int) -> Iterator[list[Span]]:
    """Yield a word whole; what is wider than `room` in parts, but for a URL of ASCII."""
    if sum(width_of(span.text) for span in word) <= room:
        yield word
        return
    for span in word:
        if span.link and span.text.isascii():
            yield [span]
            continue
        piece, size = "", 0
        for char in span.text:
            if size + _cells(char) > room:
                yield [span._replace(text=piece)]
                piece, size = "", 0
            piece, size = piece + char, size + _cells(char)
        yield [span._replace(text=piece)]


@lru_cache(maxsize=4096)
def width_of(text: str) -> int:
    """Return how many cells a text takes, at most."""
    return len(text) if text.isascii() else sum(map(_cells, text))


@lru_cache(maxsize=4096)
def _cells(char: str) -> int:
    """Return the cells that a character takes, in terminals that do not agree the most that it may.

    Some give one to a spacing mark, two to a filler, and another to what is shown as an emoji. What breaks a
    line too early does no harm; too late, what comes next would stand at the left edge.
    """
    category, east_asian = unicodedata.category(char), unicodedata.east_asian_width(char)
    if east_asian in {"W", "F"} or (category, east_asian) == ("No", "A"):
        least = 2
    else:
        least = int(char == EMOJI or category not in {"Mn", "Me", "Cf"})
    return max(wcwidth(char), least)
