"""What each event changes in the chat, and what is to be done about it."""

from wschat.chat.machine import connection, events, room
from wschat.chat.machine.advice import Advice
from wschat.chat.machine.commands import HELP, Entered, parse
from wschat.chat.machine.effects import Effect, GiveUp, Quit
from wschat.chat.machine.events import Event, Requested, Timer
from wschat.chat.machine.incoming import received
from wschat.chat.machine.items import Listing, Members, Notice, RequestFailed, Rooms
from wschat.chat.machine.outgoing import ask, proceed
from wschat.chat.machine.state import ChatState, Ended, PendingRequest, Turn
from wschat.protocol.refusals import ErrorCode
from wschat.protocol.requests import Action, Request

ASKED_BY_PROGRAMS = (Action.REGISTER, Action.CREATE, Action.JOIN, Action.MESSAGE, Action.LEAVE)


def update(state: ChatState, event: Event) -> tuple[ChatState, tuple[Effect, ...]]:
    """Return the state after the event, and what is to be done, in order."""
    if isinstance(state.connection, Ended):
        return state, ()
    turn = Turn(state)
    _react(turn, event)
    proceed(turn)
    last = Turn(turn.state)
    if any(isinstance(effect, Quit | GiveUp) for effect in turn.effects):
        room.flush(last)
    return last.state, (*last.effects, *turn.effects)


def _react(turn: Turn, event: Event) -> None:
    match event:
        case events.Received(frame, latency):
            if latency is not None:
                turn.change(latency=latency)
            received(turn, frame)
        case events.LineEntered(line):
            turn.change_open(active=True)
            _line_entered(turn, line)
        case Requested():
            _requested(turn, event)
        case events.Opened(number):
            connection.opened(turn, number)
        case events.Closed():
            connection.closed(turn, event)
        case events.Resumed():
            connection.resumed(turn)
        case Timer():
            connection.fired(turn, event)
            room.fired(turn, event)


def _requested(turn: Turn, event: Requested) -> None:
    line, action, value, tag = event
    if action in ASKED_BY_PROGRAMS:
        ask(turn, PendingRequest(Request(action, value), line, tag))
    elif action is None:
        what, hint = f"this is no request: {line}", 'such as {"action": "message", "value": "hello"}'
        _refuse(turn, RequestFailed("", what, hint, ErrorCode.BAD_REQUEST))
    else:
        what, hint = f"there is no action {action}", f"one of {', '.join(ASKED_BY_PROGRAMS)}"
        _refuse(turn, RequestFailed("", what, hint, ErrorCode.UNKNOWN_ACTION, tag))


def _line_entered(turn: Turn, line: str) -> None:
    rooms, room = turn.state.rooms, turn.state.room
    match parse(line):
        case Advice() as advice:
            _refuse(turn, RequestFailed("", *advice))
        case Entered("rooms"):
            turn.emit(Rooms(rooms) if rooms else Notice("no rooms yet; /create ROOM makes one"))
        case Entered("users"):
            turn.emit(Members(room.name, room.members) if room else Notice("you are in no room; /join ROOM"))
        case Entered("help"):
            turn.emit(Listing("commands and keys:", HELP))
        case Entered("quit"):
            _quit(turn)
        case Entered(action, value) if action != Action.MESSAGE or value.strip():
            ask(turn, PendingRequest(Request(action, value), line))


def _refuse(turn: Turn, failure: RequestFailed) -> None:
    turn.change(refused=True)
    turn.emit(failure)


def _quit(turn: Turn) -> None:
    if turn.state.quitting:
        turn.emit(Quit())
    elif turn.state.pending:
        is_open = turn.state.in_use is not None
        waits = "waiting for replies" if is_open else "not all is sent, and there is no connection"
        turn.emit(Notice(f"{waits}; /quit again ends at once"))
    turn.change(quitting=True)
