"""Items as styled lines; `safe`, the one place that makes strangers' text harmless.

Lines can't be taken for one another: a message begins with its time and the name in <>, what the program
says begins with `--` or `!!`, and everything else is indented.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import NamedTuple

from wschat.chat.state import ChatState
from wschat.chat.vocabulary import Failure, Item, Listing, Notice, Said, Unsent

Clock = Callable[[int], str]

MARKS = 8  # combining marks on one character; more of them cover the lines above and below
BRACKETS = str.maketrans("<>", "\u2039\u203a")  # a name can't close the brackets around it
JOINERS = "\u200c\u200d"  # zero-width, but Persian and emoji are written with them
INDENT = "      "  # as wide as a time and its space


class Style(StrEnum):
    """What a span of text is; a view decides how that looks."""

    TIME = "time"
    NAME = "name"
    ME = "me"
    TEXT = "text"
    NOTICE = "notice"
    ERROR = "error"
    HINT = "hint"


class Span(NamedTuple):
    """Text of one style."""

    text: str
    style: Style


Line = tuple[Span, ...]


def safe(text: str) -> str:
    r"""Return the text as one line that can't steer a terminal.

    Controls become control pictures or `\u{...}`, as do line separators, bidi controls, other invisible
    format characters and lone surrogates; a tab becomes spaces; marks stack up to `MARKS` high.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_harmless(text))


def _harmless(text: str) -> Iterable[str]:
    stacked = 0
    for char in text:
        category = unicodedata.category(char)
        is_mark = category in {"Mn", "Me", "Mc"}
        stacked = stacked + 1 if is_mark or char in JOINERS else 0
        if char == "\t":
            yield "    "
        elif char < " ":
            yield chr(0x2400 + ord(char))
        elif char == "\x7f":
            yield "\u2421"
        elif category in {"Cc", "Cf", "Cs", "Zl", "Zp"} and char not in JOINERS:
            yield f"\\u{{{ord(char):x}}}"
        elif stacked <= MARKS:
            yield char


def lines(item: Item, clock: Clock) -> tuple[Line, ...]:
    """Return what to print for an item; `clock` turns milliseconds since 1970 into HH:MM."""
    match item:
        case Said():
            return _said(item, clock)
        case Notice(text):
            return ((Span(f"-- {safe(text)}", Style.NOTICE),),)
        case Failure(about, what, hint):
            told = f"!! {safe(about)}: {safe(what)}" if about else f"!! {safe(what)}"
            return ((Span(told, Style.ERROR),), *_hint(hint))
        case Listing(heading, rows):
            width = max(len(safe(left)) for left, _ in rows)
            table = (f"   {safe(left):{width}}  {safe(right)}".rstrip() for left, right in rows)
            head = (Span(f"-- {safe(heading)}", Style.NOTICE),)
            return (head, *((Span(row, Style.TEXT),) for row in table))
        case Unsent(line):
            return ((Span("!! Not sent: ", Style.ERROR), Span(safe(line), Style.TEXT)),)


def _said(item: Said, clock: Clock) -> tuple[Line, ...]:
    first, *rest = re.split(r"\r?\n", item.text)
    name = safe(item.user).translate(BRACKETS)
    head = (
        Span(clock(item.time) if item.time else "--:--", Style.TIME),
        Span(f" <{name}> ", Style.ME if item.mine else Style.NAME),
        Span(safe(first), Style.TEXT),
    )
    return (head, *((Span(f"{INDENT}{safe(text)}", Style.TEXT),) for text in rest))


def _hint(hint: str) -> tuple[Line, ...]:
    return ((Span(f"   {safe(hint)}", Style.HINT),),) if hint else ()


def toolbar(state: ChatState) -> str:
    """Return the line under the input: the most important first, since a narrow terminal cuts it."""
    parts = [state.status.value]
    if state.name:
        parts.append(state.name)
    if state.room:
        parts.append(f"{state.room} ({len(state.users)})")
    if state.pending:
        parts.append(f"{len(state.pending)} waiting")
    if state.room:
        parts.append(", ".join(state.users))
    return " " + " · ".join(safe(part) for part in parts)
