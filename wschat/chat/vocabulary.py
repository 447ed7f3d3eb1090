"""The chat's vocabulary: what happens to it, what it does, what it shows.

Texts are as they came; they become safe when they are rendered. Times are in seconds. All are named tuples,
which load four times as fast as dataclasses: their class tells them apart, since tuples of the same are
equal.
"""

from enum import Enum, auto
from typing import NamedTuple

from wschat.protocol import events as wire
from wschat.protocol import requests


class Fault(Enum):
    """What a lost or refused connection means for the next try."""

    PASSING = auto()  # it may work again at once
    OFFLINE = auto()  # this machine has no network: trying costs nobody anything
    BUSY = auto()  # the server wants to be left alone for a moment
    SCOLDED = auto()  # the server says that this client asks too much
    LASTING = auto()  # trying again changes nothing


class Alarm(Enum):
    """What the chat wants to be woken for; each is set at most once at a time."""

    PING = auto()  # say something, so that API Gateway keeps an idle connection
    MOVE = auto()  # the connection grows old: move to a new one before API Gateway ends it
    GIVE_UP = auto()  # it has been tried for long enough
    NOTICES = auto()  # show the joins and leaves that have been gathered
    HELD = auto()  # show the messages that wait for one before them


class Opened(NamedTuple):
    """The connection of this number is open."""

    number: int


class Closed(NamedTuple):
    """The connection of this number is gone, or could not be opened: why, and what to do about it."""

    number: int
    what: str = ""
    hint: str = ""
    fault: Fault = Fault.PASSING


class Received(NamedTuple):
    """The server said something."""

    event: wire.Event


class Entered(NamedTuple):
    """The person entered a line."""

    line: str


class Wanted(NamedTuple):
    """A program asks for something; `tag` is its name for it, `line` is what it wrote."""

    action: str
    value: str
    tag: str | None
    line: str


class Garbled(NamedTuple):
    """A program wrote what is no request."""

    line: str


class NoReply(NamedTuple):
    """The time for the reply to a request is over."""

    id: str | None


class Rang(NamedTuple):
    """An alarm rang."""

    alarm: Alarm


class Woke(NamedTuple):
    """This machine slept, so no connection can be trusted."""


class Lag(NamedTuple):
    """A reply or pong came after so many seconds."""

    seconds: float


Event = Opened | Closed | Received | Entered | Wanted | Garbled | NoReply | Rang | Woke | Lag


class Said(NamedTuple):
    """A message in a room; `missed`: it was said while we were away."""

    entry: wire.Entry
    room: str = ""
    mine: bool = False
    mention: bool = False
    missed: bool = False


class Named(NamedTuple):
    """We have a name, and know the rooms."""

    name: str
    rooms: tuple[str, ...]
    tag: str | None = None


class InRoom(NamedTuple):
    """We are in a room that we asked for, as `me`, with these people (ourselves among them)."""

    room: str
    users: tuple[str, ...]
    me: str
    tag: str | None = None


class Done(NamedTuple):
    """A message or /leave was acknowledged; `seq` and `time` are a message's, if they are known."""

    action: str
    room: str
    tag: str | None = None
    seq: int | None = None
    time: int | None = None


class Moved(NamedTuple):
    """People joined (True) or left (False) our room, in this order."""

    room: str
    people: tuple[tuple[str, bool], ...]


class RoomBorn(NamedTuple):
    """There is a new room."""

    room: str


class RoomGone(NamedTuple):
    """A room is gone with its last member."""

    room: str


class Lost(NamedTuple):
    """The connection is lost, and will be mended."""

    what: str


class Back(NamedTuple):
    """The connection is mended; so many messages were missed and follow.

    `truncated`: more were said than the room keeps. `remade`: the room was gone and was made again.
    """

    missed: int = 0
    truncated: bool = False
    remade: bool = False


class Notice(NamedTuple):
    """Something that happened, for people to read."""

    text: str


class Failure(NamedTuple):
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


class Names(NamedTuple):
    """All rooms; or, of one `room`, all who are in it."""

    names: tuple[str, ...]
    room: str = ""


class Unsent(NamedTuple):
    """A line that the person entered and that did not arrive; or, if `doubtful`, nobody knows whether."""

    line: str
    doubtful: bool = False


Fact = Said | Named | InRoom | Done | Moved | RoomBorn | RoomGone | Lost | Back
Item = Fact | Notice | Failure | Listing | Names | Unsent


class Send(NamedTuple):
    """Send this; `NoReply` is due when no reply comes in time."""

    request: requests.Request


class Connect(NamedTuple):
    """Open the connection of this number after a pause of at most `after`, instead of any that is tried."""

    number: int
    after: float


class Drop(NamedTuple):
    """Close the connection of this number; nothing that it says or ends with matters any more."""

    number: int


class SetAlarm(NamedTuple):
    """Ring after so many seconds, and not when it was set to before."""

    alarm: Alarm
    after: float


class Show(NamedTuple):
    """Show this to the person."""

    item: Item


class GiveBack(NamedTuple):
    """Return this line to where it was typed."""

    unsent: Unsent


class GiveUp(NamedTuple):
    """End the chat, since there is no connection and none is to be had."""

    what: str
    hint: str


class Quit(NamedTuple):
    """End the chat."""


Effect = Send | Connect | Drop | SetAlarm | Show | GiveBack | GiveUp | Quit
