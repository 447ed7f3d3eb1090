"""What was recorded: the lines of all files of a directory, in the order of time."""

import json
from pathlib import Path
from typing import Any

from wschat.recording.recorder import FORMAT

Line = dict[str, Any]
FIELDS: dict[str, dict[str, Any]] = {
    "run": {"format": int},
    "lab": {"account": str, "region": str, "prefix": str},
    "call": {"service": str, "operation": str, "parameters": dict},
    "handshake": {"connection": int, "url": str, "offered": dict},
    "message": {"connection": int, "from": str, "opcode": str, "frames": list},
}
"""What a line of each kind has."""
OPTIONAL: dict[str, Any] = {"status": int, "headers": dict, "url": str, "code": int, "text": str | dict}
"""What it may have."""


class Unreadable(Exception):  # noqa: N818  it says what can't be read
    """A recording can't be read; the text says where and why."""


def load(directory: Path) -> list[Line]:
    """Return all lines, each with the name of its `file`.

    Raises:
        Unreadable: there is no such directory, no recording in it, or a line that is none of a recording.
    """
    files = sorted(directory.glob("*.jsonl"))
    if not files:
        raise Unreadable(f"{directory}: there is no recording, which is files that end in .jsonl")
    return sorted((line for file in files for line in _lines(file)), key=lambda line: line["at"])


def _lines(file: Path) -> list[Line]:
    """Return the lines of a file; a last one that is cut, as by a full disk or a kill, is left out."""
    lines = []
    *whole, _ = file.read_text(encoding="utf-8", errors="replace").split("\n")
    for number, text in enumerate(whole, start=1):
        try:
            line = json.loads(text)
            known = _is_whole(line)
        except (ValueError, LookupError, TypeError, RecursionError):
            known = False
        if not known:
            raise Unreadable(f"{file}, line {number}: that is no line of a recording")
        lines.append(line | {"file": file.name})
    if not lines or lines[0].get("format") != FORMAT:
        raise Unreadable(f"{file}: it does not begin with a line of format {FORMAT}")
    return lines


def _is_whole(line: Line) -> bool:
    needed = {"at": int | float, **FIELDS.get(line["kind"], {})}
    also = {name: kind for name, kind in OPTIONAL.items() if name in line}
    sizes = all(isinstance(size, int) for size in line.get("frames", ()))
    return sizes and all(isinstance(line[name], kind) for name, kind in (needed | also).items())


def body_of(line: Line) -> bytes:
    """Return the body of an answer as it came, but for the spacing of JSON."""
    body = line.get("body", "")
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()
