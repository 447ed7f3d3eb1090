"""The items: what the chat shows, mostly events of the wire. Texts become safe when they are rendered."""

import re
from typing import NamedTuple

from wschat.protocol.events import (
    Ack,
    ClientMessage,
    DeleteRoom,
    MultiMessage,
    Signup,
    SingleRoom,
    UserJoined,
    UserLeft,
)


class Message(NamedTuple):
    """Somebody said something in our room, where we are called `me`; `missed`: while we were away."""

    event: ClientMessage
    me: str = ""
    missed: bool = False

    @property
    def mine(self) -> bool:
        """Tell whether we said it."""
        return self.event.user == self.me

    @property
    def mention(self) -> bool:
        """Tell whether somebody else said our name."""
        return bool(self.me and not self.mine and _named(self.me, self.event.message))


def _named(name: str, text: str) -> bool:
    """Tell whether a text has this name as a whole word."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


class FromServer(NamedTuple):
    """An event for us; `me` is our name, and a reply's `id` is what a program calls its request."""

    event: Signup | MultiMessage | SingleRoom | DeleteRoom
    me: str = ""


class Acknowledged(NamedTuple):
    """A message or /leave was acknowledged; the `id` of `ack` is what a program calls the request."""

    ack: Ack
    action: str
    room: str


class Presence(NamedTuple):
    """People joined or left our room, in this order."""

    events: tuple[UserJoined | UserLeft, ...]


class Disconnected(NamedTuple):
    """The connection is lost, and is tried again."""

    what: str


class Reconnected(NamedTuple):
    """The connection is restored; so many messages were missed and follow.

    `truncated`: more were said than the room keeps. `remade`: the room was gone and was made again.
    """

    missed: int = 0
    truncated: bool = False
    remade: bool = False


class Notice(NamedTuple):
    """Something that happened, for people to read."""

    text: str


class RequestFailed(NamedTuple):
    """Something that did not work: what it was about (may be empty), why, what to do (may be empty)."""

    about: str
    what: str
    hint: str = ""
    code: str = ""
    tag: str | None = None


class Listing(NamedTuple):
    """A heading, and rows of two columns."""

    heading: str
    rows: tuple[tuple[str, str], ...]


class Rooms(NamedTuple):
    """All rooms."""

    names: tuple[str, ...]


class Members(NamedTuple):
    """All who are in a room."""

    room: str
    names: tuple[str, ...]


class Unsent(NamedTuple):
    """A line that the person entered and that did not arrive; or, if `doubtful`, nobody knows whether."""

    line: str
    doubtful: bool = False


Item = (
    Message
    | FromServer
    | Acknowledged
    | Presence
    | Disconnected
    | Reconnected
    | Notice
    | RequestFailed
    | Listing
    | Rooms
    | Members
    | Unsent
)
