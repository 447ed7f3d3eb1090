"""Items as styled lines, and the toolbar; all of their text is made safe here.

Lines can't be taken for one another: a message begins with its time and the name in <>, what the program
says begins with `--`, `──` or `!!`, a frame with `->` or `<-`, and everything else is indented.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple
from zlib import crc32

from wschat.chat.machine import effects
from wschat.chat.machine.excerpt import excerpt
from wschat.chat.machine.state import ChatState
from wschat.chat.ui.links import target_of, urls
from wschat.chat.ui.names import Names, safe_name
from wschat.protocol.events import DeleteRoom, MultiMessage, Signup, SingleRoom, UserJoined, UserLeft
from wschat.protocol.names import fold
from wschat.protocol.requests import Action
from wschat.text import safe

FormatTime = Callable[[int], str]
FormatName = Callable[[str], str]
Style = Literal["text", "time", "name", "me", "mention", "notice", "error", "hint"]
"""What a span of text is; `ansi` decides how that looks."""

INDENT = "      "  # as wide as a time and its space
UNTOLD = "and nobody is told with whom"
NAMES_SHOWN = 12  # in one line; /users lists all
PENDING_SHOWN, PENDING_WIDTH = 5, 200  # lines, characters
OF_ROOMS = (SingleRoom, DeleteRoom)
NEWS: tuple[tuple[type, str, str], ...] = (
    (UserJoined, "{} joined", "{} joined"),
    (UserLeft, "{} left", "{} left"),
    (SingleRoom, "somebody made the room {}", "others made the rooms {}"),
    (DeleteRoom, "the room {} is gone: nobody was left in it", "the rooms {} are gone"),
)
"""What is told of one, and of several."""


class Span(NamedTuple):
    """Text of one style. `tint` chooses a name's colour; `link` is where a click leads."""

    text: str
    style: Style = "text"
    tint: int = 0
    link: str = ""


@dataclass(frozen=True)
class Line:
    """Spans side by side, and how far the rest is indented when they are wider than the screen."""

    spans: tuple[Span, ...]
    hang: int = len(INDENT)

    def __str__(self) -> str:
        return "".join(span.text for span in self.spans)


def render(
    item: effects.Item,
    format_time: FormatTime,
    names: Names | None = None,
    *,
    linear: bool = False,
    whole: bool = False,
) -> tuple[Line, ...]:
    """Return what to print for an item; `format_time` turns milliseconds since 1970 into HH:MM.

    `names` are those of the chat so far, from which people's names are told apart. `linear` lines stand for
    themselves: each line of a message says who speaks, and nothing is drawn. Of a long message there is the
    beginning, unless the `whole` is wanted.
    """
    names = names or Names()
    match item:
        case effects.Message() | effects.Whole():
            return _message(item, format_time, names, linear=linear, whole=whole)
        case effects.RequestFailed(about, what, hint):
            told = f"!! {safe(about)}: {safe(what)}" if about else f"!! {safe(what)}"
            return (_line(told, "error"), *((_line(f"   {safe(hint)}", "hint"),) if hint else ()))
        case effects.Frame(sent, text, time):
            at = datetime.fromtimestamp(time / 1000).astimezone()
            head = f"{'->' if sent else '<-'} {at:%H:%M:%S}.{at.microsecond // 1000:03} "
            return (Line((Span(head, "time"), Span(safe(text))), len(head)),)
        case effects.Listing(heading, rows):
            width = max(len(safe(left)) for left, _ in rows)
            table = (f"   {safe(left):{width}}  {safe(right)}".rstrip() for left, right in rows)
            entries = (Line((Span(row),), hang=width + 5) for row in table)
            return (_line(f"-- {safe(heading)}"), *entries)
        case effects.Rooms(rooms):
            return _each("-- rooms:", rooms, safe_name)
        case effects.Members(room, users):
            names.meet(users)
            return _each(f"-- in {_called(room)}{':' if users else f', {UNTOLD}'}", users, names.shown)
        case effects.Unsent() | effects.Unheard():
            return _marked(item)
        case effects.Reconnected() if not linear:
            return (_line(f"── {_back(item)} ──"),)
        case effects.Disconnected() if not linear:
            return ()  # the toolbar says it
    told = _told(item, names)
    return (_line(f"-- {told}"),) if told else ()


def _line(text: str, style: Style = "notice") -> Line:
    return Line((Span(text, style),))


def _each(title: str, names: Iterable[str], shown: FormatName) -> tuple[Line, ...]:
    return (_line(title), *(_line(f"   {shown(name)}", "text") for name in names))


def _told(item: effects.Item, names: Names) -> str:
    match item:
        case effects.FromServer(Signup(name, rooms)):
            return f"you are {_called(name, names.shown)}; " + (
                f"rooms: {_some(rooms)}" if rooms else "no rooms yet"
            )
        case effects.FromServer(MultiMessage(room, users), me):
            names.meet((me, *users))
            others = [user for user in users if fold(user) != fold(me)]
            company = f"with {_some(others, names.shown)}" if others else "nobody else is here yet"
            return f"you are in {_called(room)}, {company if users else UNTOLD}"
        case effects.Acknowledged(_, Action.LEAVE, room):
            return f"you left {_called(room)}"
        case effects.News(events):
            return _news(events, names)
        case effects.Reconnected():
            return _back(item)
        case effects.Disconnected(what):
            return f"{safe(what)}; connecting again"
        case effects.Notice(text):
            return safe(text)
    return ""


