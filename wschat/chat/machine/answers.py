"""Which request a frame answers: by its id, or without one by its type."""

import json

from wschat.chat.machine.state import ENTERING, Connection, Open, PendingRequest
from wschat.protocol import events as wire
from wschat.protocol.requests import Action, Raw

NEWS = (wire.ClientMessage, wire.UserJoined, wire.UserLeft, wire.SingleRoom, wire.DeleteRoom)
ANSWERED: dict[str, frozenset[Action]] = {
    wire.Signup.type: frozenset({Action.REGISTER}),
    wire.MultiMessage.type: ENTERING,
    wire.Ack.type: frozenset({Action.MESSAGE, Action.LEAVE}),
    wire.Error.type: frozenset(Action),
}
"""What a frame of each type answers, if it has no id that tells."""


def answers(pending: PendingRequest | None, type_: str, id_: str | None) -> bool:
    """Tell whether a frame answers what is in flight, by its id, or else by its type."""
    if pending is None or id_ is not None:
        return pending is not None and id_ == pending.request.id
    return pending.request.action in ANSWERED.get(type_, ())


def raw_request(connection: Connection, frame: wire.Event) -> PendingRequest | None:
    """Return the frame that a person typed, if this may be its reply: it has no id that tells."""
    match connection:
        case Open(in_flight=PendingRequest(Raw()) as raw, ping_in_flight=pings):
            is_pong = pings and isinstance(frame, wire.Pong)
            return None if is_pong or isinstance(frame, NEWS) else raw
    return None


def is_event(frame: str) -> bool:
    """Tell whether this is an event of a newer server, rather than rubbish."""
    try:
        return isinstance(json.loads(frame)["type"], str)
    except (KeyError, RecursionError, TypeError, ValueError):
        return False
