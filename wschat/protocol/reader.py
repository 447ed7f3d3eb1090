"""How a client reads what the server sends; no function needs it."""

import json
from dataclasses import dataclass, fields, is_dataclass
from types import UnionType
from typing import Any, get_args, get_origin

from wschat.protocol.events import EVENTS, Event


@dataclass(frozen=True)
class GatewayError(Event):
    """A frame that API Gateway makes itself, such as Forbidden or Internal server error."""

    message: str
    request_id: str = ""


@dataclass(frozen=True)
class Unknown(Event):
    """A frame that this version does not understand, kept as it came."""

    frame: str


def decode_event(frame: str) -> Event:
    """Read a frame that came from the server. Never raises: what can't be read is `Unknown`."""
    try:
        value = json.loads(frame)
        if "type" not in value and isinstance(value["message"], str) and len(value) <= 4:  # noqa: PLR2004
            return GatewayError(value["message"], str(value.get("requestId", "")))
        event: Event = _read(EVENTS[value["type"]], value)
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        return Unknown(frame)
    return event


def _read(kind: Any, value: Any) -> Any:  # noqa: ANN401  what JSON has, for a field of any type
    """Return a value as a field of this type has it, or raise TypeError."""
    if isinstance(kind, UnionType):
        return None if value is None else _read(get_args(kind)[0], value)
    if get_origin(kind) is tuple:
        return tuple(_read(get_args(kind)[0], item) for item in _read(list, value))
    if is_dataclass(kind):
        given = _read(dict, value)
        read = {f.name: _read(f.type, given[f.name]) for f in fields(kind) if f.name in given}
        return kind(**read)  # type: ignore[operator]  # it is a class
    if type(value) is not kind:
        raise TypeError
    return value.encode(errors="replace").decode() if kind is str else value
