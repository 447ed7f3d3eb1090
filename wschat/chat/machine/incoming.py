"""What the server says: replies to requests, and what others do and say."""

import json
from dataclasses import replace

from wschat.chat.machine import room as rooms
from wschat.chat.machine.advice import FUNCTIONS, GATEWAY, Advice
from wschat.chat.machine.connection import finish_restoring, hang_up
from wschat.chat.machine.events import Fault
from wschat.chat.machine.items import FromServer, Message, Presence, Reconnected, RequestFailed
from wschat.chat.machine.outgoing import ask, confirm, delivered, enter, fail, refuse
from wschat.chat.machine.state import ChatState, Open, PendingRequest, Room, Turn
from wschat.protocol import events as wire
from wschat.protocol.events import ClientMessage, Error, MultiMessage, UserJoined, UserLeft
from wschat.protocol.names import fold
from wschat.protocol.reader import GatewayError, Unknown
from wschat.protocol.refusals import ErrorCode
from wschat.protocol.requests import Action, Request

UNREADABLE_SHOWN = 300  # characters


def received(turn: Turn, event: wire.Event) -> None:
    """Take a frame as the answer to what is in flight, or as news."""
    state = turn.state
    match event:
        case wire.Signup() | MultiMessage() | wire.Ack():
            _answered(turn, event)
        case Error() | GatewayError():
            _failed(turn, event)
        case wire.Pong():
            turn.change(failures=0)
            turn.change_open(ping_in_flight=False)
        case ClientMessage():
            _said(turn, event)
        case UserJoined(_, room) | UserLeft(_, room) if state.is_in(room):
            rooms.change_members(turn, event)
        case wire.SingleRoom(room):
            turn.change(rooms=(*_without(state.rooms, room), room))
            if not (state.is_in(room) or (state.in_flight and state.in_flight.enters(room))):
                turn.emit(FromServer(event))
        case wire.DeleteRoom(room) if not state.is_in(room):
            turn.change(rooms=_without(state.rooms, room))
            turn.emit(FromServer(event))
        case Unknown(frame) if not _is_event(frame):
            what = f"the server sent something unreadable: {frame[:UNREADABLE_SHOWN]}"
            turn.emit(RequestFailed("", what))


def _answered(turn: Turn, reply: wire.Signup | MultiMessage | wire.Ack) -> None:
    """Take the reply to what is in flight; of late ones, that a message arrived after all."""
    pending, outbox = turn.state.in_flight, turn.state.outbox
    if pending and pending.request.id == reply.id:
        turn.change_open(in_flight=None)
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
    if room is None and state.trouble:
        turn.emit(Reconnected())
    if not state.restoring or state.name != signup.name:
        turn.emit(FromServer(replace(signup, id=pending.tag), signup.name))
    turn.change(name=signup.name, rooms=signup.rooms, wanted_name=None)
    if room is None:
        finish_restoring(turn)
    else:
        enter(turn, room)


def _entered(turn: Turn, pending: PendingRequest, reply: MultiMessage) -> None:
    state, me = turn.state, turn.state.name or ""
    away, remade = bool(state.trouble), pending.request.action == Action.CREATE
    was = state.room if state.is_in(reply.room) else None
    before_cut = was if state.restoring else None
    early = pending.early  # what overtook the reply is shown with it
    if was:
        early += was.reorder_buffer
        turn.change_room(reorder_buffer=())
    if was and not remade:
        rooms.show_presence(turn)
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
    turn.change(room=said.room, rooms=(*_without(state.rooms, reply.room), reply.room), wanted_room=None)
    if before_cut is None:
        if away:
            turn.emit(Reconnected())
        turn.emit(FromServer(MultiMessage(reply.room, reply.users, id=pending.tag), me))
    elif away or truncated:
        missed = sum(isinstance(item, Message) and item.missed for item in said.effects)
        turn.emit(Reconnected(missed, truncated, remade))
        if difference := _difference(before_cut.members, turn.room):
            turn.emit(Presence(difference))
    turn.emit(*said.effects)
    confirm(turn, complete=not reply.truncated)
    finish_restoring(turn)


def _difference(before: tuple[str, ...], room: Room) -> tuple[UserJoined | UserLeft, ...]:
    """Return who came and went while we were away."""
    known, here = {*map(fold, before)}, {*map(fold, room.members)}
    came = (UserJoined(user, room.name) for user in room.members if fold(user) not in known)
    went = (UserLeft(user, room.name) for user in before if fold(user) not in here)
    moved: tuple[UserJoined | UserLeft, ...] = (*came, *went)
    return tuple(event for event in moved if event.user != room.me)


