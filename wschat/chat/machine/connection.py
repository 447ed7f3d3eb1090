"""The connection: opened, lost, restored, renewed; when it is tried again, and when no more.

A new connection has a new id on the server, so the name must be taken again and the room entered again.
What was in flight at a cut may or may not have arrived: the room's history tells.
"""

import math
from dataclasses import replace
from typing import NamedTuple

from wschat.chat.machine.advice import NO_REPLY, Fault
from wschat.chat.machine.effects import (
    Close,
    Connect,
    Disconnected,
    GiveUp,
    Listing,
    Notice,
    Send,
    SetTimer,
    Timer,
)
from wschat.chat.machine.outgoing import ask, fail, take_back, title
from wschat.chat.machine.room import flush
from wschat.chat.machine.state import (
    Connecting,
    Online,
    Open,
    PendingRequest,
    Reconnecting,
    Restoring,
    Turn,
)
from wschat.protocol.requests import Action, Raw, Request
from wschat.retry import Backoff

# Seconds.
RECONNECT = Backoff(first=0.7, longest=30.0)  # not one of the policies: a person waits, and says when to stop
PAUSES = {  # the shortest and the longest, before jitter
    Fault.BUSY: (4.0, math.inf),
    Fault.THROTTLED: (60.0, math.inf),
    Fault.OFFLINE: (0.0, 1.5),  # nobody is bothered, and a network that is back shall be used at once
}
KEEPALIVE_EVERY = 5 * 60.0  # API Gateway ends connections that are idle for 10 minutes
RENEW_AFTER = 105 * 60.0  # ... and all after 2 hours
RENEW_AGAIN = 60.0  # after a try that failed
QUIET = 5.0  # without a message: a moment to renew in
MOST_POSTPONED = 9 * 60 // int(QUIET)  # times that it waits for such a moment
LIVED = 5.0  # since all is as before; who answers and hangs up sooner is left alone for longer and longer

MOST_FAILURES = 10  # are counted

WELCOME = Listing(
    "connected; three steps to chat:",
    (
        ("1. /register NAME", "take a name"),
        ("2. /create ROOM", "or /join ROOM, if it exists"),
        ("3. type", "Enter sends; /help lists the rest"),
    ),
)


class Opened(NamedTuple):
    """The connection of this number is open."""

    number: int

    def apply(self, turn: Turn) -> None:
        """Take it into use: the name first, then the room, then what is in the outbox."""
        before = turn.state.connection
        if self.number != before.attempt:
            turn.emit(Close(self.number))
            return
        restoring = Restoring(self.number, retiring=turn.state.in_use, trouble=before.trouble)
        take_back(turn)
        turn.change(connection=restoring)
        turn.emit(SetTimer(Timer.KEEPALIVE, KEEPALIVE_EVERY), SetTimer(Timer.RENEW, RENEW_AFTER))
        name = turn.state.wanted_name or turn.state.name
        if turn.state.repeats(Action.REGISTER):
            return
        if name is None:
            finish_restoring(turn)
            if isinstance(before, Connecting):
                turn.emit(WELCOME)
        elif not ask(turn, Request(Action.REGISTER, name)):
            turn.change(wanted_name=None)
            finish_restoring(turn)


def finish_restoring(turn: Turn) -> None:
    """Go on as before the cut: all that could be restored is, so the next cut is a new one.

    The pauses before it grow on until the connection has lived.
    """
    turn.emit(SetTimer(Timer.LIVED, LIVED))
    match turn.state.connection:
        case Restoring(number, in_flight, ping_in_flight, retiring=retiring):
            turn.change(connection=Online(number, in_flight, ping_in_flight))
            if retiring is not None:
                turn.emit(Close(retiring))


def reinstate(turn: Turn, refused: PendingRequest) -> None:
    """Take name and room again, which the server has forgotten, on this connection; then ask again."""
    before = turn.state.connection
    assert isinstance(before, Open)  # noqa: S101  it was refused on it
    turn.emit(Notice("the server has forgotten you: your name and your room are taken again"))
    outbox = (replace(refused, again=True), *turn.state.outbox)
    turn.change(connection=Restoring(before.number, attempt=before.attempt), outbox=outbox)
    ask(turn, Request(Action.REGISTER, turn.state.name or ""))


class Closed(NamedTuple):
    """The connection of this number is gone, or could not be opened: why, and what a person can do."""

    number: int
    what: str = ""
    hint: str = ""
    fault: Fault = Fault.TRANSIENT

    def apply(self, turn: Turn) -> None:
        """Connect again, unless the fault is permanent; a connection that is used no more does not matter."""
        match turn.state.connection:
            case Restoring(retiring=self.number):
                turn.change_open(retiring=None)
            case Online(attempt=self.number):  # the old one still serves
                turn.change_open(attempt=None)
                turn.emit(SetTimer(Timer.RENEW, RENEW_AGAIN))
            case Connecting(attempt=self.number) if self.fault is not Fault.BUSY:
                _end(turn, self.what, self.hint)
            case Open(self.number) | Reconnecting(attempt=self.number) if self.fault is Fault.PERMANENT:
                _end(turn, self.what, self.hint)
            case Open(self.number):
                _lose(turn, self.what, self.fault)
            case Connecting(attempt=self.number) | Reconnecting(attempt=self.number):
                _try_again(turn, self.what, self.fault)


