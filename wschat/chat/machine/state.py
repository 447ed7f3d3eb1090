"""The whole state of a chat as a value: its connection, its room, and the requests without an answer."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from wschat.chat.machine.effects import Effect
from wschat.chat.machine.items import Unsent
from wschat.chat.machine.room import Room, flush
from wschat.chat.machine.room import Transition as RoomTransition
from wschat.protocol.events import ClientMessage
from wschat.protocol.names import fold
from wschat.protocol.refusals import ErrorCode
from wschat.protocol.requests import Action, Request

ENTERING = frozenset({Action.CREATE, Action.JOIN})


@dataclass(frozen=True)
class PendingRequest:
    """A request without an answer, and the line that it came from: empty when the program asks by itself.

    Attributes:
        tag: what a program calls it.
        unconfirmed: it was sent on a connection that is gone: nobody knows whether it arrived.
        timeouts: how many replies did not come in time.
        early: messages of the room that it enters, which overtook the reply.
        fallbacks: what to ask instead when it is refused for a reason; in this order, each once.
    """

    request: Request
    line: str = ""
    tag: str | None = None
    unconfirmed: bool = False
    timeouts: int = 0
    early: tuple[ClientMessage, ...] = ()
    fallbacks: tuple[tuple[ErrorCode, Action], ...] = ()

    @property
    def label(self) -> str:
        """What a person would call it."""
        if self.request.action == Action.MESSAGE:
            return "your message"
        return f"/{self.request.action} {self.request.value}".rstrip()

    def enters(self, room: str) -> bool:
        """Tell whether the reply puts us into this room."""
        return self.request.action in ENTERING and fold(self.request.value) == fold(room)


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
class Ended(Connection):
    """There is no connection, and none will be tried."""


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


class Status(Enum):
    """The connection's state as people read it."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECONNECTING = "reconnecting"


@dataclass(frozen=True)
class ChatState:
    """What the client knows.

    Attributes:
        client_id: begins every request id, so it differs between runs.
        token: this client's secret, by which it gets its name back.
        wanted_name: to be registered as soon as it can be.
        wanted_room: to be entered as soon as it can be.
        reconnect_limit: for how many seconds in a row it is tried to connect.
        connections: how many were tried; each has a number.
        failures: how many tries to connect failed in a row.
        latency: seconds between our last request and its reply; nobody else's is known.
        outbox: what is to be sent, one after the other.
        requests: how many were made; each has a number in its id.
        refused: a request was refused.
    """

    client_id: str
    token: str
    wanted_name: str | None = None
    wanted_room: str | None = None
    reconnect_limit: float = math.inf
    connection: Connection = Connecting(attempt=1)
    connections: int = 1
    failures: int = 0
    latency: float | None = None
    name: str | None = None
    rooms: tuple[str, ...] = ()
    room: Room | None = None
    outbox: tuple[PendingRequest, ...] = ()
    requests: int = 0
    refused: bool = False
    quitting: bool = False

    @property
    def in_use(self) -> int | None:
        """The number of the connection that requests go to."""
        return self.connection.number if isinstance(self.connection, Open) else None

    @property
    def trouble(self) -> str:
        """Why there is no connection, until all is as before the cut."""
        return self.connection.trouble

    @property
    def restoring(self) -> bool:
        """Tell whether name and room are being taken again."""
        return isinstance(self.connection, Restoring)

    @property
    def status(self) -> Status:
        """How the connection is."""
        if self.trouble:
            return Status.RECONNECTING
        return Status.CONNECTED if isinstance(self.connection, Open) else Status.CONNECTING

    @property
    def in_flight(self) -> PendingRequest | None:
        """What was sent, and has no answer yet."""
        return self.connection.in_flight if isinstance(self.connection, Open) else None

    @property
    def ping_in_flight(self) -> bool:
        """Tell whether a ping was sent that has no answer yet."""
        return isinstance(self.connection, Open) and self.connection.ping_in_flight

    @property
    def pending(self) -> tuple[PendingRequest, ...]:
        """What the server has not answered, oldest first."""
        return (self.in_flight, *self.outbox) if self.in_flight else self.outbox

    @property
    def idle(self) -> bool:
        """Tell whether a line entered now would be sent at once."""
        return self.status is Status.CONNECTED and not self.pending

    @property
    def unsent(self) -> tuple[Unsent, ...]:
        """The lines among what is pending, but for a message that the room has."""
        return tuple(
            Unsent(pending.line, pending.unconfirmed or pending is self.in_flight)
            for pending in self.pending
            if pending.line and not self.has(pending)
        )

    def with_open(self, **changes: Any) -> "ChatState":  # noqa: ANN401  fields of an open connection
        """Return the state with its open connection changed; without one, nothing is."""
        if not isinstance(self.connection, Open):
            return self
        return replace(self, connection=replace(self.connection, **changes))

    def is_in(self, room: str) -> bool:
        """Tell whether this is the room that we are in."""
        return self.room is not None and fold(self.room.name) == fold(room)

    def has(self, pending: PendingRequest) -> bool:
        """Tell whether the message that is asked for came back from the room."""
        return self.room is not None and self.room.has(pending.request.id)


Transition = tuple[ChatState, tuple[Effect, ...]]


def then(step: Transition, change: Callable[[ChatState], Transition]) -> Transition:
    """Return a step, and what comes next."""
    state, effects = step
    state, more = change(state)
    return state, (*effects, *more)


def with_room(state: ChatState, step: RoomTransition) -> Transition:
    """Return the state in which the room has made this step."""
    room, effects = step
    return replace(state, room=room), effects


def flush_room(state: ChatState) -> Transition:
    """Show all that waits to be shown, and stay in the room."""
    return with_room(state, flush(state.room)) if state.room else (state, ())


def leave_room(state: ChatState) -> Transition:
    """Leave the room, once all that waits to be shown is shown: the one way out of it."""
    state, effects = flush_room(state)
    return replace(state, room=None), effects
