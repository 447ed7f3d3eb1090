"""What answers our requests: who we are, the room that we enter or leave, refusals and failures."""

from dataclasses import replace

from wschat.chat.machine import news, outgoing
from wschat.chat.machine import room as rooms
from wschat.chat.machine.advice import GATEWAY, Advice, Fault
from wschat.chat.machine.answers import answers
from wschat.chat.machine.connection import finish_restoring, hang_up, reinstate
from wschat.chat.machine.effects import FromServer, Message, News, Reconnected
from wschat.chat.machine.names import by_fold, put, without
from wschat.chat.machine.outgoing import FALLBACKS, answered, ask, confirm, delivered, reject
from wschat.chat.machine.state import ENTERING, Open, PendingRequest, Room, Turn
from wschat.protocol import events as wire
from wschat.protocol.events import ClientMessage, Error, MultiMessage
from wschat.protocol.names import fold
from wschat.protocol.reader import GatewayError
from wschat.protocol.refusals import ErrorCode
from wschat.protocol.requests import Action, Request

FORGOTTEN = {ErrorCode.NOT_REGISTERED, ErrorCode.NOT_IN_A_ROOM}  # to who has a name, and a room


def answer(turn: Turn, reply: wire.Signup | MultiMessage | wire.Ack) -> None:
    """Take the reply to what is in flight; of late ones, that a message arrived after all."""
    pending, outbox = turn.state.in_flight, turn.state.outbox
    if pending and answers(pending, reply.type, reply.id):
        answered(turn, pending)
        match reply, pending.request.action:
            case wire.Signup(), Action.REGISTER:
                _signed_up(turn, pending, reply)
            case MultiMessage(), Action.CREATE | Action.JOIN:
                _entered(turn, pending, reply)
            case wire.Ack(), Action.MESSAGE:
                delivered(turn, pending, reply)
            case wire.Ack(), Action.LEAVE:
                _left(turn, pending)
        return
    for late in outbox:
        is_it = late.unconfirmed and late.request.id == reply.id
        if is_it and late.request.action == Action.MESSAGE and isinstance(reply, wire.Ack):
            turn.change(outbox=tuple(other for other in outbox if other is not late))
            delivered(turn, late, reply)


def _signed_up(turn: Turn, pending: PendingRequest, signup: wire.Signup) -> None:
    state, room = turn.state, turn.state.wanted_room
    if room is None and state.room and state.restoring:
        room = state.room.name
    if room is None and state.connection.trouble:
        turn.emit(Reconnected())
    if not state.restoring or state.name != signup.name or pending.line:
        turn.emit(FromServer(replace(signup, id=pending.tag), signup.name))
    turn.change(name=signup.name, rooms=by_fold(signup.rooms), wanted_name=None)
    _enter(turn, room)


def _entered(turn: Turn, pending: PendingRequest, reply: MultiMessage) -> None:
    state, me = turn.state, turn.state.name or ""
    away, remade = bool(state.connection.trouble), pending.request.action == Action.CREATE
    was = state.room if state.is_in(reply.room) else None
    before_cut = was if state.restoring or not pending.line else None
    early = pending.early  # what overtook the reply is shown with it
    if was:
        early += was.reorder_buffer
        turn.change_room(reorder_buffer=())
    if was and not remade:
        news.show(turn)
        turn.change_room(name=reply.room, me=me, members=reply.users)
    else:
        rooms.leave(turn)
        turn.change(room=Room(reply.room, me, reply.users, was_empty=not reply.messages))
    history = [
        ClientMessage(entry.user, entry.content, reply.room, entry.seq, entry.time, entry.id)
        for entry in reply.messages
    ]
    first = min((entry.seq for entry in history), default=0)
    truncated = reply.truncated and first > turn.room.last_seq + 1
    said = Turn(turn.state)
    rooms.show(said, (*history, *early), missed=away and before_cut is not None)
    known = put(state.rooms, reply.room)
    turn.change(room=said.room, rooms=known, wanted_room=None)
    if before_cut is None:
        if away:
            turn.emit(Reconnected())
        turn.emit(FromServer(MultiMessage(reply.room, reply.users, id=pending.tag), me))
    elif away or truncated or remade:
        missed = sum(isinstance(item, Message) and item.missed for item in said.effects)
        turn.emit(Reconnected(missed, truncated, remade))
        if difference := rooms.difference(turn, before_cut.members):
            turn.emit(News(difference))
    turn.emit(*said.effects)
    confirm(turn, complete=not reply.truncated)
    finish_restoring(turn)


def _left(turn: Turn, pending: PendingRequest) -> None:
    rooms.flush(turn)
    delivered(turn, pending)
    rooms.leave(turn)


