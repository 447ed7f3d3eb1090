"""How a client's requests become frames, and frames events: on our own wire, as they are."""

from typing import NamedTuple

from wschat.protocol.events import Event
from wschat.protocol.reader import decode_event
from wschat.protocol.requests import Request


class Said(NamedTuple):
    """What a request becomes: a frame, or without one what is its answer already.

    `silence`: the seconds after which it counts as an answer that none came.
    """

    frame: str | None
    events: tuple[Event, ...] = ()
    silence: float | None = None


class Wire:
    """One connection's talk; one request at a time is without an answer, besides a ping."""

    def say(self, request: Request) -> Said:
        """Return what a request becomes."""
        return Said(request.encode())

    def read(self, frame: str, now: int) -> tuple[Event, ...]:  # noqa: ARG002  ours tells the time itself
        """Return what a frame tells that came `now`, in milliseconds since 1970."""
        return (decode_event(frame),)

    def silent(self, request: Request) -> tuple[Event, ...]:  # noqa: ARG002  ours never is
        """Return what it tells that a request had no answer for its `silence`."""
        return ()