def _news(events: Iterable[effects.NewsEvent], names: Names) -> str:
    """Return what became of each person and room; a room's name is what a stranger wrote, in brackets."""
    last: dict[tuple[bool, str], effects.NewsEvent] = {}
    for event in events:
        match event:
            case UserJoined(name) | UserLeft(name):
                last[True, name] = event
            case SingleRoom(name) | DeleteRoom(name):
                last[False, name] = event
    told = []
    for kind, one, several in NEWS:
        whose = [name for (_, name), event in last.items() if type(event) is kind]
        if whose:
            which = _some(whose, _in_brackets if kind in OF_ROOMS else names.shown)
            told.append((one if len(whose) == 1 else several).format(which))
    return "; ".join(told)


def _marked(item: effects.Unsent | effects.Unheard) -> tuple[Line, ...]:
    """Mark what we said by how far it came, and say where to look for the reason."""
    hint = ""
    match item:
        case effects.Unsent(text, doubtful):
            what = "Sent, not confirmed" if doubtful else "Not sent"
        case effects.Unheard(text, None, hint=hint):
            what = "not seen back; others may have it"
        case effects.Unheard(text, reached, members, hint=hint):
            what = f"reached {reached} of {members}" if reached else "stored, nobody was told"
            what += ", but it did not come back" if reached and reached == members else ""
    marked = Line((Span(f"!! {what}: ", "error"), Span(safe(text))))
    return (marked, _line(f"   {hint}", "hint")) if hint else (marked,)


def _back(item: effects.Reconnected) -> str:
    parts = ["back"]
    if item.remade:
        parts.append("the room was gone and is made again")
    if item.truncated:
        rest = f": the last {item.missed} follow" if item.missed else ""
        parts.append(f"more was missed than the room keeps{rest}")
    elif item.missed or not item.remade:
        parts.append(f"{item.missed or 'nothing'} missed")
    return ", ".join(parts)


def _message(
    item: effects.Message | effects.Whole,
    format_time: FormatTime,
    names: Names,
    *,
    linear: bool,
    whole: bool,
) -> tuple[Line, ...]:
    if isinstance(item, effects.Whole):
        item, whole = item.message, True
    said = item.event
    lines, rest = (re.split(r"\r?\n", said.message), "") if whole else excerpt(said.message)
    time = format_time(said.time) if said.time else "--:--"
    name = f"<{names.shown(said.user)}>"
    tint = crc32(fold(said.user).encode(errors="replace"))
    head = (Span(f"{time} ", "time"), Span(name, "me" if item.mine else "name", tint), Span(" "))
    style: Style = "mention" if item.mention else "text"
    column = len(time) + len(name) + 2
    margin = head if linear else (Span(" " * column),)
    rows = [(*(margin if row else head), *_linked(text, style)) for row, text in enumerate(lines)]
    left_out = (_line(f"-- {rest}; /more shows all of it"),) if rest else ()
    return (*(Line(row, column) for row in rows), *left_out)


def _linked(text: str, style: Style) -> Iterable[Span]:
    """Yield a text with its URLs as links; where one leads elsewhere than it seems, that is said."""
    end = 0
    for start, stop in urls(text):
        yield Span(safe(text[end:start]), style)
        url = text[start:stop]
        target, host = target_of(url)
        yield Span(safe(url), style, link=target)
        if host:
            yield Span(f" [leads to {safe(host)}]", "hint")
        end = stop
    yield Span(safe(text[end:]), style)


def toolbar(state: ChatState, names: Names | None = None) -> str:
    """Return the line under the input: the most important first, since a narrow terminal cuts it."""
    shown = names.shown if names else safe_name
    room, waiting, latency = state.room, len(state.pending), state.latency or 0
    trouble = state.connection.trouble.removeprefix("the connection is lost: ")
    tries = f", try {state.failures + 1}: {trouble}" if trouble else ""
    is_timed = state.latency is not None and state.status == "connected"
    parts = (
        f"{state.status}{tries}",
        _called(state.name or "", shown),
        f"{_called(room.name)} ({len(room.members) or '?'})" if room else "",
        f"{waiting} waiting" if waiting else "",
        f"{latency * 1000:.0f} ms" if is_timed else "",
        _some(room.members if room and not trouble else (), shown),
    )
    return " " + " · ".join(safe(part) for part in parts if part)


def pending(state: ChatState, width: int = PENDING_WIDTH) -> list[str]:
    """Return what was said and is not confirmed, a row each, while there is no connection."""
    if state.status == "connected":
        return []
    waiting = [f"... {safe(request.line)}"[:width] for request in state.pending if request.line]
    more = len(waiting) - PENDING_SHOWN
    return [*waiting[:PENDING_SHOWN], *([f"... and {more} more"] if more > 0 else [])]


def _some(names: Sequence[str], shown: FormatName = safe_name) -> str:
    more = len(names) - NAMES_SHOWN
    first = ", ".join(_called(name, shown) for name in names[:NAMES_SHOWN])
    return first + (f" and {more} more" if more > 0 else "")


def _called(name: str, shown: FormatName = safe_name) -> str:
    """Return a name within a sentence: one with gaps stands in brackets, or it could add words to it."""
    called = shown(name)
    return f"<{called}>" if " " in called and not called.startswith("<") else called


def _in_brackets(name: str) -> str:
    return f"<{safe_name(name)}>"
