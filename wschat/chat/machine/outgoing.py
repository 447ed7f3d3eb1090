"""The requests: asked for, sent one at a time, answered, refused, taken back when the connection is lost.

One request is sent at a time: API Gateway runs the frames of one connection concurrently, so only the
reply to one tells that the next may go.
"""

from dataclasses import replace

from wschat.chat.machine.advice import FORGOTTEN, HINTS, Advice
from wschat.chat.machine.effects import Effect, Quit, RestoreInput, Send, Show
from wschat.chat.machine.items import Acknowledged, RequestFailed, Unsent
from wschat.chat.machine.room import Room
from wschat.chat.machine.state import ENTERING, ChatState, PendingRequest, Transition
from wschat.protocol import names
from wschat.protocol.events import Ack, Error
from wschat.protocol.refusals import ErrorCode, Refused
from wschat.protocol.requests import Action, Request

# What to ask instead when a room that the program asks for by itself is refused.
FALLBACKS = ((ErrorCode.NO_SUCH_ROOM, Action.CREATE), (ErrorCode.ROOM_EXISTS, Action.JOIN))


def ask(
    state: ChatState,
    action: Action,
    value: str,
    *,
    line: str = "",
    tag: str | None = None,
    after: int | None = None,
    fallbacks: tuple[tuple[ErrorCode, Action], ...] = (),
) -> Transition:
    """Put a request into the outbox, or refuse what the server would.

    What has no line is the program's own, and goes before all else.
    """
    token = state.token if action is Action.REGISTER else None
    request = Request(action, value, id=f"{state.client_id}-{state.requests}", token=token, after=after)
    pending = PendingRequest(request, line, tag, fallbacks=fallbacks)
    try:
        pending = replace(pending, request=replace(request, value=_checked(action, value)))
    except Refused as refused:
        return refuse(state, pending, refused)
    outbox = (*state.outbox, pending) if line else (pending, *state.outbox)
    return replace(state, outbox=outbox, requests=state.requests + 1), ()


def enter(state: ChatState, room: str) -> Transition:
    """Ask for a room by ourselves; of the one that we are in, for what was missed."""
    after = state.room.after or None if state.room and state.is_in(room) else None
    return ask(state, Action.JOIN, room, after=after, fallbacks=FALLBACKS)


def fall_back(state: ChatState, pending: PendingRequest, code: str) -> Transition | None:
    """Ask for the next fallback of what was refused by this code; None if there is none."""
    match pending.fallbacks:
        case ((by, action), *others) if by == code:
            return ask(state, action, pending.request.value, fallbacks=tuple(others))
    return None


def _checked(action: Action, value: str) -> str:
    """Return the value as the server will take it; raises Refused with the server's own words."""
    match action:
        case Action.REGISTER:
            return names.clean_name(value)
        case Action.CREATE | Action.JOIN:
            return names.clean_name(value, "room's name")
        case Action.MESSAGE:
            return names.clean_message(value)
    return value


def proceed(state: ChatState) -> Transition:
    """Send the next request if none is in flight; quit if that is wanted and nothing is pending."""
    effects: list[Effect] = []
    while state.outbox and state.in_use is not None and state.in_flight is None:
        pending, *rest = state.outbox
        state = replace(state, outbox=tuple(rest))
        if refused := _too_early(state, pending.request):
            state, told = refuse(state, pending, refused)
            effects.extend(told)
        else:
            state = state.with_open(in_flight=pending)
            effects.append(Send(pending.request))
    if state.quitting and not state.pending:
        effects.append(Quit())
    return state, tuple(effects)


def _too_early(state: ChatState, request: Request) -> Refused | None:
    if request.action != Action.REGISTER and state.name is None:
        return Refused(ErrorCode.NOT_REGISTERED, "you have no name yet")
    if request.action in {Action.MESSAGE, Action.LEAVE} and state.room is None:
        return Refused(ErrorCode.NOT_IN_A_ROOM, "you are in no room")
    return None


def answered(state: ChatState, request_id: str | None) -> tuple[ChatState, PendingRequest | None]:
    """Return what this id answers, and have it no more in flight; a late reply answers nothing."""
    pending = state.in_flight
    if pending is None or pending.request.id != request_id:
        return state, None
    return state.with_open(in_flight=None), pending


def refuse(state: ChatState, pending: PendingRequest, refused: Refused | Error) -> Transition:
    """Tell that a request was refused, by the server or by ourselves, and what to do about it."""
    code = refused.code
    return _reject(state, pending, Advice(refused.message or code, HINTS.get(code, "")), code)


def _reject(state: ChatState, pending: PendingRequest, advice: Advice, code: str = "") -> Transition:
    """Tell that a request failed; a message's text goes back to where it was typed."""
    told = Show(RequestFailed(pending.label, *advice, code=code, tag=pending.tag))
    back = RestoreInput(Unsent(pending.line, pending.unconfirmed))
    is_text = pending.request.action == Action.MESSAGE
    return replace(state, refused=True), (told, back) if is_text else (told,)


def fail(state: ChatState, advice: Advice) -> Transition:
    """Show that the request in flight failed, or something else; an echoed message counts as delivered."""
    pending = state.in_flight
    if pending is None:
        return state, (Show(RequestFailed("", *advice)),)
    state = state.with_open(in_flight=None)
    if state.has(pending):
        return state, delivered(state, pending)
    return _reject(state, replace(pending, unconfirmed=True), advice)


def delivered(state: ChatState, pending: PendingRequest, ack: Ack | None = None) -> tuple[Effect, ...]:
    """Tell that a message arrived."""
    room = state.room.name if state.room else ""
    ack = replace(ack or Ack(), id=pending.tag)
    return (Show(Acknowledged(ack, pending.request.action, room)),)


def take_back(state: ChatState) -> Transition:
    """Take back what is in flight on a connection that is given up: nobody knows whether it arrived.

    A message becomes the first of the outbox, with its id; one that was echoed did arrive. A name or room
    that was asked for is to be asked for anew.
    """
    pending, state = state.in_flight, state.with_open(in_flight=None, ping_in_flight=False)
    if pending is None:
        return state, ()
    if pending.request.action == Action.REGISTER:
        return replace(state, wanted_name=pending.request.value), ()
    if pending.request.action in ENTERING:
        return replace(state, wanted_room=pending.request.value), ()
    if state.has(pending):
        return state, delivered(state, pending)
    return replace(state, outbox=(replace(pending, unconfirmed=True), *state.outbox)), ()


def confirm(state: ChatState, room: Room, *, complete: bool) -> Transition:
    """Decide about messages that were in flight at a cut, now that the room has told what it has.

    Those that it does not have are sent again, unless it has forgotten too much to tell (not `complete`).
    """
    outbox: list[PendingRequest] = []
    effects: list[Effect] = []
    for pending in state.outbox:
        if not pending.unconfirmed or pending.request.action != Action.MESSAGE:
            outbox.append(pending)
        elif room.has(pending.request.id):
            effects.extend(delivered(state, pending))
        elif complete:
            outbox.append(replace(pending, unconfirmed=False))
        else:
            state, told = _reject(state, pending, FORGOTTEN)
            effects.extend(told)
    return replace(state, outbox=tuple(outbox)), tuple(effects)
