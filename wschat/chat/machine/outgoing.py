"""The requests: asked for, sent one at a time, answered, refused, taken back when the connection is lost.

One request is sent at a time: API Gateway runs the frames of one connection concurrently, so only the
reply to one tells that the next may go.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from wschat.chat.machine.advice import FORGOTTEN, HINTS, Advice
from wschat.chat.machine.effects import Quit, RestoreInput, Send
from wschat.chat.machine.items import Acknowledged, RequestFailed, Unsent
from wschat.chat.machine.state import ENTERING, ChatState, PendingRequest, Turn
from wschat.protocol.events import Ack, Error
from wschat.protocol.names import clean_message, clean_name
from wschat.protocol.refusals import ErrorCode, Refused
from wschat.protocol.requests import Action, Request

# How the server takes a value, if it does not as it is; raises Refused with the server's own words.
CLEANED: dict[str, Callable[[str], str]] = {
    Action.REGISTER: clean_name,
    **dict.fromkeys(ENTERING, partial(clean_name, what="room's name")),
    Action.MESSAGE: clean_message,
}
# What to ask instead when a room that the program asks for by itself is refused.
FALLBACKS = ((ErrorCode.NO_SUCH_ROOM, Action.CREATE), (ErrorCode.ROOM_EXISTS, Action.JOIN))


def ask(turn: Turn, pending: PendingRequest) -> bool:
    """Put a request into the outbox, or refuse what the server would; return whether it is there.

    What has no line is the program's own, and goes before all else.
    """
    state, action = turn.state, pending.request.action
    token = state.token if action == Action.REGISTER else None
    request = replace(pending.request, id=f"{state.client_id}-{state.requests}", token=token)
    try:
        clean = CLEANED.get(action, str)(request.value)
    except Refused as refused:
        refuse(turn, pending, refused)
        return False
    pending = replace(pending, request=replace(request, value=clean))
    outbox = (*state.outbox, pending) if pending.line else (pending, *state.outbox)
    turn.change(outbox=outbox, requests=state.requests + 1)
    return True


def enter(turn: Turn, room: str) -> None:
    """Ask for a room by ourselves; of the one that we are in, for what was missed."""
    after = turn.room.after or None if turn.state.is_in(room) else None
    ask(turn, PendingRequest(Request(Action.JOIN, room, after=after), fallbacks=FALLBACKS))


def proceed(turn: Turn) -> None:
    """Send the next request if none is in flight; quit if that is wanted and nothing is pending."""
    while turn.state.outbox and turn.state.in_use is not None and turn.state.in_flight is None:
        pending, *rest = turn.state.outbox
        turn.change(outbox=tuple(rest))
        if refused := _too_early(turn.state, pending.request):
            refuse(turn, pending, refused)
        else:
            turn.change_open(in_flight=pending)
            turn.emit(Send(pending.request))
    if turn.state.quitting and not turn.state.pending:
        turn.emit(Quit())


def _too_early(state: ChatState, request: Request) -> Refused | None:
    if request.action != Action.REGISTER and state.name is None:
        return Refused(ErrorCode.NOT_REGISTERED, "you have no name yet")
    if request.action in {Action.MESSAGE, Action.LEAVE} and state.room is None:
        return Refused(ErrorCode.NOT_IN_A_ROOM, "you are in no room")
    return None


def refuse(turn: Turn, pending: PendingRequest | None, refused: Refused | Error) -> None:
    """Tell that a request was refused, by the server or by ourselves, and what to do about it."""
    _reject(turn, pending, Advice(refused.message or refused.code, HINTS.get(refused.code, "")), refused.code)


def _reject(turn: Turn, pending: PendingRequest | None, advice: Advice, code: str = "") -> None:
    """Tell that a request, or something else, failed; a message's text goes back to where it was typed."""
    if pending is None:
        turn.emit(RequestFailed("", *advice, code=code))
        return
    is_text = pending.request.action == Action.MESSAGE
    about = "your message" if is_text else f"/{pending.request.action} {pending.request.value}".rstrip()
    turn.change(refused=True)
    turn.emit(RequestFailed(about, *advice, code=code, tag=pending.tag))
    if is_text:
        turn.emit(RestoreInput(Unsent(pending.line, pending.unconfirmed)))


def fail(turn: Turn, advice: Advice) -> None:
    """Show that the request in flight failed, or something else; an echoed message counts as delivered."""
    pending = turn.state.in_flight
    turn.change_open(in_flight=None)
    if pending and turn.state.has(pending):
        delivered(turn, pending)
    else:
        _reject(turn, pending and replace(pending, unconfirmed=True), advice)


def delivered(turn: Turn, pending: PendingRequest, ack: Ack | None = None) -> None:
    """Tell that a message arrived."""
    room = turn.state.room.name if turn.state.room else ""
    turn.emit(Acknowledged(replace(ack or Ack(), id=pending.tag), pending.request.action, room))


def take_back(turn: Turn) -> None:
    """Take back what is in flight on a connection that is given up: nobody knows whether it arrived.

    A message becomes the first of the outbox, with its id; one that was echoed did arrive. A name or room
    that was asked for is to be asked for anew.
    """
    pending = turn.state.in_flight
    turn.change_open(in_flight=None, ping_in_flight=False)
    if pending is None:
        return
    if pending.request.action == Action.REGISTER:
        turn.change(wanted_name=pending.request.value)
    elif pending.request.action in ENTERING:
        turn.change(wanted_room=pending.request.value)
    elif turn.state.has(pending):
        delivered(turn, pending)
    else:
        turn.change(outbox=(replace(pending, unconfirmed=True), *turn.state.outbox))


def confirm(turn: Turn, *, complete: bool) -> None:
    """Decide about messages that were in flight at a cut, now that the room has told what it has.

    Those that it does not have are sent again, unless it has forgotten too much to tell (not `complete`).
    """
    outbox: list[PendingRequest] = []
    for pending in turn.state.outbox:
        if not pending.unconfirmed or pending.request.action != Action.MESSAGE:
            outbox.append(pending)
        elif turn.state.has(pending):
            delivered(turn, pending)
        elif complete:
            outbox.append(replace(pending, unconfirmed=False))
        else:
            _reject(turn, pending, FORGOTTEN)
    turn.change(outbox=tuple(outbox))
