"""The effects: what the chat wants done; items are to be shown, mostly events of the wire. Times in seconds.

Events and effects are named tuples, which load four times as fast as dataclasses. Match them by class: tuples
of the same values are equal. Texts become safe when they are rendered.
"""

import re
from enum import Enum, auto
from typing import NamedTuple

from wschat.protocol import events as wire
from wschat.protocol.lab_wire import OtherWire
from wschat.protocol.requests import Request
from wschat.protocol.symptoms import DOCTOR


class Message(NamedTuple):
    """Somebody said something in our room, where we are called `me`; `missed`: while we were away.

    `rings`: it is a mention to be told by a bell.
    """

    event: wire.ClientMessage
    me: str = ""
    missed: bool = False
    rings: bool = False

    @property
    def mine(self) -> bool:
        """Tell whether we said it."""
        return self.event.user == self.me

    @property
    def mention(self) -> bool:
        """Tell whether somebody else said our name."""
        whole_word = rf"(?<!\w){re.escape(self.me)}(?!\w)"
        return bool(self.me and not self.mine and re.search(whole_word, self.event.message, re.IGNORECASE))


class Whole(NamedTuple):
    """All of a message of which only the beginning was shown."""

    message: Message


class FromServer(NamedTuple):
    """An event for us; `me` is our name, and a reply's `id` is what a program calls its request."""

    event: wire.Signup | wire.MultiMessage | OtherWire
    me: str = ""


class Acknowledged(NamedTuple):
    """A message or /leave was acknowledged; the `id` of `ack` is what a program calls the request."""

    ack: wire.Ack
    action: str
    room: str


class Unheard(NamedTuple):
    """Our message was stored; it did not come back, or so many of the members were told.

    Both numbers are None if the lab does not say. `id` is what a program calls the request.
    """

    message: str
    reached: int | None = None
    members: int | None = None
    id: str | None = None
    hint: str = DOCTOR


NewsEvent = wire.UserJoined | wire.UserLeft | wire.SingleRoom | wire.DeleteRoom


class News(NamedTuple):
    """People joined or left our room, rooms were made or are gone, in this order."""

    events: tuple[NewsEvent, ...]


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


class Frame(NamedTuple):
    """A frame as it went over the wire at a `time` (ms since 1970), without the credentials in it.

    `id`: what a program calls the frame that this one replies to.
    """

    sent: bool
    text: str
    time: int
    id: str | None = None


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
    """A line that the person entered and that did not arrive; or, if `doubtful`, nobody knows whether.

    `id` is what a program calls the request.
    """

    line: str
    doubtful: bool = False
    id: str | None = None


Item = (
    Message
    | Whole
    | FromServer
    | Acknowledged
    | Unheard
    | News
    | Disconnected
    | Reconnected
    | Notice
    | RequestFailed
    | Frame
    | Listing
    | Rooms
    | Members
    | Unsent
)


class Timer(Enum):
    """The timers; each is set at most once at a time, and is itself the event that its time is over."""

    REPLY = auto()  # distrust a connection on which no reply comes
    ECHO = auto()  # look which of our messages have not come back
    KEEPALIVE = auto()  # ping, so that API Gateway keeps an idle connection
    RENEW = auto()  # replace the connection, before API Gateway ends it for its age
    LIVED = auto()  # the connection is one that lasts
    GIVE_UP = auto()  # stop reconnecting
    NEWS = auto()  # tell what others did, which has been gathered
    BELL = auto()  # the bell may ring again
    REORDER = auto()  # show the messages that wait for one before them


class Send(NamedTuple):
    """Send this on the connection in use."""

    request: Request


class Connect(NamedTuple):
    """Open the connection of this number after a pause, less jitter, and end any other attempt."""

    number: int
    after: float


class Close(NamedTuple):
    """Close the connection of this number; nothing that comes from it matters any more."""

    number: int


class SetTimer(NamedTuple):
    """Fire after so many seconds, and not when it was set to before."""

    timer: Timer
    after: float


class RestoreInput(NamedTuple):
    """Return this line to where it was typed."""

    unsent: Unsent


class GiveUp(NamedTuple):
    """End the chat, since there is no connection and none is to be had; `was_open`: there was one."""

    what: str
    hint: str
    was_open: bool = True


class Quit(NamedTuple):
    """End the chat."""


Effect = Item | Send | Connect | Close | SetTimer | RestoreInput | GiveUp | Quit
