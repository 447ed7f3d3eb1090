"""What each event changes in the chat, and what is to be done about it."""

from dataclasses import replace

from wschat.chat.machine import connection, events, room
from wschat.chat.machine.commands import HELP, BadCommand, Say, SlashCommand, parse
from wschat.chat.machine.effects import GiveUp, Quit, Show
from wschat.chat.machine.events import Event, Malformed, Requested, Timer
from wschat.chat.machine.incoming import received
from wschat.chat.machine.items import Listing, Members, Notice, RequestFailed, Rooms
from wschat.chat.machine.outgoing import ask, proceed
from wschat.chat.machine.state import ChatState, Ended, Transition, flush_room, then, with_room
from wschat.protocol.events import ClientMessage
from wschat.protocol.refusals import ErrorCode
from wschat.protocol.requests import Action

ASKED_BY_PROGRAMS = (Action.REGISTER, Action.CREATE, Action.JOIN, Action.MESSAGE, Action.LEAVE)


def update(state: ChatState, event: Event) -> Transition:
    """Return the state after the event, and what is to be done, in order."""
    if isinstance(state.connection, Ended):
        return state, ()
    state, effects = then(_react(state, event), proceed)
    if any(isinstance(effect, Quit | GiveUp) for effect in effects):
        state, last = flush_room(state)
        effects = (*last, *effects)
    return state, effects


def _react(state: ChatState, event: Event) -> Transition:
    match event:
        case events.Received(frame, latency):
            state = state if latency is None else replace(state, latency=latency)
            state = state.with_open(active=True) if isinstance(frame, ClientMessage) else state
            return received(state, frame)
        case events.LineEntered(line):
            return _line_entered(state.with_open(active=True), line)
        case Requested() | Malformed():
            return _requested(state, event)
        case events.Opened(number):
            return connection.opened(state, number)
        case events.Closed():
            return connection.closed(state, event)
        case events.Resumed():
            return connection.resumed(state)
        case events.ReplyTimedOut(request_id) if state.in_flight and state.in_flight.request.id == request_id:
            return connection.reply_timed_out(state, state.in_flight)
        case Timer():
            return _fired(state, event)
    return state, ()


def _fired(state: ChatState, timer: Timer) -> Transition:
    if timer not in {Timer.REORDER, Timer.PRESENCE}:
        return connection.fired(state, timer)
    if state.room is None:
        return state, ()
    if timer is Timer.PRESENCE:
        return with_room(state, room.end_presence_window(state.room))
    # While the room is being entered again, the reply brings what is between.
    return (state, ()) if state.restoring else with_room(state, room.release(state.room))


def _requested(state: ChatState, event: Requested | Malformed) -> Transition:
    match event:
        case Malformed(line):
            what, hint = f"this is no request: {line}", 'such as {"action": "message", "value": "hello"}'
            failure = RequestFailed("", what, hint, ErrorCode.BAD_REQUEST)
        case Requested(action, value, tag, line) if action in ASKED_BY_PROGRAMS:
            return ask(state, Action(action), value, line=line, tag=tag)
        case Requested(action, tag=tag):
            what, hint = f"there is no action {action}", f"one of {', '.join(ASKED_BY_PROGRAMS)}"
            failure = RequestFailed("", what, hint, ErrorCode.UNKNOWN_ACTION, tag)
    return replace(state, refused=True), (Show(failure),)


def _line_entered(state: ChatState, line: str) -> Transition:
    match parse(line):
        case Say(text):
            return ask(state, Action.MESSAGE, text, line=line) if text.strip() else (state, ())
        case BadCommand(what, hint):
            return replace(state, refused=True), (Show(RequestFailed("", what, hint)),)
        case SlashCommand("rooms"):
            none = Notice("no rooms yet; /create ROOM makes one")
            return state, (Show(Rooms(state.rooms) if state.rooms else none),)
        case SlashCommand("users"):
            nowhere = Notice("you are in no room; /join ROOM")
            return state, (Show(Members(state.room.name, state.room.members) if state.room else nowhere),)
        case SlashCommand("help"):
            return state, (Show(Listing("commands and keys:", HELP)),)
        case SlashCommand("quit"):
            return _quit(state)
        case SlashCommand(action, argument):
            return ask(state, Action(action), argument, line=line)


def _quit(state: ChatState) -> Transition:
    if state.quitting:
        return state, (Quit(),)
    waits = (
        "waiting for replies" if state.in_use is not None else "not all is sent, and there is no connection"
    )
    told = (Show(Notice(f"{waits}; /quit again ends at once")),) if state.pending else ()
    return replace(state, quitting=True), told
