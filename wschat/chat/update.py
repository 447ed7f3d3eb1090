"""What each event changes in the chat, and what is to be done about it.

One request is sent at a time: API Gateway runs the frames of one connection concurrently, so only the
reply to one tells that the next may go.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace

from wschat import protocol
from wschat.chat.advice import FUNCTIONS, GATEWAY, LOCAL_REFUSALS, REFUSAL_HINTS, Advice
from wschat.chat.commands import HELP, Call, Mistake, Say, parse
from wschat.chat.state import ENTERING, Asked, ChatState, Status
from wschat.chat.vocabulary import (
    Closed,
    Effect,
    Entered,
    Event,
    Failure,
    GiveBack,
    Listing,
    NoReply,
    Notice,
    Opened,
    Quit,
    Received,
    Said,
    Send,
    Show,
)
from wschat.protocol import LOG_LENGTH, Action, Entry, ErrorCode, Refused, Request, fold

NAMES_SHOWN = 12  # in one line; /users lists all
UNREADABLE_SHOWN = 300  # characters
SEEN_LENGTH = 2 * LOG_LENGTH

Step = tuple[ChatState, tuple[Effect, ...]]

WELCOME = Listing(
    "connected; three steps to chat:",
    (
        ("1. /register NAME", "take a name"),
        ("2. /create ROOM", "or /join ROOM, if it exists"),
        ("3. type", "Enter sends; /help lists the rest"),
    ),
)


def update(state: ChatState, event: Event) -> Step:
    """Return the state after the event, and what is to be done, in order."""
    state, effects = _react(state, event)
    state, more = _proceed(state)
    return state, (*effects, *more)


def _react(state: ChatState, event: Event) -> Step:
    match event:
        case Opened():
            state = replace(state, status=Status.OPEN)
            if state.wish_name is None:
                return state, (Show(WELCOME),)
            return _ask(state, Action.REGISTER, state.wish_name, first=True)
        case Closed():
            return replace(state, status=Status.CLOSED), ()
        case Entered(line):
            return _entered(state, line)
        case Received(heard):
            return _replied(state, heard)
        case NoReply(request_id) if state.waiting and state.waiting.request.id == request_id:
            return _failed(state, Advice("no reply came in time", "it may have been done all the same"))
    return state, ()


def _proceed(state: ChatState) -> Step:
    effects: list[Effect] = []
    while state.queue and state.waiting is None and state.status is Status.OPEN:
        asked, *rest = state.queue
        state = replace(state, queue=tuple(rest))
        lacking = _lacking(state, asked.request)
        if lacking is None:
            state = replace(state, waiting=asked)
            effects.append(Send(asked.request))
        else:
            state, told = _rejected(state, asked, LOCAL_REFUSALS[lacking], REFUSAL_HINTS[lacking])
            effects.extend(told)
    if state.quitting and (not state.pending or state.status is Status.CLOSED):
        effects.append(Quit())
    return state, tuple(effects)


def _lacking(state: ChatState, request: Request) -> ErrorCode | None:
    if request.action != Action.REGISTER and state.name is None:
        return ErrorCode.NOT_REGISTERED
    if request.action in {Action.MESSAGE, Action.LEAVE} and state.room is None:
        return ErrorCode.NOT_IN_A_ROOM
    return None


def _entered(state: ChatState, line: str) -> Step:
    match parse(line):
        case Say(text):
            return _ask(state, Action.MESSAGE, text, line=line) if text.strip() else (state, ())
        case Mistake(what, hint):
            return replace(state, refused=True), (Show(Failure("", what, hint)),)
        case Call("rooms"):
            return state, (_list("rooms:", state.rooms, "no rooms yet; /create ROOM makes one"),)
        case Call("users"):
            return state, (_list(f"in {state.room}:", state.users, "you are in no room; /join ROOM"),)
        case Call("help"):
            return state, (Show(Listing("commands:", HELP)),)
        case Call("quit"):
            if state.quitting:
                return state, (Quit(),)
            told = (_tell("waiting for replies; /quit again ends at once"),) if state.pending else ()
            return replace(state, quitting=True), told
        case Call(action, argument):
            return _ask(state, Action(action), argument, line=line)


def _ask(state: ChatState, action: Action, value: str, *, line: str = "", first: bool = False) -> Step:
    request = Request(action, value, id=f"{state.client_id}-{state.requests}")
    try:
        request = replace(request, value=_checked(action, value))
    except Refused as refused:
        return _rejected(state, Asked(request, line), refused.message)
    if action is Action.REGISTER:
        request = replace(request, token=state.token)
    asked = Asked(request, line)
    queue = (asked, *state.queue) if first else (*state.queue, asked)
    return replace(state, queue=queue, requests=state.requests + 1), ()


def _checked(action: Action, value: str) -> str:
    """Return the value as the server will take it; raises Refused with the server's own words."""
    match action:
        case Action.REGISTER:
            return protocol.clean_name(value)
        case Action.CREATE | Action.JOIN:
            return protocol.clean_name(value, "room's name")
        case Action.MESSAGE:
            return protocol.clean_message(value)
    return value