def fail(turn: Turn, error: Error | GatewayError) -> None:
    """Take a refusal as that of what is in flight, or of a ping; or tell it as it is."""
    pending = turn.state.in_flight
    match error, turn.state.connection:
        case Error(ErrorCode.UNKNOWN_ACTION, id=None), Open(ping_in_flight=True):
            turn.change_open(ping_in_flight=False)
        case Error(id=about), _ if pending and about in {None, pending.request.id}:
            _refused(turn, pending, error)
        case Error(), _:
            reject(turn, None, error)
        case GatewayError(message), Open(ping_in_flight=True) if pending is None or message == "Forbidden":
            turn.change_open(ping_in_flight=False)  # a lab without a ping route: it served even so
        case GatewayError(message), _:
            _gateway_failed(turn, pending, message)


def _gateway_failed(turn: Turn, pending: PendingRequest | None, message: str) -> None:
    advice = GATEWAY.get(message, Advice("")).about(pending.request.action if pending else "")
    what = f"{message}: {advice.what}" if advice.what else message
    fail_request(turn, pending, Advice(what, advice.hint))


def fail_request(turn: Turn, pending: PendingRequest | None, advice: Advice) -> None:
    """Let what is in flight fail; what we had before a cut is asked for again on another connection."""
    if pending and turn.state.had(pending):  # it must not fail for a passing reason
        hang_up(turn, advice.what, Fault.BUSY)
        return
    outgoing.fail(turn, advice)
    if pending and not pending.line:
        _resume_room(turn)
    elif pending:
        _go_on(turn, pending)


def _refused(turn: Turn, pending: PendingRequest, error: Error) -> None:
    action, code = pending.request.action, error.code
    if code == ErrorCode.BUSY and turn.state.restoring and not pending.line:
        hang_up(turn, error.message or code, Fault.BUSY)
        return
    answered(turn, pending)
    if action == Action.LEAVE and code == ErrorCode.NOT_IN_A_ROOM:
        _left(turn, pending)
    elif (
        pending.line and code in FORGOTTEN and turn.state.name and not (pending.again or turn.state.restoring)
    ):
        reinstate(turn, pending)
    elif pending.line:
        reject(turn, pending, error)
        _go_on(turn, pending)
    else:
        match pending.fallbacks:
            case ((by, other), *others) if by == code:
                ask(turn, Request(other, pending.request.value), fallbacks=tuple(others))
            case _:
                _denied(turn, pending, error)


def _denied(turn: Turn, pending: PendingRequest, error: Error) -> None:
    """Go on without the name or the room that we asked for by ourselves; without a name, remember the room.

    If a new name was refused, the old one is taken again.
    """
    state, value = turn.state, pending.request.value
    is_name = pending.request.action == Action.REGISTER
    is_question = not (is_name or state.restoring) and state.is_in(value)  # whether our room is gone
    is_gone = is_question and error.code == ErrorCode.NO_SUCH_ROOM
    was_in = is_gone or (state.restoring and state.is_in(value))
    if is_question and not is_gone:
        return
    if is_name and state.name is not None and fold(state.name) != fold(value):
        turn.change(wanted_name=None)
        reject(turn, pending, error)
        ask(turn, Request(Action.REGISTER, state.name))
        return
    room = state.wanted_room or (state.room.name if state.room else None)
    turn.change(wanted_room=room if is_name else None)
    if is_name:
        turn.change(name=None, wanted_name=None)
    if is_name or was_in:
        rooms.leave(turn)
    if is_gone:
        turn.change(rooms=without(state.rooms, value))
        news.gather(turn, wire.DeleteRoom(value))
    else:
        reject(turn, pending, error)
    _resume_room(turn)


def _go_on(turn: Turn, failed: PendingRequest) -> None:
    """Restore what was before a cut, if that is not done yet: what was asked for at the cut failed."""
    if not turn.state.restoring:
        return
    if failed.request.action != Action.REGISTER or turn.state.name is None:
        _resume_room(turn)
    else:
        ask(turn, Request(Action.REGISTER, turn.state.name))


def _enter(turn: Turn, room: str | None) -> None:
    """Ask for a room by ourselves, of the one that we are in for what was missed; without one, go on."""
    if turn.state.repeats(*ENTERING):
        return
    if room is None:
        finish_restoring(turn)
        return
    after = turn.room.after or None if turn.state.is_in(room) else None
    ask(turn, Request(Action.JOIN, room, after=after), fallbacks=FALLBACKS)


def _resume_room(turn: Turn) -> None:
    """Enter the room again that we were in before the cut, if there is one; then all is as it can be."""
    state = turn.state
    _enter(turn, state.room.name if state.restoring and state.room else None)
