"""How a client reads what the server sends; no function needs it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from wschat.protocol.events import EVENTS, Entry, Event
from wschat.protocol.names import is_text


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
        event: Event = _build(EVENTS[value["type"]], value)
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        return Unknown(frame)
    return event


def _reader(kind: Any) -> Callable[[Any], Any]:  # noqa: ANN401
    def read(value: Any) -> Any:  # noqa: ANN401
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise TypeError
        return value if kind is not str or is_text(value) else value.encode("utf-8", "replace").decode()

    return read


_string, _integer, _list = _reader(str), _reader(int), _reader(list)
# By the type of a field: one of another type needs an entry here, or its event is `Unknown`.
_READ: dict[object, Callable[[Any], object]] = {
    str: _string,
    str | None: lambda value: None if value is None else _string(value),
    int: _integer,
    int | None: lambda value: None if value is None else _integer(value),
    bool: bool,
    tuple[str, ...]: lambda value: tuple(_string(item) for item in _list(value)),
    tuple[Entry, ...]: lambda value: tuple(_build(Entry, item) for item in _list(value)),
}


def _build(kind: Any, value: object) -> Any:  # noqa: ANN401  a dataclass of this module
    if not isinstance(value, dict):
        raise TypeError
    return kind(**{f.name: _READ[f.type](value[f.name]) for f in fields(kind) if f.name in value})
