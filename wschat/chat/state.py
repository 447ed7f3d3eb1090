"""The chat as a value: what the client knows, what waits, what was asked for."""

import math
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise

from wschat.chat.vocabulary import Unsent
from wschat.protocol.events import Entry
from wschat.protocol.names import fold
from wschat.protocol.refusals import ErrorCode
from wschat.protocol.requests import Action, Request

ENTERING = frozenset({Action.CREATE, Action.JOIN})
# What to do when a room that the program asks for by itself is refused for a reason: each once, in this
# order, so it ends.
DETOURS = ((ErrorCode.NO_SUCH_ROOM, Action.CREATE), (ErrorCode.ROOM_EXISTS, Action.JOIN))
RECENT = 50  # messages among which a gap is asked for again after a cut: half of what a room keeps


class Status(Enum):
    """The connection's state; the value is what people read."""

    CONNECTING = "connecting"
    OPEN = "connected"
    AWAY = "reconnecting"


@dataclass(frozen=True)
class Asked:
    """A request, and the line that it came from: empty when the program asks by itself.

    `tag` is what a program calls it. `doubtful`: it was sent, and no answer will come, so nobody knows
    whether it arrived. `heard`: its message came back from the room. `stalls` counts the replies that did
    not come in time.
    """

    request: Request
    line: str = ""
    tag: str | None = None
    doubtful: bool = False
    heard: bool = False
    stalls: int = 0

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
    `wish_name` and `wish_room` are what is to be asked for as soon as it can be. `patience` is for how
    many seconds in a row it is tried to connect.

    A connection has a number. `link` is the one that is used, `attempt` the one that is being opened,
    `retiring` an older one that is still heard until the new one has taken over. `trouble` says why there
    is none, until all is as before the cut.
    """

    client_id: str
    token: str
    wish_name: str | None = None
    wish_room: str | None = None
    patience: float = math.inf
    # The connection.
    link: int | None = None
    attempt: int | None = 1
    retiring: int | None = None
    numbers: int = 1
    tries: int = 0  # that failed in a row
    been_open: bool = False
    trouble: str = ""
    restoring: bool = False
    over: bool = False
    stirred: bool = False  # something was said lately: no quiet moment
    put_off: int = 0  # how often moving waited for a quiet moment
    pinged: bool = False  # and no pong came yet
    lag: float | None = None
    # The conversation.
    detours: tuple[tuple[ErrorCode, Action], ...] = DETOURS
    name: str | None = None
    room: str | None = None
    rooms: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()  # of this room, the latest first
    was_empty: bool = False  # the room, when we came: all that was ever said in it is for us
    last_seq: int = 0
    seen: tuple[int, ...] = ()  # the latest seqs shown of this room: history and news overlap
    seen_ids: tuple[tuple[str, str], ...] = ()  # who said it, and the id: a message may be stored twice
    early: tuple[Entry, ...] = ()  # news of the room being entered that overtook the reply
    held: tuple[Entry, ...] = ()  # news that overtook a message
    gathered: tuple[tuple[str, bool], ...] | None = None  # joins and leaves since the last that was shown
    # The requests.
    waiting: Asked | None = None
    queue: tuple[Asked, ...] = ()
    requests: int = 0
    refused: bool = False
    quitting: bool = False

    @property
    def status(self) -> Status:
        """How the connection is."""
        if self.trouble:
            return Status.AWAY
        return Status.CONNECTING if self.link is None else Status.OPEN

    @property
    def pending(self) -> tuple[Asked, ...]:
        """What the server has not answered, oldest first."""
        return (self.waiting, *self.queue) if self.waiting else self.queue

    @property
    def idle(self) -> bool:
        """Tell whether a line entered now would be sent at once."""
        return self.status is Status.OPEN and not self.pending

    @property
    def unsent(self) -> tuple[Unsent, ...]:
        """The lines among what is pending, but for messages that the room has heard."""
        lines = [asked for asked in self.pending if asked.line and not asked.heard]
        return tuple(Unsent(asked.line, asked.doubtful or asked is self.waiting) for asked in lines)

    @property
    def after(self) -> int:
        """The seq after which messages may have been missed: the end, or the first gap near it."""
        if self.was_empty and len(self.seen) < RECENT:
            return 0
        recent = sorted(self.seen)[-RECENT:]
        gaps = [seq for seq, following in pairwise(recent) if following != seq + 1]
        return gaps[0] if gaps else self.last_seq

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
