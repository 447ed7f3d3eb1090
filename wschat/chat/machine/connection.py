"""The connection: opened, lost, restored, renewed; when it is tried again, and when no more.

A new connection has a new id on the server, so the name must be taken again and the room entered again.
What was in flight at a cut may or may not have arrived: the room's history tells.
"""

import math
from dataclasses import replace

from wschat.chat.machine.advice import NO_REPLY
from wschat.chat.machine.effects import Close, Connect, Effect, GiveUp, Send, SetTimer, Show
from wschat.chat.machine.events import Closed, Fault, Timer
from wschat.chat.machine.items import Disconnected, Listing
from wschat.chat.machine.outgoing import ask, fail, take_back
from wschat.chat.machine.state import (
    ENTERING,
    ChatState,
    Connecting,
    Ended,
    Online,
    Open,
    PendingRequest,
    Reconnecting,
    Restoring,
    Transition,
    flush_room,
    then,
)
from wschat.protocol.requests import Action, Request
from wschat.retry import Backoff

# Seconds.
RECONNECT = Backoff(first=0.7, longest=30.0)  # not one of the policies: a person waits, and says when to stop
SHORTEST_PAUSE = {Fault.BUSY: 4.0, Fault.THROTTLED: 60.0}  # before jitter
OFFLINE_PAUSE = 1.5  # without a network nobody is bothered, and one that is back shall be used at once
KEEPALIVE_EVERY = 5 * 60.0  # API Gateway ends connections that are idle for 10 minutes
RENEW_AFTER = 105 * 60.0  # ... and all after 2 hours
RENEW_AGAIN = 60.0  # after a try that failed
QUIET = 5.0  # without a message: a moment to renew in
MOST_POSTPONED = 9 * 60 // int(QUIET)  # times that it waits for such a moment

FEW_FAILURES = 2  # count at most when the connection is lost on the way into the room
MOST_FAILURES = 10  # are counted

WELCOME = Listing(
    "connected; three steps to chat:",
    (
        ("1. /register NAME", "take a name"),
        ("2. /create ROOM", "or /join ROOM, if it exists"),
        ("3. type", "Enter sends; /help lists the rest"),
    ),
)


def opened(state: ChatState, number: int) -> Transition:
    """Take the connection into use: the name first, then the room, then what is in the outbox."""
    if number != state.connection.attempt:
        return state, (Close(number),)
    is_first = isinstance(state.connection, Connecting)
    restoring = Restoring(number, retiring=state.in_use, trouble=state.trouble)
    state, effects = take_back(state)
    state = replace(state, connection=restoring)
    effects += (SetTimer(Timer.KEEPALIVE, KEEPALIVE_EVERY), SetTimer(Timer.RENEW, RENEW_AFTER))
    name = state.wanted_name or state.name
    if name is None:
        state, more = finish_restoring(state)
        return state, (*effects, *more, *((Show(WELCOME),) if is_first else ()))
    asked, more = ask(state, Action.REGISTER, name)
    if asked.requests == state.requests:  # a name that can't be
        asked, settling = finish_restoring(replace(asked, wanted_name=None))
        more += settling
    return asked, (*effects, *more)


def finish_restoring(state: ChatState) -> Transition:
    """Go on as before the cut: all that could be restored is, so the next cut is a new one.

    Where no name was taken, the server has not shown yet that it does more than open connections.
    """
    state = state if state.name is None else replace(state, failures=0)
    if not isinstance(state.connection, Restoring):
        return state, ()
    restored = state.connection
    online = Online(restored.number, restored.in_flight, restored.ping_in_flight)
    retired = (Close(restored.retiring),) if restored.retiring is not None else ()
    return replace(state, connection=online), retired


def closed(state: ChatState, event: Closed) -> Transition:
    """Connect again, unless the fault is permanent; a connection that is used no more does not matter."""
    match state.connection:
        case Restoring(retiring=event.number):
            return state.with_open(retiring=None), ()
        case Online(attempt=event.number):  # the old one still serves
            return state.with_open(attempt=None), (SetTimer(Timer.RENEW, RENEW_AGAIN),)
        case Connecting(attempt=event.number) if event.fault is not Fault.BUSY:
            return _end(state, event.what, event.hint)
        case Open(event.number) | Reconnecting(attempt=event.number) if event.fault is Fault.PERMANENT:
            return _end(state, event.what, event.hint)
        case Open(event.number):
            return _lose(state, event)
        case Connecting(attempt=event.number) | Reconnecting(attempt=event.number):
            return _try_again(state, event)
    return state, ()


