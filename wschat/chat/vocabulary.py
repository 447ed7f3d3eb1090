"""The chat's vocabulary: what happens to it, what it does, what it shows.

Texts are as they came; they become safe when they are rendered.
"""

from dataclasses import dataclass

from wschat import protocol


@dataclass(frozen=True)
class Opened:
    """The connection is open."""


@dataclass(frozen=True)
class Closed:
    """The connection is gone, or could not be opened."""


@dataclass(frozen=True)
class Received:
    """The server said something."""

    event: protocol.Event


@dataclass(frozen=True)
class Entered:
    """The person entered a line."""

    line: str


@dataclass(frozen=True)
class NoReply:
    """The time for the reply to a request is over."""

    id: str | None


Event = Opened | Closed | Received | Entered | NoReply


@dataclass(frozen=True)
class Said:
    """A message in the room. `time` is in milliseconds since 1970, 0 when unknown."""

    user: str
    text: str
    time: int
    mine: bool


@dataclass(frozen=True)
class Notice:
    """Something that happened."""

    text: str


@dataclass(frozen=True)
class Failure:
    """Something that did not work: what it was about (may be empty), why, what to do (may be empty)."""

    about: str
    what: str
    hint: str = ""


@dataclass(frozen=True)
class Listing:
    """A heading, and rows of two columns."""

    heading: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Unsent:
    """A line that the person entered and that did not arrive, as far as we know."""

    line: str


Item = Said | Notice | Failure | Listing | Unsent


@dataclass(frozen=True)
class Send:
    """Send this; `NoReply` is due when no reply comes in time."""

    request: protocol.Request


@dataclass(frozen=True)
class Show:
    """Show this to the person."""

    item: Item


@dataclass(frozen=True)
class GiveBack:
    """Return this line to where it was typed."""

    line: str


@dataclass(frozen=True)
class Quit:
    """End the chat."""


Effect = Send | Show | GiveBack | Quit
