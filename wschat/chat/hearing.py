"""What the server says: replies to requests, and what others do and say."""

import json
from dataclasses import replace

from wschat.chat.advice import FUNCTIONS, GATEWAY, REFUSAL_HINTS, Advice
from wschat.chat.conversation import message, moved, notices, say
from wschat.chat.link import found, hang_up, settled
from wschat.chat.requests import Step, ask, delivered, failed, rejected
from wschat.chat.state import ENTERING, Asked, ChatState
from wschat.chat.vocabulary import (
    Back,
    Done,
    Effect,
    Failure,
    Fault,
    InRoom,
    Item,
    Moved,
    Named,
    RoomBorn,
    RoomGone,
    Said,
    Show,
)
from wschat.protocol import events as wire
from wschat.protocol import reader
from wschat.protocol.names import fold
from wschat.protocol.refusals import ErrorCode
from wschat.protocol.requests import Action

UNREADABLE_SHOWN = 300  # characters


def replied(state: ChatState, event: wire.Event) -> Step:
    """Take a frame as the answer to what waits, or as news."""
    match event:
        case wire.Signup(name, rooms, request_id):
            return _signed_up(state, name, rooms, request_id)
        case wire.MultiMessage():
            return _enter(state, event)
        case wire.Ack():
            return _acknowledged(state, event)
        case wire.Error(ErrorCode.UNKNOWN_ACTION, id=None) if state.pinged:
            return replace(state, pinged=False), ()
        case wire.Pong():
            return replace(state, pinged=False, tries=0), ()
        case wire.Error(id=about) if state.waiting and about in {None, state.waiting.request.id}:
            return _refused(state, state.waiting, event)
        case wire.Error(code, message):
            return state, (Show(Failure("", message or code, REFUSAL_HINTS.get(code, ""), code)),)
        case reader.GatewayError(message):
            return _gateway(state, message)
    return _heard(state, event)


def _signed_up(state: ChatState, name: str, rooms: tuple[str, ...], request_id: str | None) -> Step:
    asked = state.waiting
    state = state.answered(request_id)
    if asked is None or state.waiting is asked or asked.request.action != Action.REGISTER:
        return state, ()
    known = state.restoring and state.name == name
    away = bool(state.trouble)
    state = replace(state, name=name, rooms=rooms, wish_name=None)
    told: tuple[Effect, ...] = () if known else (Show(Named(name, rooms, asked.tag)),)
    room = state.wish_room or (state.room if state.restoring else None)
    if room is None:
        state, more = settled(state)
        return state, (*((Show(Back()),) if away else ()), *told, *more)
    after = (state.after or None) if state.is_in(room) else None
    state, more = ask(state, Action.JOIN, room, first=True, after=after)
    return state, (*told, *more)


def _gateway(state: ChatState, message: str) -> Step:
    if state.pinged and (state.waiting is None or message == "Forbidden"):
        return replace(state, pinged=False), ()  # a lab without that route: the frame served all the same
    what, hint = GATEWAY.get(message, Advice(""))
    function = FUNCTIONS.get(state.waiting.request.action, "NAME") if state.waiting else "NAME"
    what = f"{message}: {what}" if what else message
    return _failed(state, Advice(what, hint.format(function=function)))


def _failed(state: ChatState, advice: Advice) -> Step:
    """Let what waits fail; what we had before a cut is asked for again on another connection."""
    asked = state.waiting
    if _is_ours_again(state, asked):
        return hang_up(state, advice.what, fault=Fault.BUSY)
    state, effects = failed(state, advice)
    if state.restoring and asked and not asked.line:
        state, more = settled(state)
        return state, (*effects, *more)
    return state, effects


def _is_ours_again(state: ChatState, asked: Asked | None) -> bool:
    """Tell whether this asks for what we had before a cut: it must not fail for a passing reason."""
    if asked is None or asked.line or not state.restoring or state.name is None:
        return False
    return asked.request.action == Action.REGISTER or state.is_in(asked.request.value)


def _acknowledged(state: ChatState, ack: wire.Ack) -> Step:
    late = next((asked for asked in state.queue if asked.doubtful and asked.request.id == ack.id), None)
    if late and late.request.action == Action.MESSAGE:
        state = replace(state, queue=tuple(asked for asked in state.queue if asked is not late))
        return delivered(state, late, ack.seq, ack.time)
    asked, state = state.waiting, state.answered(ack.id)
    if state.waiting is asked or asked is None:
        return state, ()
    if asked.request.action == Action.MESSAGE:
        return delivered(state, asked, ack.seq, ack.time)
    if asked.request.action != Action.LEAVE:
        return state, ()
    told = Show(Done(Action.LEAVE, state.room or "", asked.tag))
    state, gathered = notices(state)
    return replace(state, room=None, users=(), speakers=(), held=()), (*gathered, told)


