"""The wire: what client and functions say to each other, and the limits of it.

JSON text frames: a `Request` is answered by one event that echoes its `id`; further events tell others.
A frame that API Gateway makes itself, when something fails around a function, is a `GatewayError`.
"""

import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, ClassVar

NAME_LIMIT = 32  # characters (code points) in a name or a room's name
MESSAGE_LIMIT = 4_000  # characters in a message
ID_LIMIT, TOKEN_LIMIT = 64, 256  # characters in a request id, and in a client's token
LOG_LENGTH = 100  # messages that a room remembers
MEMBER_LIMIT = 500  # members of a room: its item stays under 400 KB, the list under half a reply
# Beside the format characters (Cf), these show nothing (Unicode's Default_Ignorable_Code_Point).
INVISIBLE = {0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2065, 0x3164, 0xFFA0, *range(0x180B, 0x1810)}
INVISIBLE |= {*range(0xFE00, 0xFE10), *range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000)}
ROOM_LIMIT = 500  # rooms: their item stays under 400 KB, the list under a reply


class Action(StrEnum):
    """What a client asks for: the route keys of the API."""

    REGISTER = "register"
    CREATE = "create"
    JOIN = "join"
    MESSAGE = "message"
    LEAVE = "leave"
    PING = "ping"


class ErrorCode(StrEnum):
    """Why a request was refused."""

    BAD_REQUEST = "bad-request"
    UNKNOWN_ACTION = "unknown-action"
    NOT_REGISTERED = "not-registered"
    NAME_TAKEN = "name-taken"
    IN_A_ROOM = "in-a-room"
    NOT_IN_A_ROOM = "not-in-a-room"
    ROOM_EXISTS = "room-exists"
    NO_SUCH_ROOM = "no-such-room"
    TOO_LONG = "too-long"
    FULL = "full"
    BUSY = "busy"


@dataclass(eq=False)
class Refused(Exception):  # noqa: N818  the word of the wire
    """A request can't be done; becomes an `Error` event."""

    code: ErrorCode
    message: str


@dataclass(frozen=True)
class Request:
    """What a client asks. `id` comes back in the reply; `after` is the last seq the client has seen."""

    action: str
    value: str = ""
    id: str | None = None
    token: str | None = None
    after: int | None = None

    def encode(self) -> str:
        """Return the frame."""
        return _dumps({name: value for name, value in vars(self).items() if value not in (None, "")})


def decode_request(body: object) -> Request:
    """Read a frame's body leniently: a field of the wrong type counts as missing.

    Raises:
        Refused: the body is not a JSON object.
    """
    try:
        frame = json.loads(body) if isinstance(body, str) else None
    except (ValueError, RecursionError):
        frame = None
    if not isinstance(frame, dict):
        raise Refused(ErrorCode.BAD_REQUEST, "a request is a JSON object")

    def text(name: str, limit: int) -> str | None:
        value = frame.get(name)
        return value if isinstance(value, str) and len(value) <= limit and _is_text(value) else None

    after = frame.get("after")
    return Request(
        action=text("action", ID_LIMIT) or "",
        value=frame["value"] if isinstance(frame.get("value"), str) else "",
        id=text("id", ID_LIMIT),
        token=text("token", TOKEN_LIMIT),
        after=after if isinstance(after, int) and not isinstance(after, bool) else None,
    )


def clean_name(text: str, what: str = "name") -> str:
    """Return a name or room's name as it is stored, NFC and trimmed, or raise `Refused`."""
    name = unicodedata.normalize("NFC", text).strip() if _is_text(text) else text
    if not fold(name).strip():
        raise Refused(ErrorCode.BAD_REQUEST, f"a {what} must not be empty")
    if len(name) > NAME_LIMIT:
        raise Refused(ErrorCode.TOO_LONG, f"a {what} has at most {NAME_LIMIT} characters")
    if "#" in name or any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in name):
        raise Refused(ErrorCode.BAD_REQUEST, f"a {what} must not contain '#' or control characters")
    return name