def _lose(state: ChatState, event: Closed) -> Transition:
    """Do without the connection: take back what was in flight, and connect again.

    A server that took our name back does its work, so the pauses have no reason to grow on. One that
    closes each connection before it has answered anything is left alone for longer and longer.
    """
    named = state.in_flight is not None and state.in_flight.request.action in ENTERING
    if named and event.fault is Fault.TRANSIENT:
        state = replace(state, failures=min(state.failures, FEW_FAILURES))
    state, effects = then(take_back(state), flush_room)
    match state.connection:
        case Restoring(retiring=int(retiring)):
            effects += (Close(retiring),)
    return then((state, effects), lambda state: _try_again(state, event))


def _try_again(state: ChatState, event: Closed) -> Transition:
    effects: list[Effect] = []
    if not state.trouble:
        effects.append(Show(Disconnected(event.what)))
        if state.reconnect_limit < math.inf:
            effects.append(SetTimer(Timer.GIVE_UP, state.reconnect_limit))
    trouble = event.what or "no connection"
    match state.connection:
        case Online(attempt=int(attempt)):  # it was being renewed
            return replace(state, connection=Reconnecting(attempt=attempt, trouble=trouble)), tuple(effects)
    state, connect = _connect(state, _pause(state, event.fault), trouble)
    is_offline = event.fault is Fault.OFFLINE
    failures = state.failures if is_offline else min(state.failures + 1, MOST_FAILURES)
    return replace(state, failures=failures), (*effects, *connect)


def _end(state: ChatState, what: str, hint: str) -> Transition:
    """End the chat; what is in flight stays pending, to be told as not confirmed."""
    pending, was_open = state.in_flight, not isinstance(state.connection, Connecting)
    outbox = (replace(pending, unconfirmed=True), *state.outbox) if pending else state.outbox
    return replace(state, connection=Ended(), outbox=outbox), (GiveUp(what, hint, was_open),)


def _pause(state: ChatState, fault: Fault) -> float:
    pause = RECONNECT.pause(state.failures)
    if fault is Fault.OFFLINE:
        return min(pause, OFFLINE_PAUSE)
    return max(pause, SHORTEST_PAUSE.get(fault, 0.0))


def _connect(state: ChatState, after: float, trouble: str) -> Transition:
    number = state.connections + 1
    kind = Connecting if isinstance(state.connection, Connecting) else Reconnecting
    connection = kind(attempt=number, trouble=trouble)
    return replace(state, connections=number, connection=connection), (Connect(number, after),)


def hang_up(state: ChatState, what: str, fault: Fault = Fault.TRANSIENT) -> Transition:
    """Do without the connection by our own decision."""
    if state.in_use is None:
        return state, ()
    close = Close(state.in_use)
    state, effects = _lose(state, Closed(state.in_use, what, fault=fault))
    return state, (close, *effects)


def reply_timed_out(state: ChatState, pending: PendingRequest) -> Transition:
    """Distrust a connection on which no reply comes; the second time, it is the request that fails."""
    if state.has(pending) or (pending.line and pending.timeouts):
        return fail(state, NO_REPLY)
    state = state.with_open(in_flight=replace(pending, timeouts=pending.timeouts + 1))
    return hang_up(state, NO_REPLY.what)


def resumed(state: ChatState) -> Transition:
    """Connect at once: what was open before this machine slept is not any more, whatever it seems."""
    if isinstance(state.connection, Connecting | Ended):
        return state, ()
    state, effects = hang_up(state, "this machine slept")
    state, connect = _connect(replace(state, failures=0), 0.0, state.trouble)
    return state, (*(effect for effect in effects if not isinstance(effect, Connect)), *connect)


def fired(state: ChatState, timer: Timer) -> Transition:
    """Do what a timer of the connection is for."""
    match timer, state.connection:
        case Timer.KEEPALIVE, Open():
            state = state.with_open(ping_in_flight=True)
            return state, (Send(Request(Action.PING)), SetTimer(Timer.KEEPALIVE, KEEPALIVE_EVERY))
        case Timer.RENEW, Online(attempt=None) as online:
            return _renew(state, online)
        case Timer.GIVE_UP, _ if state.trouble:
            return _end(state, f"no way back: {state.trouble}", "try again later")
    return state, ()


def _renew(state: ChatState, online: Online) -> Transition:
    if online.postponed < MOST_POSTPONED and (online.active or not state.idle):
        state = state.with_open(active=False, postponed=online.postponed + 1)
        return state, (SetTimer(Timer.RENEW, QUIET),)
    number = state.connections + 1
    return replace(state.with_open(attempt=number), connections=number), (Connect(number, 0.0),)
