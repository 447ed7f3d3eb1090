"""What can go wrong with one call."""

from enum import Enum, auto


class Fault(Enum):
    """What can go wrong with one call."""

    THROTTLED = auto()
    SERVER_ERROR = auto()
    RESET_BEFORE = auto()
    RESET_AFTER = auto()
    DENIED = auto()
    KILL_BEFORE = auto()
    KILL_AFTER = auto()


AFTER = {Fault.RESET_AFTER, Fault.KILL_AFTER}
"""Those that happen after the call took effect."""
KILLS = {Fault.KILL_BEFORE, Fault.KILL_AFTER}
DROPS = {Fault.RESET_BEFORE, Fault.RESET_AFTER, *KILLS}
"""Those that end the connection without an answer."""


class Dropped(Exception):  # noqa: N818  no error of the plane's
    """The connection ends without an answer."""