def _left(turn: Turn, pending: PendingRequest) -> None:
    rooms.flush(turn)
    delivered(turn, pending)
    rooms.leave(turn)


def _failed(turn: Turn, error: Error | GatewayError) -> None:
    pending = turn.state.in_flight
    match error, turn.state.connection:
        case Error(ErrorCode.UNKNOWN_ACTION, id=None), Open(ping_in_flight=True):
            turn.change_open(ping_in_flight=False)
        case Error(id=about), _ if pending and about in {None, pending.request.id}:
            _refused(turn, pending, error)
        case Error(), _:
            refuse(turn, None, error)
        case GatewayError(message), Open(ping_in_flight=True) if pending is None or message == "Forbidden":
            turn.change_open(ping_in_flight=False)  # a lab without a ping route: it served even so
        case GatewayError(message), _:
            _gateway_failed(turn, pending, message)


def _gateway_failed(turn: Turn, pending: PendingRequest | None, message: str) -> None:
    """Let what is in flight fail; what we had before a cut is asked for again on another connection."""
    what, hint = GATEWAY.get(message, Advice(""))
    function = FUNCTIONS.get(pending.request.action, "NAME") if pending else "NAME"
    what = f"{message}: {what}" if what else message
    if pending and _restores(turn.state, pending):
        hang_up(turn, what, Fault.BUSY)
        return
    fail(turn, Advice(what, hint.format(function=function)))
    if pending and not pending.line:
        _resume_room(turn)


def _restores(state: ChatState, pending: PendingRequest) -> bool:
    """Tell whether this asks for what we had before a cut: it must not fail for a passing reason."""
    if pending.line or not state.restoring or state.name is None:
        return False
    return pending.request.action == Action.REGISTER or state.is_in(pending.request.value)


def _refused(turn: Turn, pending: PendingRequest, error: Error) -> None:
    action, code = pending.request.action, error.code
    if code == ErrorCode.BUSY and turn.state.restoring and not pending.line:
        hang_up(turn, error.message or code, Fault.BUSY)
        return
    turn.change_open(in_flight=None)
    if pending.unconfirmed and action == Action.LEAVE and code == ErrorCode.NOT_IN_A_ROOM:
        _left(turn, pending)
    elif pending.line:
        refuse(turn, pending, error)
    elif action == Action.REGISTER:
        _name_lost(turn, pending, error)
    else:
        match pending.fallbacks:
            case ((by, other), *others) if by == code:
                again = Request(other, pending.request.value)
                ask(turn, PendingRequest(again, fallbacks=tuple(others)))
            case _:
                _kept_out(turn, pending, error)


def _name_lost(turn: Turn, pending: PendingRequest, error: Error) -> None:
    """Take the old name again if a new one was refused; else go on without a name, remembering the room."""
    state = turn.state
    turn.change(wanted_name=None)
    if state.name is not None and fold(state.name) != fold(pending.request.value):
        refuse(turn, pending, error)
        ask(turn, PendingRequest(Request(Action.REGISTER, state.name)))
        return
    turn.change(name=None, wanted_room=state.wanted_room or (state.room.name if state.room else None))
    rooms.leave(turn)
    refuse(turn, pending, error)
    finish_restoring(turn)


def _kept_out(turn: Turn, pending: PendingRequest, error: Error) -> None:
    """Go on without the room; if we were in it before a cut, we are no more."""
    turn.change(wanted_room=None)
    if turn.state.restoring and turn.state.is_in(pending.request.value):
        rooms.leave(turn)
    refuse(turn, pending, error)
    _resume_room(turn)


def _resume_room(turn: Turn) -> None:
    """Enter the room again that we were in before the cut, if there is one; then all is as it can be."""
    if turn.state.restoring and turn.state.room:
        enter(turn, turn.room.name)
    else:
        finish_restoring(turn)


def _said(turn: Turn, message: ClientMessage) -> None:
    """Show a message, unless it overtook the reply that lets us into its room."""
    turn.change_open(active=True)
    state, pending = turn.state, turn.state.in_flight
    if state.room and (not message.room or state.is_in(message.room)):
        rooms.receive(turn, message)
    elif pending and pending.enters(message.room):
        early = (*pending.early, message)[-rooms.SEEN_LENGTH :]
        turn.change_open(in_flight=replace(pending, early=early))


def _is_event(frame: str) -> bool:
    """Tell whether this is an event of a newer server, rather than rubbish."""
    try:
        value = json.loads(frame)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and isinstance(value.get("type"), str)


def _without(rooms: tuple[str, ...], room: str) -> tuple[str, ...]:
    return tuple(other for other in rooms if fold(other) != fold(room))