def _refused(state: ChatState, asked: Asked, error: wire.Error) -> Step:
    if error.code == ErrorCode.BUSY and state.restoring and not asked.line:
        return hang_up(state, error.message or error.code, fault=Fault.BUSY)
    state = replace(state, waiting=None, early=() if not state.restoring else state.early)
    advice = Advice(error.message or error.code, REFUSAL_HINTS.get(error.code, ""))
    if asked.doubtful and asked.request.action == Action.LEAVE and error.code == ErrorCode.NOT_IN_A_ROOM:
        return replace(state, room=None, users=()), (Show(Done(Action.LEAVE, state.room or "", asked.tag)),)
    if asked.line:
        return rejected(state, asked, advice, error.code)
    if asked.request.action in ENTERING:
        return _kept_out(state, asked, error, advice)
    if asked.request.action == Action.REGISTER:
        state, told = rejected(state, asked, advice, error.code)
        old = state.name
        if old is not None and fold(old) != fold(asked.request.value):  # the new one can't be: the old one
            state, more = ask(replace(state, wish_name=None), Action.REGISTER, old, first=True)
            return state, (*told, *more)
        room = state.wish_room or state.room
        state, more = settled(replace(state, name=None, room=None, users=(), wish_name=None, wish_room=room))
        return state, (*told, *more)
    return rejected(state, asked, advice, error.code)


def _kept_out(state: ChatState, asked: Asked, error: wire.Error, advice: Advice) -> Step:
    match state.detours:
        case ((error.code, action), *others):
            return ask(replace(state, detours=tuple(others)), action, asked.request.value, first=True)
    lost = state.room if state.restoring and state.is_in(asked.request.value) else None
    state = replace(state, wish_room=None, room=None if lost else state.room)
    state, told = rejected(state, asked, advice, error.code)
    state, more = settled(state) if state.restoring else (state, ())
    return state, (*told, *more)


def _enter(state: ChatState, event: wire.MultiMessage) -> Step:
    asked = state.waiting
    state = state.answered(event.id)
    if asked is None or state.waiting is asked or asked.request.action not in ENTERING:
        return state, ()
    again = state.is_in(event.room)
    state, effects = notices(state)
    if not again or asked.request.action == Action.CREATE:
        state = replace(state, seen=(), seen_ids=(), last_seq=0, held=(), speakers=())
        state = replace(state, was_empty=not event.messages)
    last, before = state.last_seq, state.users
    early, away = (*state.held, *state.early), bool(state.trouble)
    state = replace(
        state,
        room=event.room,
        rooms=_with(state.rooms, event.room),
        users=event.users,
        wish_room=None,
        early=(),
        held=(),
    )
    back = again and state.restoring
    state, said = say(state, (*event.messages, *early), room=event.room, missed=back and away)
    first = min((entry.seq for entry in event.messages), default=0)
    truncated = event.truncated and back and first > last + 1
    missed = sum(isinstance(show, Show) and isinstance(show.item, Said) and show.item.missed for show in said)
    if not back:
        effects += (
            *((Show(Back()),) if away else ()),
            Show(InRoom(event.room, event.users, state.name or "", asked.tag)),
        )
    elif away or truncated:
        remade = asked.request.action == Action.CREATE
        effects += (Show(Back(missed, truncated=truncated, remade=remade)), *_difference(state, before))
    state, sent = found(state, complete=not event.truncated)
    state, more = settled(state) if state.restoring else (state, ())
    return state, (*effects, *said, *sent, *more)


def _difference(state: ChatState, before: tuple[str, ...]) -> tuple[Effect, ...]:
    known, here = {fold(user) for user in before}, {fold(user) for user in state.users}
    people = (
        *((user, True) for user in state.users if fold(user) not in known and user != state.name),
        *((user, False) for user in before if fold(user) not in here and user != state.name),
    )
    return (Show(Moved(state.room or "", people)),) if people else ()


def _heard(state: ChatState, event: wire.Event) -> Step:
    match event:
        case wire.ClientMessage():
            return message(state, event)
        case wire.UserJoined(user, room) if state.is_in(room) and user not in state.users:
            return moved(state, user, joined=True)
        case wire.UserLeft(user, room) if state.is_in(room) and user in state.users and user != state.name:
            return moved(state, user, joined=False)
        case wire.SingleRoom(room):
            expected = state.is_in(room) or state.is_entering(room)
            state = replace(state, rooms=_with(state.rooms, room))
            return state, () if expected else _shown(RoomBorn(room))
        case wire.DeleteRoom(room) if not state.is_in(room):
            return replace(state, rooms=_without(state.rooms, room)), _shown(RoomGone(room))
        case reader.Unknown(frame) if not _is_event(frame):
            what = f"the server sent something unreadable: {frame[:UNREADABLE_SHOWN]}"
            return state, (Show(Failure("", what)),)
    return state, ()


def _shown(item: Item) -> tuple[Effect, ...]:
    return (Show(item),)


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
