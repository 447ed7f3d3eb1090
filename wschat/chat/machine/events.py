"""The events: what happens to the chat. Texts are as they came; times are in seconds.

Events, effects and items are named tuples, which load four times as fast as dataclasses. Match them by class:
tuples of the same values are equal.
"""

from enum import Enum, auto
from typing import NamedTuple

from wschat.protocol.events import Event as WireEvent


class Fault(Enum):
    """What a lost or refused connection means for the next try."""

    TRANSIENT = auto()  # it may work again at once
    OFFLINE = auto()  # this machine has no network: trying costs nobody anything
    BUSY = auto()  # the server is overloaded, and wants a pause
    THROTTLED = auto()  # the server says that this client asks too much
    PERMANENT = auto()  # trying again changes nothing


class Timer(Enum):
    """The timers; each is set at most once at a time, and is the event of its time being over."""

    REPLY = auto()  # distrust a connection on which no reply comes
    KEEPALIVE = auto()  # ping, so that API Gateway keeps an idle connection
    RENEW = auto()  # replace the connection, before API Gateway ends it for its age
    GIVE_UP = auto()  # stop reconnecting
    PRESENCE = auto()  # show the joins and leaves that have been gathered
    REORDER = auto()  # show the messages that wait for one before them


class Opened(NamedTuple):
    """The connection of this number is open."""

    number: int


class Closed(NamedTuple):
    """The connection of this number is gone, or could not be opened: why, and what a person can do."""

    number: int
    what: str = ""
    hint: str = ""
    fault: Fault = Fault.TRANSIENT


class Received(NamedTuple):
    """A frame came; if it answers the last request, so many seconds after that."""

    event: WireEvent
    latency: float | None = None


class LineEntered(NamedTuple):
    """The person entered a line."""

    line: str


class Requested(NamedTuple):
    """A program wrote a line, to ask for an action, which is None if it can't be read.

    `tag` is the program's id for the request.
    """

    line: str
    action: str | None = None
    value: str = ""
    tag: str | None = None


class Resumed(NamedTuple):
    """This machine slept, so no connection can be trusted."""


Event = Opened | Closed | Received | LineEntered | Requested | Timer | Resumed
