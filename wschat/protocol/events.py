"""What the server sends: replies to requests, and what others do."""

import json
from dataclasses import dataclass
from typing import ClassVar


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
        frame = {"type": self.type, **_given(self)}
        return json.dumps(frame, default=_given, ensure_ascii=False, separators=(",", ":"))


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
    """Reply to `create` and `join`; `truncated`: some after the seq that was asked for are missing.

    Without `users` the server tells nobody who is there: else who joined is one of them.
    """

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
    """Reply to `message` and `leave`; of a message with seq and time, and how many of the members were told.

    `members` does not count those who turned out to be gone. A lab may tell neither.
    """

    type = "ack"
    seq: int | None = None
    time: int | None = None
    id: str | None = None
    reached: int | None = None
    members: int | None = None


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


EVENTS = {event.type: event for event in Event.__subclasses__()}
"""The classes of events by their `type`."""


def _given(value: object) -> dict[str, object]:
    return {name: item for name, item in vars(value).items() if item is not None}
