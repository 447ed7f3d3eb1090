"""How a client reads what the server sends; no function needs it."""

from dataclasses import MISSING, dataclass, fields, is_dataclass
from types import UnionType
from typing import Any, get_args, get_origin

from wschat.protocol.events import EVENTS, Event
from wschat.protocol.json_objects import json_object

GATEWAY_FIELDS = 4
"""How many fields a frame of API Gateway has at most: message, connectionId, requestId and a code."""
NAMES = {str: "a text", int: "a whole number", bool: "true or false", list: "a list", dict: "an object"}


@dataclass(frozen=True)
class GatewayError(Event):
    """A frame that API Gateway makes itself, such as Forbidden or Internal server error."""

    message: str
    request_id: str = ""


@dataclass(frozen=True)
class Unknown(Event):
    """A frame that this version does not understand, kept as it came."""

    frame: str


@dataclass(frozen=True)
class Unreadable(Unknown):
    """A frame of a type that we know, in another form: `problem` says what is wrong; `id` as it has it."""

    of: str = ""
    problem: str = ""
    id: str | None = None


def decode_event(frame: str) -> Event:
    """Read a frame that came from the server. Never raises: what can't be read is `Unknown`."""
    value = json_object(frame)
    return Unknown(frame) if value is None else read_event(value, frame)


def read_event(value: dict[str, Any], frame: str) -> Event:
    """Return the event that an object, which came as a `frame`, stands for."""
    kind, message = value.get("type"), value.get("message")
    if "type" not in value and isinstance(message, str) and len(value) <= GATEWAY_FIELDS:
        return GatewayError(message, str(value.get("requestId", "")))
    if not isinstance(kind, str) or kind not in EVENTS:
        return Unknown(frame)
    try:
        event: Event = _read(EVENTS[kind], value, kind)
    except TypeError as error:
        id_ = value.get("id")
        return Unreadable(frame, kind, str(error), id_ if isinstance(id_, str) else None)
    return event


def _read(kind: Any, value: Any, name: str) -> Any:  # noqa: ANN401  what JSON has, for a field of any type
    """Return a value as a field of this type has it, or raise TypeError, which says what it is instead."""
    if isinstance(kind, UnionType):
        return None if value is None else _read(get_args(kind)[0], value, name)
    if get_origin(kind) is tuple:
        return tuple(_read(get_args(kind)[0], item, f"one of {name}") for item in _read(list, value, name))
    if is_dataclass(kind):
        given = _read(dict, value, name)
        for field in fields(kind):
            if field.name not in given and field.default is MISSING:
                raise TypeError(f"{name} has no {field.name}")
        read = {f.name: _read(f.type, given[f.name], f.name) for f in fields(kind) if f.name in given}
        return kind(**read)  # type: ignore[operator]  # it is a class
    if type(value) is not kind:
        raise TypeError(f"{name} is not {NAMES[kind]}")
    return value.encode(errors="replace").decode() if kind is str else value
