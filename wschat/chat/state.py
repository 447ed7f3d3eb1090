"""The chat as a value: what the client knows, what waits, what was asked for."""

from dataclasses import dataclass, replace
from enum import Enum

from wschat.protocol import Action, Entry, ErrorCode, Request, fold

ENTERING = frozenset({Action.CREATE, Action.JOIN})


class Status(Enum):
    """The connection's state; the value is what people read."""

    CONNECTING = "connecting"
    OPEN = "connected"
    CLOSED = "disconnected"


@dataclass(frozen=True)
class Asked:
    """A request, and the line that it came from: empty when the program asks by itself."""

    request: Request
    line: str = ""

    @property
    def label(self) -> str:
        """What a person would call it."""
        if self.request.action == Action.MESSAGE:
            return "your message"
        return f"/{self.request.action} {self.request.value}".rstrip()


@dataclass(frozen=True)
class ChatState:
    """What the client knows.

    `client_id` starts every request id, so it differs between runs; `token` is this client's secret.
    `wish_name` and `wish_room` are what the person asked for at the start.
    """

    client_id: str
    token: str
    wish_name: str | None = None
    wish_room: str | None = None
    # What to do when the wished room is refused for a reason: each once, in this order, so it ends.
    detours: tuple[tuple[ErrorCode, Action], ...] = (
        (ErrorCode.NO_SUCH_ROOM, Action.CREATE),
        (ErrorCode.ROOM_EXISTS, Action.JOIN),
    )
    status: Status = Status.CONNECTING
    name: str | None = None
    room: str | None = None
    rooms: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    seen: tuple[int, ...] = ()  # the latest seqs shown of this room: history and news overlap
    early: tuple[Entry, ...] = ()  # news of the room being entered that overtook the reply
    waiting: Asked | None = None
    queue: tuple[Asked, ...] = ()
    requests: int = 0
    refused: bool = False
    quitting: bool = False

    @property
    def pending(self) -> tuple[Asked, ...]:
        """What the server has not answered, oldest first."""
        return (self.waiting, *self.queue) if self.waiting else self.queue

    @property
    def idle(self) -> bool:
        """Tell whether a line entered now would be sent at once."""
        return self.status is Status.OPEN and not self.pending

    @property
    def unsent(self) -> tuple[str, ...]:
        """The lines among what is pending."""
        return tuple(asked.line for asked in self.pending if asked.line)

    def answered(self, request_id: str | None) -> "ChatState":
        """Wait no more if this id is waited for; a late reply changes nothing here."""
        awaited = self.waiting is not None and self.waiting.request.id == request_id
        return replace(self, waiting=None) if awaited else self

    def is_in(self, room: str) -> bool:
        """Tell whether this is the room that we are in."""
        return self.room is not None and fold(self.room) == fold(room)

    def is_entering(self, room: str) -> bool:
        """Tell whether the reply that we wait for puts us into this room."""
        request = self.waiting.request if self.waiting else None
        return request is not None and request.action in ENTERING and fold(request.value) == fold(room)