def _lose(turn: Turn, what: str, fault: Fault) -> None:
    """Do without the connection: take back what was in flight, and connect again."""
    take_back(turn)
    flush(turn)
    match turn.state.connection:
        case Restoring(retiring=int(retiring)):
            turn.emit(Close(retiring))
    _try_again(turn, what, fault)


def _try_again(turn: Turn, what: str, fault: Fault) -> None:
    state, before = turn.state, turn.state.connection
    if not before.trouble:
        turn.emit(Disconnected(what))
        if state.reconnect_limit < math.inf:
            turn.emit(SetTimer(Timer.GIVE_UP, state.reconnect_limit))
    kind = Connecting if isinstance(before, Connecting) else Reconnecting
    renewal = before.attempt if isinstance(before, Open) else None
    turn.change(connection=kind(attempt=renewal, trouble=what or "no connection"))
    if renewal is None:
        shortest, longest = PAUSES.get(fault, (0.0, math.inf))
        _connect(turn, min(max(RECONNECT.pause(state.failures), shortest), longest))
        if fault is not Fault.OFFLINE:
            turn.change(failures=min(state.failures + 1, MOST_FAILURES))


def _end(turn: Turn, what: str, hint: str) -> None:
    """End the chat; what is in flight stays pending, to be told as not confirmed."""
    was_open = not isinstance(turn.state.connection, Connecting)
    if pending := turn.state.in_flight:
        turn.change(outbox=(replace(pending, unconfirmed=True), *turn.state.outbox))
    turn.change(connection=Reconnecting())
    turn.emit(GiveUp(what, hint, was_open))


def _connect(turn: Turn, after: float) -> None:
    number = turn.state.connections + 1
    turn.change(connections=number, connection=replace(turn.state.connection, attempt=number))
    turn.emit(Connect(number, after))


def hang_up(turn: Turn, what: str, fault: Fault = Fault.TRANSIENT) -> None:
    """Do without the connection by our own decision."""
    if turn.state.in_use is not None:
        turn.emit(Close(turn.state.in_use))
        _lose(turn, what, fault)


class Resumed(NamedTuple):
    """This machine slept, so no connection can be trusted."""

    def apply(self, turn: Turn) -> None:
        """Connect at once: what was open before is not any more, whatever it seems."""
        if not isinstance(turn.state.connection, Connecting):
            hang_up(turn, "this machine slept")
            turn.effects = [effect for effect in turn.effects if not isinstance(effect, Connect)]
            turn.change(failures=0)
            _connect(turn, 0.0)


def _unanswered(turn: Turn, pending: PendingRequest) -> None:
    """Say that there is no answer; then don't trust the connection; on the second one, the request fails.

    What is asked of a route that has been silent so far fails at once; but not what we had before a cut. With
    the connection goes what may come late, which could be taken for the answer to something else: API
    Gateway's own frames have no id.
    """
    action = pending.request.action
    if turn.state.has(pending):
        fail(turn, NO_REPLY)
        return
    advice = NO_REPLY.about(action)
    if action in turn.state.silent and not turn.state.had(pending):
        if not pending.line:
            turn.change(**{"wanted_name" if action == Action.REGISTER else "wanted_room": None})
        fail(turn, advice)
        hang_up(turn, NO_REPLY.what)
    elif not pending.late:
        turn.change_open(in_flight=replace(pending, late=True))
        turn.emit(Notice(f"no answer to {title(pending)} yet: {advice.hint}"))
        turn.emit(SetTimer(Timer.REPLY, turn.state.reply_wait))
    else:
        turn.change(silent=turn.state.silent | {action})
        hang_up(turn, NO_REPLY.what)


def fired(turn: Turn, timer: Timer) -> None:
    """Do what a timer of the connection is for."""
    match timer, turn.state.connection:
        case Timer.REPLY, Open(in_flight=PendingRequest(Raw())):
            turn.change_open(in_flight=None)
            turn.emit(Notice(f"no reply within {turn.state.reply_wait:.0f} s: a one-way route sends none"))
        case Timer.REPLY, Open(in_flight=pending) if pending:
            _unanswered(turn, pending)
        case Timer.KEEPALIVE, Open():
            turn.change_open(ping_in_flight=True)
            turn.emit(Send(Request(Action.PING)), SetTimer(Timer.KEEPALIVE, KEEPALIVE_EVERY))
        case Timer.LIVED, Online():
            turn.change(failures=0)
        case Timer.RENEW, Online(attempt=None, postponed=postponed, active=active):
            if postponed < MOST_POSTPONED and (active or not turn.state.idle):
                turn.change_open(active=False, postponed=postponed + 1)
                turn.emit(SetTimer(Timer.RENEW, QUIET))
            else:
                _connect(turn, 0.0)
        case Timer.GIVE_UP, _ if turn.state.connection.trouble:
            _end(turn, f"no way back: {turn.state.connection.trouble}", "try again later")