def fold(name: str) -> str:
    """Return what names are compared by: Bob, bob and bob with invisible characters are one name."""
    seen = (char for char in name if unicodedata.category(char) != "Cf" and ord(char) not in INVISIBLE)
    return unicodedata.normalize("NFC", "".join(seen).casefold())


def clean_message(text: str) -> str:
    """Return a message as it is stored, which is as it is, or raise `Refused`."""
    if not text.strip():
        raise Refused(ErrorCode.BAD_REQUEST, "a message must not be empty")
    if len(text) > MESSAGE_LIMIT:
        raise Refused(ErrorCode.TOO_LONG, f"a message has at most {MESSAGE_LIMIT} characters")
    if not _is_text(text):
        raise Refused(ErrorCode.BAD_REQUEST, "a message must be valid Unicode")
    return text


@dataclass(frozen=True)
class Entry:
    """One message in a room's log. `time` is in milliseconds since 1970."""

    user: str
    content: str
    seq: int = 0
    time: int = 0
    id: str | None = None


@dataclass(frozen=True)
class Event:
    """What the server tells a client."""

    type: ClassVar[str] = ""

    def encode(self) -> str:
        """Return the frame; fields that are None stay away."""
        return _dumps({"type": self.type, **_plain(self)})


@dataclass(frozen=True)
class Signup(Event):
    """Reply to `register`: the name, and the rooms that exist."""

    type = "signup"
    name: str
    rooms: tuple[str, ...] = ()
    id: str | None = None


@dataclass(frozen=True)
class SingleRoom(Event):
    """A room was created; `message` is its name."""

    type = "single-room"
    message: str


@dataclass(frozen=True)
class MultiMessage(Event):
    """Reply to `create` and `join`; `truncated`: some after the seq that was asked for are missing."""

    type = "multi-message"
    room: str
    users: tuple[str, ...] = ()
    messages: tuple[Entry, ...] = ()
    truncated: bool = False
    id: str | None = None


@dataclass(frozen=True)
class UserJoined(Event):
    """Somebody joined the room."""

    type = "user-joined"
    user: str
    room: str


@dataclass(frozen=True)
class UserLeft(Event):
    """Somebody left the room."""

    type = "user-left"
    user: str
    room: str


@dataclass(frozen=True)
class ClientMessage(Event):
    """Somebody said something in the room. `id` is the sender's request id."""

    type = "client-message"
    user: str
    message: str
    room: str = ""
    seq: int = 0
    time: int = 0
    id: str | None = None


@dataclass(frozen=True)
class DeleteRoom(Event):
    """The last member left, and the room is gone."""

    type = "delete-room"
    room: str


@dataclass(frozen=True)
class Ack(Event):
    """Reply to `message` (with seq and time) and `leave`."""

    type = "ack"
    seq: int | None = None
    time: int | None = None
    id: str | None = None


@dataclass(frozen=True)
class Pong(Event):
    """Reply to `ping`."""

    type = "pong"


@dataclass(frozen=True)
class Error(Event):
    """Reply to a request that was refused. `code` is an `ErrorCode`, or a newer one."""

    type = "error"
    code: str
    message: str = ""
    id: str | None = None


@dataclass(frozen=True)
class GatewayError(Event):
    """A frame that API Gateway made itself, such as Forbidden or Internal server error."""

    message: str
    request_id: str = ""


@dataclass(frozen=True)
class Unknown(Event):
    """A frame that this version does not understand, kept as it came."""

    frame: str


EVENTS = {event.type: event for event in Event.__subclasses__() if event.type}


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


def _dumps(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _plain(value: object) -> Any:  # noqa: ANN401  what json can write
    if isinstance(value, Event | Entry):
        return {name: _plain(item) for name, item in vars(value).items() if item is not None}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _is_text(value: str) -> bool:
    return not any(unicodedata.category(char) == "Cs" for char in value)


def _reader(kind: Any) -> Callable[[Any], Any]:  # noqa: ANN401
    def read(value: Any) -> Any:  # noqa: ANN401
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise TypeError
        return value if kind is not str or _is_text(value) else value.encode("utf-8", "replace").decode()

    return read


_string, _integer, _list = _reader(str), _reader(int), _reader(list)
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
