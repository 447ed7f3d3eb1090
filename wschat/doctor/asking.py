"""Who asks a lab for something, what is asked that changes nothing, and how an answer is read."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

from wschat.chat.machine.advice import GATEWAY
from wschat.chat.network.connection import Session
from wschat.protocol import events as wire
from wschat.protocol.reader import GatewayError, Unknown, decode_event
from wschat.protocol.refusals import ErrorCode
from wschat.protocol.requests import Request
from wschat.protocol.symptoms import Symptom

SHOWN = 200
"""Characters of a frame that is shown."""
MOST_HEARD, LONGEST_HEARD = 100, 32 * 1024
"""Events that are kept until somebody asks for them, and characters of each: a server may send anything.

The lab's own are no longer than that.
"""


class Probe(NamedTuple):
    """A request that changes nothing, and the answer that it has in a lab that works.

    `value` is what it says; `{room}` is a room that exists, if there is one, and `{new}` one that does not.
    """

    route: str
    value: str
    answers: tuple[type[wire.Event] | ErrorCode, ...]


PROBES = (
    Probe("ping", "", (wire.Pong,)),
    *(
        Probe(route, "{room}", (ErrorCode.ROOM_EXISTS, ErrorCode.BAD_REQUEST))
        for route in ("create", "new-room")
    ),
    *(Probe(route, "{new}", (ErrorCode.NO_SUCH_ROOM,)) for route in ("join", "join-room")),
    *(Probe(route, "x", (ErrorCode.NOT_IN_A_ROOM,)) for route in ("message", "dispatch")),
    *(Probe(route, "", (ErrorCode.NOT_IN_A_ROOM,)) for route in ("leave", "leave-room")),
    Probe("$default", "", (ErrorCode.UNKNOWN_ACTION,)),
)
"""After `register`: each route of the lab and of its page, which refuse what can't be."""
NO_ROOM = "#"
"""A name that no room may have, where none exists."""


class Person:
    """A connection, its name, and what it has heard and nobody has asked for yet."""

    def __init__(self, session: Session, name: str) -> None:
        self.session, self.name = session, name
        self.heard = deque[wire.Event](maxlen=MOST_HEARD)

    async def next(self, wanted: Callable[[wire.Event], bool], seconds: float) -> wire.Event | None:
        """Return the first event that is wanted; None if it does not come in time."""
        for event in self.heard:
            if wanted(event):
                self.heard.remove(event)
                return event
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                async for frame in self.session.frames():
                    event = decode_event(frame)
                    if wanted(event):
                        return event
                    if len(frame) <= LONGEST_HEARD:
                        self.heard.append(event)
        return None


def is_answer(request: Request, event: wire.Event) -> bool:
    """Tell whether an event answers a request: those that echo no id do as well."""
    match event:
        case GatewayError() | Unknown() | wire.Pong() | wire.Error(id=None):
            return True
        case wire.ClientMessage():  # it has the id of what was said
            return False
    return getattr(event, "id", None) == request.id


def read(
    event: wire.Event | None, expected: "Sequence[type[wire.Event] | ErrorCode]", waited: float
) -> tuple[str, Symptom | None]:
    """Return what is seen in an answer, and the symptom that it is, if so."""
    match event:
        case None:
            return f"nothing within {waited:.0f} s", Symptom.SILENT
        case GatewayError(message):
            return message, GATEWAY[message].symptom if message in GATEWAY else Symptom.UNREADABLE
        case wire.Error(code, message):
            if code in expected:
                return "", None
            unknown = code == ErrorCode.UNKNOWN_ACTION
            return f"{message} ({code})", Symptom.UNKNOWN_ACTION if unknown else Symptom.REFUSED_REQUEST
        case Unknown(frame):
            return frame[:SHOWN], Symptom.UNREADABLE
    return ("", None) if type(event) in expected else (event.encode()[:SHOWN], Symptom.UNREADABLE)
