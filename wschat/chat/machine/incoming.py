"""What the server says: replies to requests, and what others do and say."""

import json
from dataclasses import replace

from wschat.chat.machine import room as rooms
from wschat.chat.machine.advice import FUNCTIONS, GATEWAY, HINTS, Advice
from wschat.chat.machine.connection import finish_restoring, hang_up
from wschat.chat.machine.effects import Effect, Show
from wschat.chat.machine.events import Fault
from wschat.chat.machine.items import FromServer, Message, Presence, Reconnected, RequestFailed
from wschat.chat.machine.outgoing import answered, ask, confirm, delivered, enter, fail, fall_back, refuse
from wschat.chat.machine.room import Room
from wschat.chat.machine.state import (
    ENTERING,
    ChatState,
    PendingRequest,
    Transition,
    leave_room,
    then,
    with_room,
)
from wschat.protocol import events as wire
from wschat.protocol.events import ClientMessage, Error, MultiMessage, UserJoined, UserLeft
from wschat.protocol.names import fold
from wschat.protocol.reader import GatewayError, Unknown
from wschat.protocol.refusals import ErrorCode
from wschat.protocol.requests import Action

UNREADABLE_SHOWN = 300  # characters


def received(state: ChatState, event: wire.Event) -> Transition:
    """Take a frame as the answer to what is in flight, or as news."""
    match event:
        case wire.Signup():
            return _signed_up(state, event)
        case MultiMessage():
            return _entered(state, event)
        case wire.Ack():
            return _acknowledged(state, event)
        case Error() | GatewayError():
            return _failed(state, event)
        case wire.Pong():
            return replace(state.with_open(ping_in_flight=False), failures=0), ()
        case ClientMessage():
            return _message(state, event)
        case Unknown(frame) if not _is_event(frame):
            what = f"the server sent something unreadable: {frame[:UNREADABLE_SHOWN]}"
            return state, (Show(RequestFailed("", what)),)
    return _news(state, event)


def _signed_up(state: ChatState, signup: wire.Signup) -> Transition:
    state, pending = answered(state, signup.id)
    if pending is None or pending.request.action != Action.REGISTER:
        return state, ()
    effects: tuple[Effect, ...] = ()
    if not state.restoring or state.name != signup.name:
        effects = (Show(FromServer(replace(signup, id=pending.tag), signup.name)),)
    state = replace(state, name=signup.name, rooms=signup.rooms, wanted_name=None)
    room = state.wanted_room
    if room is None and state.room and state.restoring:
        room = state.room.name
    if room is not None:
        return then((state, effects), lambda state: enter(state, room))
    back = (Show(Reconnected()),) if state.trouble else ()
    return then((state, (*back, *effects)), finish_restoring)


def _entered(state: ChatState, reply: MultiMessage) -> Transition:
    state, pending = answered(state, reply.id)
    if pending is None or pending.request.action not in ENTERING:
        return state, ()
    away, remade = bool(state.trouble), pending.request.action == Action.CREATE
    was = state.room if state.is_in(reply.room) else None
    returns = was is not None and state.restoring
    early = pending.early
    if was:  # what overtook the reply is shown with it
        early += was.reorder_buffer
        state = replace(state, room=replace(was, reorder_buffer=()))
    if was and not remade:
        room, effects = rooms.show_presence(replace(was, reorder_buffer=()))
        room = replace(room, name=reply.room, me=state.name or "", members=reply.users)
    else:
        state, effects = leave_room(state)
        room = Room(reply.room, state.name or "", reply.users, was_empty=not reply.messages)
    history = [
        ClientMessage(entry.user, entry.content, room.name, entry.seq, entry.time, entry.id)
        for entry in reply.messages
    ]
    first, last = min((message.seq for message in history), default=0), room.last_seq
    room, said = rooms.show(room, (*history, *early), missed=returns and away)
    state = replace(state, room=room, rooms=_with(state.rooms, room.name), wanted_room=None)
    truncated = reply.truncated and returns and first > last + 1
    if not returns:
        here = MultiMessage(room.name, room.members, id=pending.tag)
        told = (*((Show(Reconnected()),) if away else ()), Show(FromServer(here, room.me)))
    elif away or truncated:
        missed = sum(
            isinstance(show, Show) and isinstance(show.item, Message) and show.item.missed for show in said
        )
        told = (Show(Reconnected(missed, truncated, remade)), *_difference(room, was.members if was else ()))
    else:
        told = ()
    entered = (state, (*effects, *told, *said))
    return then(
        then(entered, lambda state: confirm(state, room, complete=not reply.truncated)), finish_restoring
    )


def _difference(room: Room, before: tuple[str, ...]) -> tuple[Effect, ...]:
    """Tell who came and went while we were away."""
    known, here = {fold(user) for user in before}, {fold(user) for user in room.members}
    events: tuple[UserJoined | UserLeft, ...] = (
        *(
            UserJoined(user, room.name)
            for user in room.members
            if fold(user) not in known and user != room.me
        ),
        *(UserLeft(user, room.name) for user in before if fold(user) not in here and user != room.me),
    )
    return (Show(Presence(events)),) if events else ()


def _acknowledged(state: ChatState, ack: wire.Ack) -> Transition:
    for pending in state.outbox:
        if pending.unconfirmed and pending.request.id == ack.id and pending.request.action == Action.MESSAGE:
            rest = tuple(other for other in state.outbox if other is not pending)
            return replace(state, outbox=rest), delivered(state, pending, ack)
    state, answer_to = answered(state, ack.id)
    match answer_to:
        case PendingRequest(request) if request.action == Action.MESSAGE:
            return state, delivered(state, answer_to, ack)
        case PendingRequest(request) if request.action == Action.LEAVE:
            return _left(state, answer_to)
    return state, ()


