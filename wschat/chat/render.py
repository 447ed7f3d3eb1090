"""Items as styled lines; `safe`, the one place that makes strangers' text harmless.

Lines can't be taken for one another: a message begins with its time and the name in <>, what the program
says begins with `--`, `──` or `!!`, and everything else is indented.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple
from zlib import crc32

from wschat.chat.state import ChatState, Status
from wschat.chat.urls import target_of, urls
from wschat.chat.vocabulary import (
    Back,
    Done,
    Failure,
    InRoom,
    Item,
    Listing,
    Lost,
    Moved,
    Named,
    Names,
    Notice,
    RoomBorn,
    RoomGone,
    Said,
    Unsent,
)
from wschat.protocol import INVISIBLE, Action, fold

Clock = Callable[[int], str]

MARKS = 8  # combining marks on one character; more of them cover the lines above and below
JOINERS = "\u200c\u200d"  # zero-width, but Persian and emoji are written with them
BLANK = "\u2800\U0001d159\U00013441\U00013442"  # a Braille cell, a note, two hieroglyphs: all a mere gap
BRACKETS = str.maketrans("<>", "\u2039\u203a")  # a name can't close the brackets around it
# Alphabets with letters that look like Latin ones.
LOOKALIKES = ("CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU")
INDENT = "      "  # as wide as a time and its space
NAMES_SHOWN = 12  # in one line; /users lists all
PENDING_SHOWN = 5


class Style(StrEnum):
    """What a span of text is; a view decides how that looks."""

    TIME = "time"
    NAME = "name"
    ME = "me"
    TEXT = "text"
    MENTION = "mention"
    NOTICE = "notice"
    MARK = "mark"
    ERROR = "error"
    HINT = "hint"
    WAITING = "waiting"


class Span(NamedTuple):
    """Text of one style. `tint` chooses a name's colour; `link` is where a click leads."""

    text: str
    style: Style
    tint: int = 0
    link: str = ""


@dataclass(frozen=True)
class Line:
    """Spans side by side, and how far the rest is indented when they are wider than the screen."""

    spans: tuple[Span, ...]
    hang: int = len(INDENT)

    def __str__(self) -> str:
        return "".join(span.text for span in self.spans)


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
    before = ""
    for char in text:
        category = unicodedata.category(char)
        is_mark = category in {"Mn", "Me", "Mc"}
        stacked = stacked + 1 if is_mark or char in JOINERS else 0
        if not before and (is_mark or char in JOINERS):
            yield "\u25cc"
        before = char
        if char == "\t":
            yield "    "
        elif char < " ":
            yield chr(0x2400 + ord(char))
        elif char == "\x7f":
            yield "\u2421"
        elif category in {"Cc", "Cf", "Cs", "Zl", "Zp"} and char not in JOINERS:
            yield _escaped(char)
        elif stacked <= MARKS:
            yield char


def _escaped(char: str) -> str:
    return f"\\u{{{ord(char):x}}}"


@lru_cache(maxsize=1024)
def safe_name(name: str) -> str:
    """Return a name or room's name so that it can't be taken for another one.

    Beside what `safe` does, all that shows nothing or a mere gap is spelled out, and so are letters that
    look like Latin ones in a name that has Latin ones.
    """
    if name.isascii() and name.isprintable():
        return name.translate(BRACKETS)
    latin = any(_alphabet(char) == "LATIN" for char in name)
    return "".join(
        _escaped(char)
        if char in JOINERS
        or ord(char) in INVISIBLE
        or char in BLANK
        or (char != " " and unicodedata.category(char) == "Zs")
        or (latin and _alphabet(char) in LOOKALIKES)
        else char
        for char in safe(name)
    ).translate(BRACKETS)


def _alphabet(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0] if char.isalpha() else ""


def lines(item: Item, clock: Clock, *, linear: bool = False) -> tuple[Line, ...]:
    """Return what to print for an item; `clock` turns milliseconds since 1970 into HH:MM.

    `linear` lines stand for themselves: each line of a message says who speaks, and nothing is drawn.
    """
    match item:
        case Said():
            return _said(item, clock, linear=linear)
        case Back() | Lost():
            return _connection(item, linear=linear)
        case Failure(about, what, hint):
            told = f"!! {safe(about)}: {safe(what)}" if about else f"!! {safe(what)}"
            return (_line(told, Style.ERROR), *((_line(f"   {safe(hint)}", Style.HINT),) if hint else ()))
        case Listing(heading, rows):
            width = max(len(safe(left)) for left, _ in rows)
            table = (f"   {safe(left):{width}}  {safe(right)}".rstrip() for left, right in rows)
            entries = (Line((Span(row, Style.TEXT),), hang=width + 5) for row in table)
            return (_line(f"-- {safe(heading)}", Style.NOTICE), *entries)
        case Names(names, room):
            title = _line(f"-- in {_called(room)}:" if room else "-- rooms:", Style.NOTICE)
            return (title, *(_line(f"   {safe_name(name)}", Style.TEXT) for name in names))
        case Unsent(line, doubtful):
            what = "Sent, not confirmed" if doubtful else "Not sent"
            return (Line((Span(f"!! {what}: ", Style.ERROR), Span(safe(line), Style.TEXT))),)
    told = _told(item)
    return (_line(f"-- {told}", Style.NOTICE),) if told else ()


