"""What each event changes in the chat, and what is to be done about it."""

from dataclasses import replace

from wschat.chat import conversation, hearing, link
from wschat.chat.commands import HELP, Call, Mistake, Say, parse
from wschat.chat.requests import Step, ask, proceed, tell
from wschat.chat.state import ChatState
from wschat.chat.vocabulary import (
    Alarm,
    Closed,
    Entered,
    Event,
    Failure,
    Garbled,
    GiveUp,
    Lag,
    Listing,
    Names,
    NoReply,
    Notice,
    Opened,
    Quit,
    Rang,
    Received,
    Show,
    Wanted,
    Woke,
)
from wschat.protocol.refusals import ErrorCode
from wschat.protocol.requests import Action

ASKED_BY_PROGRAMS = (Action.REGISTER, Action.CREATE, Action.JOIN, Action.MESSAGE, Action.LEAVE)


def update(state: ChatState, event: Event) -> Step:
    """Return the state after the event, and what is to be done, in order."""
    if state.over:
        return state, ()
    state, effects = _react(state, event)
    if not state.over:
        state, more = proceed(state)
        effects = (*effects, *more)
    if any(isinstance(effect, Quit | GiveUp) for effect in effects):
        state, last = conversation.flush(state)
        effects = (*last, *effects)
    return state, effects


def _react(state: ChatState, event: Event) -> Step:
    match event:
        case Received(heard):
            return hearing.replied(state, heard)
        case Entered(line):
            return _entered(replace(state, stirred=True), line)
        case Wanted() | Garbled():
            return _wanted(state, event)
        case Opened() | Closed() | Woke():
            return link.changed(state, event)
        case NoReply(request_id) if state.waiting and state.waiting.request.id == request_id:
            return link.stalled(state, state.waiting)
        case Rang(Alarm.NOTICES | Alarm.HELD as alarm):
            return conversation.rang(state, alarm)
        case Rang(alarm):
            return link.rang(state, alarm)
        case Lag(seconds):
            return replace(state, lag=seconds), ()
    return state, ()


def _wanted(state: ChatState, wanted: Wanted | Garbled) -> Step:
    if isinstance(wanted, Garbled):
        what, hint = f"this is no request: {wanted.line}", 'such as {"action": "message", "value": "hello"}'
        failure = Failure("", what, hint, ErrorCode.BAD_REQUEST)
    elif wanted.action in ASKED_BY_PROGRAMS:
        return ask(state, Action(wanted.action), wanted.value, line=wanted.line, tag=wanted.tag)
    else:
        what, hint = f"there is no action {wanted.action}", f"one of {', '.join(ASKED_BY_PROGRAMS)}"
        failure = Failure("", what, hint, ErrorCode.UNKNOWN_ACTION, wanted.tag)
    return replace(state, refused=True), (Show(failure),)


def _entered(state: ChatState, line: str) -> Step:
    match parse(line):
        case Say(text):
            return ask(state, Action.MESSAGE, text, line=line) if text.strip() else (state, ())
        case Mistake(what, hint):
            return replace(state, refused=True), (Show(Failure("", what, hint)),)
        case Call("rooms"):
            return state, (_list(Names(state.rooms), "no rooms yet; /create ROOM makes one"),)
        case Call("users"):
            return state, (_list(Names(state.users, state.room or ""), "you are in no room; /join ROOM"),)
        case Call("help"):
            return state, (Show(Listing("commands and keys:", HELP)),)
        case Call("quit"):
            return _quit(state)
        case Call(action, argument):
            return ask(state, Action(action), argument, line=line)


def _quit(state: ChatState) -> Step:
    if state.quitting:
        return state, (Quit(),)
    waits = "waiting for replies" if state.link is not None else "not all is sent, and there is no connection"
    told = (tell(f"{waits}; /quit again ends at once"),) if state.pending else ()
    return replace(state, quitting=True), told


def _list(names: Names, otherwise: str) -> Show:
    return Show(names if names.names else Notice(otherwise))
