"""The effects: what the chat wants done. Times are in seconds."""

from typing import NamedTuple

from wschat.chat.machine.events import Timer
from wschat.chat.machine.items import Item, Unsent
from wschat.protocol.requests import Request


class Send(NamedTuple):
    """Send this on the connection in use; and set `Timer.REPLY`."""

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


# An item is to be shown to the person.
Effect = Item | Send | Connect | Close | SetTimer | RestoreInput | GiveUp | Quit
