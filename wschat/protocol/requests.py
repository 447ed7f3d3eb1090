"""What a client asks for, and how a function reads it."""

import json
from dataclasses import dataclass
from enum import StrEnum

from wschat.protocol.json_objects import json_object
from wschat.protocol.limits import ID_LIMIT, TOKEN_LIMIT
from wschat.protocol.names import is_text
from wschat.protocol.refusals import ErrorCode, Refused


class Action(StrEnum):
    """What a client asks for: the route keys of the API."""

    REGISTER = "register"
    CREATE = "create"
    JOIN = "join"
    MESSAGE = "message"
    LEAVE = "leave"
    PING = "ping"


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
        given = {name: value for name, value in vars(self).items() if value not in (None, "")}
        return json.dumps(given, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Raw(Request):
    """A frame as somebody typed it, in `value`; its reply has no id that we know."""

    def encode(self) -> str:
        """Return the frame."""
        return self.value


def decode_request(body: object) -> Request:
    """Read a frame's body leniently: a field of the wrong type counts as missing.

    Raises:
        Refused: the body is not a JSON object.
    """
    frame = json_object(body) if isinstance(body, str) else None
    if frame is None:
        raise Refused(ErrorCode.BAD_REQUEST, "a request is a JSON object")

    def text(name: str, limit: int) -> str | None:
        value = frame.get(name)
        return value if isinstance(value, str) and len(value) <= limit and is_text(value) else None

    after = frame.get("after")
    return Request(
        action=text("action", ID_LIMIT) or "",
        value=frame["value"] if isinstance(frame.get("value"), str) else "",
        id=text("id", ID_LIMIT),
        token=text("token", TOKEN_LIMIT),
        after=after if isinstance(after, int) and not isinstance(after, bool) else None,
    )
