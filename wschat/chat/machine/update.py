"""What each event changes in the chat, and what is to be done about it: `update`, and what is entered.

Texts of events are as they came. Each event applies itself to a turn.
"""

from typing import NamedTuple

from wschat.chat.machine import connection, delivery, effects, news, room
from wschat.chat.machine.advice import Advice
from wschat.chat.machine.client_commands import CLIENT_COMMANDS
from wschat.chat.machine.commands import RAW, parse
from wschat.chat.machine.connection import Closed, Opened, Resumed
from wschat.chat.machine.incoming import Received, Sent
from wschat.chat.machine.outgoing import ask, proceed
from wschat.chat.machine.state import ChatState, Turn
from wschat.protocol.refusals import ErrorCode
from wschat.protocol.requests import Action, Raw, Request

ASKED_BY_PROGRAMS = (Action.REGISTER, Action.CREATE, Action.JOIN, Action.MESSAGE, Action.LEAVE, RAW)


class Requested(NamedTuple):
    """A program wrote a line, to ask for an action, which is None if something is `wrong` with it.

    `tag` is the program's id for the request.
    """

    line: str
    action: str | None = None
    value: str = ""
    tag: str | None = None
    wrong: str = ""

    def apply(self, turn: Turn) -> None:
        """Ask for it, if it is there to be asked for."""
        if self.action in ASKED_BY_PROGRAMS:
            kind = Raw if self.action == RAW else Request
            ask(turn, kind(self.action, self.value), self.line, self.tag)
        elif self.action is None:
            what = f"this is no request: {self.wrong}: {self.line}"
            hint = 'such as {"action": "message", "value": "hello"}'
            _refuse(turn, effects.RequestFailed("", what, hint, ErrorCode.BAD_REQUEST))
        else:
            what, hint = f"there is no action {self.action}", f"one of {', '.join(ASKED_BY_PROGRAMS)}"
            _refuse(turn, effects.RequestFailed("", what, hint, ErrorCode.UNKNOWN_ACTION, self.tag))


class LineEntered(NamedTuple):
    """The person entered a line."""

    line: str

    def apply(self, turn: Turn) -> None:
        """Do what it says."""
        turn.change_open(active=True)
        match parse(self.line):
            case Advice() as advice:
                _refuse(turn, effects.RequestFailed("", advice.what, advice.hint))
            case Request(command, argument) if command in CLIENT_COMMANDS:
                CLIENT_COMMANDS[command](turn, argument)
            case Request(action, value) as request if action != Action.MESSAGE or value.strip():
                ask(turn, request, self.line)


def _refuse(turn: Turn, failure: effects.RequestFailed) -> None:
    turn.change(refused=True)
    turn.emit(failure)


Event = Opened | Closed | Received | Sent | Resumed | effects.Timer | LineEntered | Requested


def update(state: ChatState, event: Event) -> tuple[ChatState, tuple[effects.Effect, ...]]:
    """Return the state after the event, and what is to be done, in order."""
    turn = Turn(state)
    if isinstance(event, effects.Timer):
        connection.fired(turn, event)
        room.fired(turn, event)
        news.fired(turn, event)
        delivery.fired(turn, event)
    else:
        event.apply(turn)
    proceed(turn)
    last = Turn(turn.state)
    if any(isinstance(effect, effects.Quit | effects.GiveUp) for effect in turn.effects):
        room.flush(last)
        delivery.give_up(last)
    return last.state, (*last.effects, *turn.effects)
