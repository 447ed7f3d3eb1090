"""Lines of the functions' logs: what a function wrote, and what Lambda writes about it, in both formats."""

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from wschat.protocol.json_objects import json_object

PLATFORM = re.compile(r"(START|END|REPORT|INIT_START|INIT_REPORT|RESTORE_\w+|EXTENSION|TELEMETRY|XRAY)[ \t]")
"""How lines begin that Lambda writes about itself, where a log's format is Text."""
REPORTS = {"platform.report": "REPORT", "platform.initReport": "INIT_REPORT"}
"""Those that say how an invocation or a start went, where the format is JSON, and in the format Text."""
FAILED = re.compile(r"(REPORT|INIT_REPORT) .*\tStatus: (?!success)(\w+)(?:\tError Type: (\S+))?", re.DOTALL)
OWN_COLUMNS = ("route", "connection", "ms")


@dataclass(frozen=True)
class LogLine:
    """What a function wrote: its time in milliseconds since 1970, and the text without its line end.

    `facts` are those of the line that each invocation ends with; of any other text there are none.
    `out_of_order` tells that younger ones have been shown before.
    """

    time: int
    function: str
    text: str
    facts: dict[str, Any] = field(default_factory=dict)
    out_of_order: bool = False

    def json(self) -> str:
        """Return it for programs: the facts, or the text, with the time and the function.

        What stands in the text is not to be trusted: neither its facts of these names, nor a number that JSON
        does not have, which leaves it a text.
        """
        mark = {"out_of_order": True} if self.out_of_order else {}
        own = {"time": self.time, "function": self.function, **mark}
        with suppress(ValueError):
            return json.dumps(own | (self.facts or {"text": self.text}) | own, allow_nan=False)
        return json.dumps(own | {"text": self.text})

    def readable(self) -> str:
        """Return it for people: the time in UTC, who did what, how it went, and how long it took."""
        when = f"{datetime.fromtimestamp(self.time / 1000, UTC):%Y-%m-%d %H:%M:%S}.{self.time % 1000:03}"
        head = f"{when}{' (out of order)' * self.out_of_order} {self.function:<12}"
        if not self.facts:
            return f"{head} {self.text}"
        facts = [f"{name}={value}" for name, value in self.facts.items() if name not in OWN_COLUMNS]
        spent = self.facts.get("ms")
        times = [f"{part} {ms} ms" for part, ms in spent.items()] if isinstance(spent, dict) else []
        who = " ".join(str(self.facts.get(name, "")) for name in ("route", "connection"))
        return " ".join([head, who, *facts, f"({', '.join(times)})"])


def read_line(time: int, function: str, message: str) -> LogLine | None:
    """Read what stands in a log event; None if Lambda tells of itself in it, and of nothing that failed.

    Both formats of a function's log are understood: https://docs.aws.amazon.com/lambda/latest/dg/
    monitoring-cloudwatchlogs-logformat.html. The spaces before a traceback's lines are no-break spaces.
    """
    text = message.replace("\u00a0", " ").rstrip()
    record = json_object(text) or {}
    if str(record.get("type")).startswith("platform."):
        text = _failure_in(record)
    elif PLATFORM.match(text):
        failed = FAILED.match(text)
        text = _failure(*failed.groups()) if failed else ""
    elif "route" not in record and record.keys() & {"level", "errorType"}:
        text = _application_text(record)
        record = json_object(text) or {}
    return LogLine(time, function, text, record if "route" in record else {}) if text else None


def _failure_in(record: dict[str, Any]) -> str:
    what, told = REPORTS.get(record["type"]), record.get("record")
    if not what or not isinstance(told, dict) or told.get("status", "success") == "success":
        return ""
    return _failure(what, told["status"], told.get("errorType"))


def _failure(what: str, status: str, error_type: str | None) -> str:
    return f"{what}: {status}{f', {error_type}' if error_type else ''}"


def _application_text(record: dict[str, Any]) -> str:
    """Return what a record of the format JSON says: its level and message, or what was raised, and where."""
    message = record.get("message")
    if "errorType" in record:
        message = f"{record['errorType']}: {record.get('errorMessage', message or '')}"
    elif json_object(str(message)):
        return str(message)
    stack = record.get("stackTrace") or []
    stack = stack if isinstance(stack, list) else [stack]
    level = record.get("level") or record.get("log_level") or "ERROR"
    return "\n".join([f"[{level}] {message}", *(str(each).rstrip() for each in stack)])
