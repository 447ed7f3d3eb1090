"""What of a message, an answer or a frame is the same each time, and what a recorded one says."""

import json
import re
from contextlib import suppress
from typing import Any

from tests.replay.recorded import Line

ID = re.compile(r"[\w-]{10,}={1,2}")
GATEWAYS_OWN = re.compile(r'\{"message": "([^"]*)", "connectionId":"[^"]*", "requestId":"[^"]*"\}')
CONTROL = {"ping", "pong"}


def id_of(lines: list[Line]) -> str:
    """Return a connection's id, if the gateway or a probe told it."""
    told = (
        line["text"]
        for line in lines
        if line["from"] == "server" and line["opcode"] == "text" and "text" in line
    )
    found = re.search(r'"connectionId": ?"([^"]+)"', " ".join(told))
    return found[1] if found else ""


def is_told(line: Line) -> bool:
    """Tell whether the server says something by a message: a text, or the end."""
    return bool(line["from"] == "server" and line["opcode"] not in CONTROL)


def name_of(line: Line) -> object:
    """Return what a message and its answer have in common: the id of a request, the number of a probe's."""
    try:
        told = json.loads(line["text"])
        return told.get("id", told.get("n"))
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def parts(line: Line) -> Any:  # noqa: ANN401  what `send` takes
    """Return what a client sent, in the frames in which it did."""
    text, opcode = line["text"], line["opcode"]
    data = bytes(text["bytes"]) if isinstance(text, dict) else text.encode()
    if opcode == "binary":
        return data
    starts = [sum(line["frames"][:number]) for number in range(len(line["frames"]))]
    parts = [data[start : start + size].decode() for start, size in zip(starts, line["frames"], strict=True)]
    return parts if len(parts) > 1 and sum(line["frames"]) == len(data) else data.decode()


def size(line: Line) -> int:
    return sum(line.get("frames", [0]))


def is_whole(line: Line) -> bool:
    """Tell whether a message is recorded as long as it was: what is replaced in one changes that."""
    text = line.get("text")
    return not isinstance(text, str) or len(text.encode()) == size(line)


def stable_headers(headers: dict[str, str]) -> dict[str, str]:
    """Return headers, without the values of those that change from one answer to the next."""
    changing = {"date", "sec-websocket-accept", "x-amz-apigw-id", "connection", "content-length"}
    return {name.lower(): "…" if name.lower() in changing else value for name, value in headers.items()}


def form(text: str) -> str:
    """Return a text with ids replaced by their form; of what a probe tells, what is the same anywhere."""
    if GATEWAYS_OWN.fullmatch(text):
        return ID.sub(lambda match: f"<{len(match[0])} characters, {match[0].count('=')} =>", text)
    with suppress(ValueError, AttributeError):
        told = json.loads(text)
        if "environment" in told:
            return json.dumps({name: told.get(name) for name in ("routeKey", "n")})
    return text


def shape(body: bytes, connection: str) -> Any:  # noqa: ANN401
    """Return the body of the management API's answer: a message, or which keys it has."""
    told = json.loads(body or b"null")
    if isinstance(told, dict) and "connectedAt" not in told:
        return {name: str(value).replace(connection or "-", "ID") for name, value in told.items()}
    return (
        [(name, [*value] if isinstance(value, dict) else "") for name, value in told.items()]
        if told
        else told
    )
