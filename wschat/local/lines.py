"""What happens at the WebSocket APIs of a local lab, one line each, readable at 80 columns."""

import json
from collections.abc import Mapping
from datetime import datetime
from itertools import count
from typing import Any, NamedTuple

from wschat.text import safe

KNOWN = 1_000
"""Connections whose numbers are known; of more, those that were seen first are forgotten."""
OPEN = 101


class Line(NamedTuple):
    """A line, which can't steer a terminal: when, which connection, what in a word, and its details."""

    time: str
    number: str
    word: str
    details: str

    @property
    def is_trouble(self) -> bool:
        """Tell whether something was refused, or failed."""
        return self.word in {"refused", "failed", "lost"}

    def __str__(self) -> str:
        return f"{self.time} {self.number:3} {self.word:8}{self.details}"


class Lines:
    """Traces as lines; connections have short numbers."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._next = count(1)

    def of(self, trace: Mapping[str, Any]) -> list[Line]:
        """Return the lines of a trace, as `Trace.message` has it: its own, after what must be said first."""
        lines, connection = list[Line](), trace.get("connection", "")
        if missing := trace.get("left_out"):
            lines.append(_line(trace, "-", "lost", f"{missing}, which came faster than they were read"))
        is_new = connection not in self._numbers and trace["event"] != "connect"
        number = self._number(connection)
        if connection and is_new:
            lines.append(_line(trace, number, "known", f"{connection}, seen for the first time"))
        lines.append(_line(trace, number, *_told(trace)))
        return lines

    def _number(self, connection: str) -> str:
        if not connection:
            return "-"
        if connection not in self._numbers:
            self._numbers[connection] = next(self._next)
            if len(self._numbers) > KNOWN:
                del self._numbers[next(iter(self._numbers))]
        return f"#{self._numbers[connection]}"


def as_json(trace: Mapping[str, Any]) -> str:
    """Return a trace as one line for programs; its texts are exact, but can't steer a terminal."""
    return json.dumps(trace)


def _line(trace: Mapping[str, Any], number: str, word: str, details: str) -> Line:
    at = datetime.fromtimestamp(trace["time"] / 1000).astimezone()
    return Line(f"{at:%H:%M:%S}.{at.microsecond // 1000:03}", number, word, safe(details))


def _told(trace: Mapping[str, Any]) -> tuple[str, str]:
    """Return what a trace is in a word, and its details, the most important first: a terminal cuts them."""
    route, integration = trace.get("route", ""), trace.get("integration", "")
    status, text, why = trace.get("status"), trace.get("text"), trace.get("why", "")
    place = f"{trace.get('api', '')}/{trace.get('stage', '')}"
    leads = f"{route} → {integration}" if route else "no route"
    took = f"{trace.get('milliseconds', 0):.0f} ms"
    because, said = f": {why}" if why else "", "" if text is None else f": {text}"
    match trace["event"]:
        case "connect" if status == OPEN:
            return "open", f"{leads}, {took}; {trace['connection']} at {place}"
        case "connect":
            return "refused", f"{status}{f' by {leads}' if route else ''}{because} ({text or place})"
        case "frame":
            return "frame", f"{leads}{said}"
        case "reply" if why:
            return "failed", f"{f'{route}, {took}: ' if route else ''}{why}; replied{said or ' nothing'}"
        case "reply":
            return "reply", f"{route}, {took}{said or ', nothing to reply'}"
        case "disconnect":
            return "failed" if why else "done", f"{leads}, {took}{because}"
        case "end":
            return "end", f"{status}{because}"
        case method:
            return method, f"{status}, {took}{because}{said}"