def _left(state: ChatState, pending: PendingRequest) -> Transition:
    left, shown = leave_room(state)
    return left, (*shown, *delivered(state, pending))


def _failed(state: ChatState, error: Error | GatewayError) -> Transition:
    pending = state.in_flight
    match error:
        case Error(ErrorCode.UNKNOWN_ACTION, id=None) if state.ping_in_flight:
            return state.with_open(ping_in_flight=False), ()
        case Error(id=about) if pending and about in {None, pending.request.id}:
            return _refused(state, pending, error)
        case Error(code, message):
            return state, (Show(RequestFailed("", message or code, HINTS.get(code, ""), code)),)
        case GatewayError(message) if state.ping_in_flight and (pending is None or message == "Forbidden"):
            return state.with_open(ping_in_flight=False), ()  # a lab without a ping route: it served even so
        case GatewayError(message):
            return _gateway_failed(state, pending, message)


def _gateway_failed(state: ChatState, pending: PendingRequest | None, message: str) -> Transition:
    """Let what is in flight fail; what we had before a cut is asked for again on another connection."""
    what, hint = GATEWAY.get(message, Advice(""))
    function = FUNCTIONS.get(pending.request.action, "NAME") if pending else "NAME"
    what = f"{message}: {what}" if what else message
    if pending and _restores(state, pending):
        return hang_up(state, what, fault=Fault.BUSY)
    failed = fail(state, Advice(what, hint.format(function=function)))
    return then(failed, _resume_room) if pending and not pending.line else failed


def _restores(state: ChatState, pending: PendingRequest) -> bool:
    """Tell whether this asks for what we had before a cut: it must not fail for a passing reason."""
    if pending.line or not state.restoring or state.name is None:
        return False
    return pending.request.action == Action.REGISTER or state.is_in(pending.request.value)


def _refused(state: ChatState, pending: PendingRequest, error: Error) -> Transition:
    action, code = pending.request.action, error.code
    if code == ErrorCode.BUSY and state.restoring and not pending.line:
        return hang_up(state, error.message or code, fault=Fault.BUSY)
    state = state.with_open(in_flight=None)
    if pending.unconfirmed and action == Action.LEAVE and code == ErrorCode.NOT_IN_A_ROOM:
        return _left(state, pending)
    if pending.line:
        return refuse(state, pending, error)
    if action == Action.REGISTER:
        return _name_lost(state, pending, error)
    return fall_back(state, pending, code) or _kept_out(state, pending, error)


def _name_lost(state: ChatState, pending: PendingRequest, error: Error) -> Transition:
    """Take the old name again if a new one was refused; else go on without a name, remembering the room."""
    old, state = state.name, replace(state, wanted_name=None)
    if old is not None and fold(old) != fold(pending.request.value):
        return then(refuse(state, pending, error), lambda state: ask(state, Action.REGISTER, old))
    wanted = state.wanted_room or (state.room.name if state.room else None)
    left = leave_room(replace(state, name=None, wanted_room=wanted))
    return then(then(left, lambda state: refuse(state, pending, error)), finish_restoring)


def _kept_out(state: ChatState, pending: PendingRequest, error: Error) -> Transition:
    """Go on without the room; if we were in it before a cut, we are no more."""
    was_in = state.restoring and state.is_in(pending.request.value)
    state = replace(state, wanted_room=None)
    left = leave_room(state) if was_in else (state, ())
    return then(then(left, lambda state: refuse(state, pending, error)), _resume_room)


def _resume_room(state: ChatState) -> Transition:
    """Enter the room again that we were in before the cut, if there is one; then all is as it can be."""
    return enter(state, state.room.name) if state.restoring and state.room else finish_restoring(state)


def _message(state: ChatState, message: ClientMessage) -> Transition:
    """Show a message, unless it overtook the reply that lets us into its room."""
    room, pending = state.room, state.in_flight
    if room and (not message.room or state.is_in(message.room)):
        step = (rooms.hold_back(room, message), ()) if state.restoring else rooms.receive(room, message)
        return with_room(state, step)
    if pending and pending.enters(message.room):
        early = (*pending.early, message)[-rooms.SEEN_LENGTH :]
        state = state.with_open(in_flight=replace(pending, early=early))
    return state, ()


def _news(state: ChatState, event: wire.Event) -> Transition:
    match event:
        case UserJoined(_, room) | UserLeft(_, room) if state.room and state.is_in(room):
            return with_room(state, rooms.change_members(state.room, event))
        case wire.SingleRoom(room):
            expected = state.is_in(room) or (state.in_flight and state.in_flight.enters(room))
            state = replace(state, rooms=_with(state.rooms, room))
            return state, () if expected else (Show(FromServer(event)),)
        case wire.DeleteRoom(room) if not state.is_in(room):
            return replace(state, rooms=_without(state.rooms, room)), (Show(FromServer(event)),)
    return state, ()


def _is_event(frame: str) -> bool:
    """Tell whether this is an event of a newer server, rather than rubbish."""
    try:
        value = json.loads(frame)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and isinstance(value.get("type"), str)


def _with(rooms: tuple[str, ...], room: str) -> tuple[str, ...]:
    return (*_without(rooms, room), room)


def _without(rooms: tuple[str, ...], room: str) -> tuple[str, ...]:
    return tuple(other for other in rooms if fold(other) != fold(room))
