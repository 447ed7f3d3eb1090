"""The whole state of a chat as a value: its connection, its room, and the requests without an answer."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from wschat.chat.machine.effects import Effect, Message, NewsEvent, Unsent
from wschat.protocol.events import ClientMessage
from wschat.protocol.limits import LOG_LENGTH
from wschat.protocol.names import fold
from wschat.protocol.refusals import ErrorCode
from wschat.protocol.requests import Action, Request

Fallbacks = tuple[tuple[ErrorCode, Action], ...]
ENTERING = frozenset({Action.CREATE, Action.JOIN})
RECENT = LOG_LENGTH // 2  # messages among which a gap is asked for again after a cut


@dataclass(frozen=True)
class PendingRequest:
    """A request without an answer, and the line that it came from: empty when the program asks by itself.

    Attributes:
        tag: what a program calls it.
        unconfirmed: it was sent on a connection that is gone: nobody knows whether it arrived.
        late: its reply was waited for in vain, for `reply_wait`.
        again: it was refused once, since the server had forgotten us.
        early: messages of the room that it enters, which overtook the reply.
        fallbacks: what to ask instead when it is refused for a reason; in this order, each once.
    """

    request: Request
    line: str = ""
    tag: str | None = None
    unconfirmed: bool = False
    late: bool = False
    again: bool = False
    early: tuple[ClientMessage, ...] = ()
    fallbacks: Fallbacks = ()

    def enters(self, room: str) -> bool:
        """Tell whether the reply puts us into this room."""
        return self.request.action in ENTERING and fold(self.request.value) == fold(room)


class Stored(NamedTuple):
    """A message that was acknowledged and has not come back; `reached` of `members` were told, if known.

    `waited`: for some time by now.
    """

    pending: PendingRequest
    reached: int | None = None
    members: int | None = None
    waited: bool = False


@dataclass(frozen=True)
class Room:
    """A room, from the reply that lets us in until we leave.

    Attributes:
        me: our name in it.
        speakers: who spoke, the latest first.
        was_empty: nothing had been said when we came, so that all that ever was is for us.
        last_seq: the highest seq shown.
        seen: the latest seqs shown: history and news overlap.
        seen_ids: who said it (folded), and the request's id: a message may be stored twice.
        reorder_buffer: messages that overtook one before them.
        cut_short: the last message of which only the beginning was shown.
        has_rung: the bell rang a moment ago.
        unheard: our messages that are to come back.
    """

    name: str
    me: str
    members: tuple[str, ...]
    speakers: tuple[str, ...] = ()
    was_empty: bool = False
    last_seq: int = 0
    seen: tuple[int, ...] = ()
    seen_ids: tuple[tuple[str, str], ...] = ()
    reorder_buffer: tuple[ClientMessage, ...] = ()
    cut_short: Message | None = None
    has_rung: bool = False
    unheard: tuple[Stored, ...] = ()

    @property
    def after(self) -> int:
        """The seq after which messages may have been missed: the end, or the first gap near it."""
        if self.was_empty and len(self.seen) < RECENT:
            return 0
        recent = sorted(self.seen)[-RECENT:]
        gaps = [seq for seq, following in pairwise(recent) if following != seq + 1]
        return gaps[0] if gaps else self.last_seq


@dataclass(frozen=True, kw_only=True)
class Connection:
    """How we are connected.

    Attributes:
        attempt: the number of the connection that is being opened.
        trouble: why there is no connection, until all is as before the cut.
    """

    attempt: int | None = None
    trouble: str = ""


@dataclass(frozen=True)
class Connecting(Connection):
    """None has been open yet."""


@dataclass(frozen=True)
class Reconnecting(Connection):
    """The connection is lost."""


@dataclass(frozen=True)
class Open(Connection):
    """The connection of this number is in use. One request at a time is in flight, besides a ping.

    `active`: something was said lately, so this is no moment to renew it in.
    """

    number: int
    in_flight: PendingRequest | None = None
    ping_in_flight: bool = False
    active: bool = False


@dataclass(frozen=True)
class Restoring(Open):
    """A new connection, on which the name is being taken and the room entered again.

    `retiring` is the old one that it replaces, if that is still heard.
    """

    retiring: int | None = None


@dataclass(frozen=True)
class Online(Open):
    """A connection on which all is as it was; `attempt` is to replace it.

    `postponed` is how often the replacement waited for a quiet moment.
    """

    postponed: int = 0


@dataclass(frozen=True)
class ChatState:
    """What the client knows.

    Attributes:
        client_id: begins every request id, so it differs between runs.
        token: this client's secret, by which it gets its name back.
        wanted_name: to be registered as soon as it can be.
        wanted_room: to be entered as soon as it can be.
        frames: frames are shown as they go over the wire.
        reconnect_limit: for how many seconds in a row it is tried to connect.
        reply_wait: seconds after which it is said that a reply has not come.
        connections: how many were tried; each has a number.
        failures: how many tries to connect failed in a row.
        latency: seconds between our last request and its reply; nobody else's is known.
        outbox: what is to be sent, one after the other.
        requests: how many were made; each has a number in its id.
        refused: a request was refused.
        silent: actions whose last request was not answered, so that its connection was given up.
        news: what others did, to be told in one line; None: the next is told at once.
        ignored: whom the person does not want to hear; these and `rooms` as `names.by_fold` has them.
    """

    client_id: str
    token: str
    wanted_name: str | None = None
    wanted_room: str | None = None
    reconnect_limit: float = math.inf
    frames: bool = False
    reply_wait: float = 5.0
    connection: Connection = Connecting(attempt=1)
    connections: int = 1
    failures: int = 0
    latency: float | None = None
    name: str | None = None
    rooms: Mapping[str, str] = field(default_factory=dict)
    room: Room | None = None
    outbox: tuple[PendingRequest, ...] = ()
    requests: int = 0
    refused: bool = False
    silent: frozenset[str] = frozenset()
    news: tuple[NewsEvent, ...] | None = None
    ignored: Mapping[str, str] = field(default_factory=dict)
    quitting: bool = False

    @property
    def in_use(self) -> int | None:
        """The number of the connection that requests go to."""
        return self.connection.number if isinstance(self.connection, Open) else None

    @property
    def restoring(self) -> bool:
        """Tell whether name and room are being taken again."""
        return isinstance(self.connection, Restoring)

    @property
    def status(self) -> Literal["connecting", "connected", "reconnecting"]:
        """How the connection is, as people read it."""
        if self.connection.trouble:
            return "reconnecting"
        return "connected" if isinstance(self.connection, Open) else "connecting"

    @property
    def in_flight(self) -> PendingRequest | None:
        """What was sent, and has no answer yet."""
        return self.connection.in_flight if isinstance(self.connection, Open) else None

    @property
    def pending(self) -> tuple[PendingRequest, ...]:
        """What the server has not answered, oldest first."""
        return (self.in_flight, *self.outbox) if self.in_flight else self.outbox

    @property
    def idle(self) -> bool:
        """Tell whether a line entered now would be sent at once."""
        return self.status == "connected" and not self.pending

    @property
    def unsent(self) -> tuple[Unsent, ...]:
        """The lines among what is pending, but for a message that the room has."""
        return tuple(
            Unsent(pending.line, pending.unconfirmed or pending is self.in_flight, pending.tag)
            for pending in self.pending
            if pending.line and not self.has(pending)
        )

    def repeats(self, *actions: str) -> bool:
        """Tell whether one of these was asked for before a cut, and is asked next."""
        return any(each.unconfirmed and each.request.action in actions for each in self.outbox[:1])

    def had(self, pending: PendingRequest) -> bool:
        """Tell whether the program asks by itself for what we had before a cut."""
        request = pending.request
        ours = self.name is not None and (request.action == Action.REGISTER or self.is_in(request.value))
        return not pending.line and self.restoring and ours

    def is_in(self, room: str) -> bool:
        """Tell whether this is the room that we are in."""
        return self.room is not None and fold(self.room.name) == fold(room)

    def ignores(self, user: str) -> bool:
        """Tell whether the person does not want to hear somebody."""
        return bool(self.ignored) and fold(user) in self.ignored

    def has(self, pending: PendingRequest) -> bool:
        """Tell whether the message that is asked for came back from the room."""
        return self.room is not None and (fold(self.room.me), pending.request.id) in self.room.seen_ids

    @property
    def listening(self) -> bool:
        """Tell whether only a message's coming back will tell that it was heard."""
        unheard = self.room.unheard if self.room else ()
        return any(not (message.reached or self.has(message.pending)) for message in unheard)


class Turn:
    """What one event does: the state as it is by now, and what is to be done, in order."""

    def __init__(self, state: ChatState) -> None:
        self.state = state
        self.effects: list[Effect] = []

    @property
    def room(self) -> Room:
        """The room, by one who knows that there is one."""
        assert self.state.room is not None  # noqa: S101
        return self.state.room

    def emit(self, *effects: Effect) -> None:
        """Have this done."""
        self.effects += effects

    def change(self, **fields: Any) -> None:  # noqa: ANN401  as for replace
        """Change fields of the state."""
        self.state = replace(self.state, **fields)

    def change_open(self, **fields: Any) -> None:  # noqa: ANN401
        """Change fields of the open connection; without one, nothing."""
        if isinstance(self.state.connection, Open):
            self.change(connection=replace(self.state.connection, **fields))

    def change_room(self, **fields: Any) -> None:  # noqa: ANN401
        """Change fields of the room."""
        self.change(room=replace(self.room, **fields))