def _rejected(state: ChatState, asked: Asked, what: str, hint: str = "") -> Step:
    told = Show(Failure(asked.label, what, hint))
    is_text = asked.request.action == Action.MESSAGE
    return replace(state, refused=True), (told, GiveBack(asked.line)) if is_text else (told,)


def _failed(state: ChatState, advice: Advice) -> Step:
    if state.waiting is None:
        return state, (Show(Failure("", *advice)),)
    return _rejected(replace(state, waiting=None, early=()), state.waiting, *advice)


def _replied(state: ChatState, event: protocol.Event) -> Step:
    match event:
        case protocol.Signup(name, rooms, request_id):
            state = replace(state.answered(request_id), name=name, rooms=rooms)
            told = _tell(f"you are {name}; " + (f"rooms: {_some(rooms)}" if rooms else "no rooms yet"))
            if state.wish_room is None:
                return state, (told,)
            state, more = _ask(state, Action.JOIN, state.wish_room, first=True)
            return state, (told, *more)
        case protocol.MultiMessage():
            return _enter(state, event)
        case protocol.Ack(id=request_id):
            return _acknowledged(state, request_id)
        case protocol.Error(id=about) if state.waiting and about in {None, state.waiting.request.id}:
            return _refused(state, state.waiting, event)
        case protocol.Error(code, message):
            return state, (Show(Failure("", message or code, REFUSAL_HINTS.get(code, ""))),)
        case protocol.GatewayError(message):
            what, hint = GATEWAY.get(message, Advice(""))
            function = FUNCTIONS[state.waiting.request.action] if state.waiting else "NAME"
            what = f"{message}: {what}" if what else message
            return _failed(state, Advice(what, hint.format(function=function)))
    return _heard(state, event)


def _acknowledged(state: ChatState, request_id: str | None) -> Step:
    asked, state = state.waiting, state.answered(request_id)
    if state.waiting is asked or asked is None or asked.request.action != Action.LEAVE:
        return state, ()
    return replace(state, room=None, users=()), (_tell(f"you left {state.room}"),)


def _refused(state: ChatState, asked: Asked, error: protocol.Error) -> Step:
    state = replace(state, waiting=None, early=())
    if not asked.line and asked.request.action in ENTERING:
        match state.detours:
            case ((error.code, action), *others):
                return _ask(replace(state, detours=tuple(others)), action, asked.request.value, first=True)
        state = replace(state, wish_room=None)
    return _rejected(state, asked, error.message or error.code, REFUSAL_HINTS.get(error.code, ""))


def _enter(state: ChatState, event: protocol.MultiMessage) -> Step:
    if not state.is_in(event.room):
        state = replace(state, seen=())
    early, state = state.early, state.answered(event.id)
    state = replace(
        state,
        room=event.room,
        rooms=_with(state.rooms, event.room),
        users=event.users,
        wish_room=None,
        early=(),
    )
    others = [user for user in event.users if user != state.name]
    company = f"with {_some(others)}" if others else "nobody else is here yet"
    state, said = _say(state, (*event.messages, *early))
    return state, (_tell(f"you are in {event.room}, {company}"), *said)


def _say(state: ChatState, entries: Iterable[Entry]) -> Step:
    said: list[Effect] = []
    for entry in sorted(entries, key=lambda entry: entry.seq):
        if entry.seq and entry.seq in state.seen:
            continue
        said.append(Show(Said(entry.user, entry.content, entry.time, mine=entry.user == state.name)))
        state = replace(state, seen=(*state.seen, entry.seq)[-SEEN_LENGTH:])
    return state, tuple(said)


def _heard(state: ChatState, event: protocol.Event) -> Step:
    match event:
        case protocol.ClientMessage(user, message, room, seq, time, request_id):
            entry = Entry(user, message, seq, time, request_id)
            if state.room is not None and (not room or state.is_in(room)):
                return _say(state, (entry,))
            return (replace(state, early=(*state.early, entry)) if state.is_entering(room) else state), ()
        case protocol.UserJoined(user, room) if state.is_in(room) and user not in state.users:
            return replace(state, users=(*state.users, user)), (_tell(f"{user} joined"),)
        case protocol.UserLeft(user, room) if state.is_in(room) and user != state.name:
            users = tuple(other for other in state.users if other != user)
            return replace(state, users=users), (_tell(f"{user} left"),)
        case protocol.SingleRoom(room):
            expected = state.is_in(room) or state.is_entering(room)
            state = replace(state, rooms=_with(state.rooms, room))
            return state, () if expected else (_tell(f"new room: {room}"),)
        case protocol.DeleteRoom(room) if not state.is_in(room):
            state = replace(state, rooms=_without(state.rooms, room))
            return state, (_tell(f"{room} is gone: nobody was left in it"),)
        case protocol.Unknown(frame) if not _is_event(frame):
            return _failed(state, Advice(f"the server sent something unreadable: {frame[:UNREADABLE_SHOWN]}"))
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


def _some(names: Sequence[str]) -> str:
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _tell(text: str) -> Show:
    return Show(Notice(text))


def _list(heading: str, names: Sequence[str], otherwise: str) -> Show:
    return Show(Listing(heading, tuple((name, "") for name in names)) if names else Notice(otherwise))