def _line(text: str, style: Style) -> Line:
    return Line((Span(text, style),))


def _told(item: Item) -> str:
    match item:
        case Named(name, rooms):
            return f"you are {_called(name)}; " + (f"rooms: {_some(rooms)}" if rooms else "no rooms yet")
        case InRoom(room, users):
            others = [user for user in users if fold(user) != fold(item.me)]
            company = f"with {_some(others)}" if others else "nobody else is here yet"
            return f"you are in {_called(room)}, {company}"
        case Done(Action.LEAVE, room):
            return f"you left {_called(room)}"
        case Moved(_, people):
            runs = groupby(people, key=lambda one: one[1])
            return "; ".join(
                f"{_some([user for user, _ in run])} {'joined' if joined else 'left'}" for joined, run in runs
            )
        case RoomBorn(room):
            return f"new room: {_called(room)}"
        case RoomGone(room):
            return f"{_called(room)} is gone: nobody was left in it"
        case Notice(text):
            return safe(text)
    return ""


def _connection(item: Back | Lost, *, linear: bool) -> tuple[Line, ...]:
    if isinstance(item, Lost):  # elsewhere the toolbar says it
        return (_line(f"-- {safe(item.what)}; connecting again", Style.NOTICE),) if linear else ()
    parts = ["back"]
    if item.remade:
        parts.append("the room was gone and is made again")
    if item.truncated:
        rest = f": the last {item.missed} follow" if item.missed else ""
        parts.append(f"more was missed than the room keeps{rest}")
    elif item.missed or not item.remade:
        parts.append(f"{item.missed or 'nothing'} missed")
    told = ", ".join(parts)
    return (_line(f"-- {told}" if linear else f"── {told} ──", Style.MARK),)


def _said(item: Said, clock: Clock, *, linear: bool) -> tuple[Line, ...]:
    entry = item.entry
    first, *rest = re.split(r"\r?\n", entry.content)
    time = clock(entry.time) if entry.time else "--:--"
    name = f"<{safe_name(entry.user)}>"
    head = (
        Span(f"{time} ", Style.TIME),
        Span(
            name, Style.ME if item.mine else Style.NAME, tint=crc32(fold(entry.user).encode(errors="replace"))
        ),
        Span(" ", Style.TEXT),
    )
    style = Style.MENTION if item.mention else Style.TEXT
    column = len(time) + len(name) + 2
    margin = head if linear else (Span(" " * column, Style.TEXT),)
    return (
        Line((*head, *_linked(first, style)), column),
        *(Line((*margin, *_linked(text, style)), column) for text in rest),
    )


def _linked(text: str, style: Style) -> Iterable[Span]:
    """Yield a text with its URLs as links; where one leads elsewhere than it seems, that is said."""
    end = 0
    for start, stop in urls(text):
        yield Span(safe(text[end:start]), style)
        url = text[start:stop]
        target, host = target_of(url)
        yield Span(safe(url), style, link=target)
        if host:
            yield Span(f" [leads to {safe(host)}]", Style.HINT)
        end = stop
    yield Span(safe(text[end:]), style)


def toolbar(state: ChatState) -> str:
    """Return the line under the input: the most important first, since a narrow terminal cuts it."""
    parts = [state.status.value]
    if state.status is Status.AWAY:
        parts = [f"{state.status.value}, try {state.tries + 1}"]
    if state.name:
        parts.append(_called(state.name))
    if state.room:
        parts.append(f"{_called(state.room)} ({len(state.users)})")
    if state.pending:
        parts.append(f"{len(state.pending)} waiting")
    if state.lag is not None and state.status is Status.OPEN:
        parts.append(f"{state.lag * 1000:.0f} ms")
    if state.trouble:
        parts.append(state.trouble.removeprefix("the connection is lost: "))
    elif state.room:
        parts.append(_some(state.users))
    return " " + " · ".join(safe(part) for part in parts)


def pending(state: ChatState) -> tuple[Line, ...]:
    """Return what was said and is not confirmed, to be seen until it is; without a connection only."""
    waiting = [asked for asked in state.pending if asked.line] if state.status is not Status.OPEN else []
    more = len(waiting) - PENDING_SHOWN
    return (
        *(_line(f"... {safe(asked.line)}", Style.WAITING) for asked in waiting[:PENDING_SHOWN]),
        *((_line(f"... and {more} more", Style.WAITING),) if more > 0 else ()),
    )


def _some(names: Iterable[str]) -> str:
    names = [_called(name) for name in names]
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _called(name: str) -> str:
    """Return a name within a sentence: one with gaps stands in brackets, or it could add words to it."""
    shown = safe_name(name)
    return f"<{shown}>" if " " in shown else shown
