"""Why a request can't be done."""

from dataclasses import dataclass
from enum import StrEnum


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
