"""The requests: asked for, sent one at a time, answered, refused, taken back when the connection is lost.

One request is sent at a time: API Gateway runs the frames of one connection concurrently, so only the
reply to one tells that the next may go.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from wschat.chat.machine import delivery
from wschat.chat.machine.advice import CUT, FORGOTTEN, HINTS, Advice
from wschat.chat.machine.commands import RAW
from wschat.chat.machine.effects import (
    Acknowledged,
    Quit,
    RequestFailed,
    RestoreInput,
    Send,
    SetTimer,
    Timer,
    Unsent,
)
from wschat.chat.machine.state import ENTERING, Fallbacks, PendingRequest, Turn
from wschat.protocol.events import Ack, Error
from wschat.protocol.names import clean_message, clean_name, is_text
from wschat.protocol.refusals import ErrorCode, Refused
from wschat.protocol.requests import Action, Raw, Request


def _clean_raw(text: str) -> str:
    if not is_text(text):
        raise Refused(ErrorCode.BAD_REQUEST, "a frame is text, and this has half a character in it")
    return text


# How the server takes a value, if it does not as it is; raises Refused with the server's own words.
CLEANED: dict[str, Callable[[str], str]] = {
    Action.REGISTER: clean_name,
    **dict.fromkeys(ENTERING, partial(clean_name, what="room's name")),
    Action.MESSAGE: clean_message,
    RAW: _clean_raw,
}
# What to ask instead when a room that the program asks for by itself is refused.
FALLBACKS: Fallbacks = ((ErrorCode.NO_SUCH_ROOM, Action.CREATE), (ErrorCode.ROOM_EXISTS, Action.JOIN))


def ask(
    turn: Turn, request: Request, line: str = "", tag: str | None = None, fallbacks: Fallbacks = ()
) -> bool:
    """Put a request into the outbox, or refuse what the server would; return whether it is there.

    What has no line is the program's own, and goes before all else.
    """
    state = turn.state
    token = state.token if request.action == Action.REGISTER else None
    request = replace(request, id=f"{state.client_id}-{state.requests}", token=token)
    pending = PendingRequest(request, line, tag, fallbacks=fallbacks)
    try:
        value = CLEANED.get(request.action, str)(request.value)
    except Refused as refused:
        reject(turn, pending, refused)
        return False
    pending = replace(pending, request=replace(request, value=value))
    outbox = (*state.outbox, pending) if line else (pending, *state.outbox)
    turn.change(outbox=outbox, requests=state.requests + 1)
    return True


def proceed(turn: Turn) -> None:
    """Send the next request if none is in flight; quit if that is wanted and nothing is pending."""
    while turn.state.outbox and turn.state.in_use is not None and turn.state.in_flight is None:
        pending, *rest = turn.state.outbox
        turn.change(outbox=tuple(rest))
        action = pending.request.action
        if action not in {Action.REGISTER, RAW} and turn.state.name is None:
            reject(turn, pending, Refused(ErrorCode.NOT_REGISTERED, "you have no name yet"))
        elif action in {Action.MESSAGE, Action.LEAVE} and turn.state.room is None:
            reject(turn, pending, Refused(ErrorCode.NOT_IN_A_ROOM, "you are in no room"))
        else:
            _send(turn, pending)
    if turn.state.quitting and not (turn.state.pending or turn.state.listening):
        turn.emit(Quit())


def _send(turn: Turn, pending: PendingRequest) -> None:
    turn.change_open(in_flight=pending)
    turn.emit(Send(pending.request), SetTimer(Timer.REPLY, turn.state.reply_wait))


def title(pending: PendingRequest) -> str:
    """Return what a request is, for people."""
    if pending.request.action == Action.MESSAGE:
        return "your message"
    return f"/{pending.request.action} {pending.request.value}".rstrip()


def reject(turn: Turn, pending: PendingRequest | None, why: Refused | Error | Advice) -> None:
    """Tell that a request, or something else, failed, and what to do about it.

    A message's text goes back to where it was typed.
    """
    if isinstance(why, Advice):
        what, hint, code = why.what, why.hint, ""
    else:
        what, hint, code = why.message or why.code, HINTS.get(why.code, ""), why.code
    if pending is None:
        turn.emit(RequestFailed("", what, hint, code))
        return
    turn.change(refused=True)
    turn.emit(RequestFailed(title(pending), what, hint, code, pending.tag))
    if pending.request.action == Action.MESSAGE:
        turn.emit(RestoreInput(Unsent(pending.line, pending.unconfirmed)))


def answered(turn: Turn, pending: PendingRequest) -> None:
    """Take what is in flight as answered, whatever the answer is."""
    turn.change(silent=turn.state.silent - {pending.request.action})
    turn.change_open(in_flight=None)


def fail(turn: Turn, advice: Advice) -> None:
    """Show that the request in flight failed, or something else; an echoed message counts as delivered."""
    pending = turn.state.in_flight
    turn.change_open(in_flight=None)
    if pending and turn.state.has(pending):
        delivered(turn, pending)
    else:
        reject(turn, pending and replace(pending, unconfirmed=True), advice)


def delivered(turn: Turn, pending: PendingRequest, ack: Ack | None = None) -> None:
    """Tell that a message arrived, or that we left; of a message, whether anybody was told."""
    room = turn.state.room.name if turn.state.room else ""
    turn.emit(Acknowledged(replace(ack or Ack(), id=pending.tag), pending.request.action, room))
    if ack and pending.request.action == Action.MESSAGE:
        delivery.stored(turn, pending, ack)


def take_back(turn: Turn) -> None:
    """Take back what is in flight on a connection that is given up: nobody knows whether it arrived.

    What somebody asked for becomes the first of the outbox, with its id; what was echoed did arrive.
    A name or room that the program asked for by itself is to be asked for anew.
    """
    pending = turn.state.in_flight
    turn.change_open(in_flight=None, ping_in_flight=False)
    if pending is None:
        return
    if isinstance(pending.request, Raw):
        reject(turn, pending, CUT)
    elif pending.request.action == Action.REGISTER and not pending.line:
        turn.change(wanted_name=pending.request.value)
    elif pending.request.action in ENTERING and not pending.line:
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
            reject(turn, pending, FORGOTTEN)
    turn.change(outbox=tuple(outbox))
