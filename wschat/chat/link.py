"""The connection's life: opened, cut, mended, moved; what to do then, and when to try again.

A new connection has a new id on the server, so the name must be taken again and the room entered again.
What was in flight at a cut may or may not have arrived: it is looked for in what the room says then.
"""

import math
from dataclasses import replace

from wschat.chat.advice import Advice
from wschat.chat.requests import Step, ask, delivered, failed, rejected
from wschat.chat.state import DETOURS, ENTERING, Asked, ChatState
from wschat.chat.vocabulary import (
    Alarm,
    Closed,
    Connect,
    Drop,
    Effect,
    Fault,
    GiveUp,
    Listing,
    Lost,
    Opened,
    Send,
    SetAlarm,
    Show,
    Woke,
)
from wschat.protocol.names import fold
from wschat.protocol.requests import Action, Request

# Seconds.
FIRST_PAUSE, LONGEST_PAUSE = 0.7, 30.0  # before a try to connect; it doubles from try to try
FEW_TRIES = 2  # count at most when a cut comes on the way into the room
SHORTEST_PAUSE = {Fault.BUSY: 4.0, Fault.SCOLDED: 60.0}  # of which the client takes at least half
OFFLINE_PAUSE = 1.5  # without a network nobody is bothered, and one that is back shall be used at once
PING_EVERY = 5 * 60.0  # API Gateway ends connections that are idle for 10 minutes
MOVE_AFTER = 105 * 60.0  # ... and all after 2 hours
MOVE_AGAIN = 60.0  # after a try that failed
QUIET = 5.0  # a moment in which nobody says anything
PATIENCE = 9 * 60 // int(QUIET)  # such moments: then it moves, quiet or not

FORGOTTEN = Advice("it may have arrived, or not: the room has forgotten", "look, then say it again")
NO_REPLY = Advice("no reply came in time", "it may have been done all the same")

WELCOME = Listing(
    "connected; three steps to chat:",
    (
        ("1. /register NAME", "take a name"),
        ("2. /create ROOM", "or /join ROOM, if it exists"),
        ("3. type", "Enter sends; /help lists the rest"),
    ),
)


def changed(state: ChatState, event: Opened | Closed | Woke) -> Step:
    """Take note that a connection was opened or closed, or can't be trusted."""
    match event:
        case Opened(number):
            return opened(state, number)
        case Closed():
            return closed(state, event)
    return woke(state)


def opened(state: ChatState, number: int) -> Step:
    """Take the connection into use: the name first, then the room, then what waits."""
    if number != state.attempt:
        return state, (Drop(number),)
    first = not state.been_open
    state = replace(
        doubt(state),
        link=number,
        attempt=None,
        retiring=state.link,
        been_open=True,
        restoring=True,
        detours=DETOURS,
        put_off=0,
        pinged=False,
    )
    alarms = (
        SetAlarm(Alarm.PING, PING_EVERY),
        SetAlarm(Alarm.MOVE, MOVE_AFTER),
    )
    name = state.wish_name or state.name
    if name is None:
        state, more = settled(state)
        return state, (*alarms, *more, *((Show(WELCOME),) if first else ()))
    state, more = ask(state, Action.REGISTER, name, first=True)
    if not state.queue:  # a name that can't be
        state = replace(state, wish_name=None)
        state, settling = settled(state)
        more = (*more, *settling)
    return state, (*alarms, *more)


def settled(state: ChatState) -> Step:
    """Go on as before the cut: all that could be brought back is, so the next cut is a new one.

    Where no name was taken, the server has not shown yet that it does more than open connections.
    """
    tries = state.tries if state.name is None else 0
    retired = (Drop(state.retiring),) if state.retiring is not None else ()
    return replace(state, restoring=False, retiring=None, trouble="", tries=tries), retired


def closed(state: ChatState, event: Closed) -> Step:
    """Mend it, unless that is in vain; a connection that is used no more does not matter."""
    if event.number == state.retiring:
        return replace(state, retiring=None), ()
    if event.number == state.link:
        return lost(state, event)
    if event.number != state.attempt:
        return state, ()
    if state.link is not None:  # it was to move: the old one still serves
        return replace(state, attempt=None), (SetAlarm(Alarm.MOVE, MOVE_AGAIN),)
    state = replace(state, attempt=None)
    if event.fault is Fault.LASTING or not (state.been_open or event.fault is Fault.BUSY):
        return replace(state, over=True), (GiveUp(event.what, event.hint),)
    return _try_again(state, event)


def lost(state: ChatState, event: Closed) -> Step:
    """Do without the connection: keep what was in flight, and try to get another.

    A server that took our name back does its work, so the pauses have no reason to grow on. One that
    closes each connection before it has answered anything is left alone for longer and longer.
    """
    dropped = (Drop(state.retiring),) if state.retiring is not None else ()
    named = state.waiting is not None and state.waiting.request.action in ENTERING
    tries = min(state.tries, FEW_TRIES) if named and event.fault is Fault.PASSING else state.tries
    state = replace(state, link=None, retiring=None, restoring=False, tries=tries)
    if event.fault is Fault.LASTING:
        return replace(state, over=True), (*dropped, GiveUp(event.what, event.hint))
    state, effects = _try_again(doubt(state), event)
    return state, (*dropped, *effects)


def hang_up(state: ChatState, what: str, hint: str = "", fault: Fault = Fault.PASSING) -> Step:
    """Do without the connection by our own decision."""
    if state.link is None:
        return state, ()
    drop = Drop(state.link)
    state, effects = lost(state, Closed(state.link, what, hint, fault))
    return state, (drop, *effects)


def _try_again(state: ChatState, event: Closed) -> Step:
    effects: list[Effect] = []
    if not state.trouble:
        effects.append(Show(Lost(event.what)))
        if state.patience < math.inf:
            effects.append(SetAlarm(Alarm.GIVE_UP, state.patience))
    state = replace(state, trouble=event.what or "no connection")
    if state.attempt is None:
        pause = min(FIRST_PAUSE * 2**state.tries, LONGEST_PAUSE)
        pause = max(pause, SHORTEST_PAUSE.get(event.fault, 0.0))
        offline = event.fault is Fault.OFFLINE
        state, connect = _connect(state, min(pause, OFFLINE_PAUSE) if offline else pause)
        state = replace(state, tries=min(state.tries + (not offline), 10))
        effects.extend(connect)
    return state, tuple(effects)


def _connect(state: ChatState, after: float) -> Step:
    number = state.numbers + 1
    return replace(state, numbers=number, attempt=number), (Connect(number, after),)


def doubt(state: ChatState) -> ChatState:
    """Take back what is in flight: whether it arrived is not known.

    A message stays first in the queue, with its id. A name or room that was asked for becomes what is
    asked for anew.
    """
    asked = state.waiting
    if asked is None:
        return state
    state = replace(state, waiting=None, early=())
    action, value = asked.request.action, asked.request.value
    if action == Action.REGISTER:
        return replace(state, wish_name=value)
    if action in ENTERING:
        return replace(state, wish_room=value)
    return replace(state, queue=(replace(asked, doubtful=True), *state.queue))


def stalled(state: ChatState, asked: Asked) -> Step:
    """Distrust a connection on which no reply comes; the second time, it is the request that fails."""
    if asked.heard or (asked.line and asked.stalls):
        return failed(state, NO_REPLY)
    state = replace(state, waiting=replace(asked, stalls=asked.stalls + 1))
    return hang_up(state, NO_REPLY.what)


def woke(state: ChatState) -> Step:
    """Connect at once: what was open before this machine slept is not any more, whatever it seems."""
    state = replace(state, tries=0)
    if state.link is not None:
        state = replace(state, attempt=None)
        state, effects = hang_up(state, "this machine slept")
    elif state.been_open and not state.over:
        effects = ()
    else:
        return state, ()
    state, connect = _connect(state, 0.0)
    return state, (*(effect for effect in effects if not isinstance(effect, Connect)), *connect)


def rang(state: ChatState, alarm: Alarm) -> Step:
    """Do what an alarm of the connection is for."""
    match alarm:
        case Alarm.PING if state.link is not None:
            state = replace(state, pinged=True)
            return state, (Send(Request(Action.PING)), SetAlarm(Alarm.PING, PING_EVERY))
        case Alarm.MOVE if state.link is not None and state.attempt is None:
            return _move(state)
        case Alarm.GIVE_UP if state.trouble and not state.over:
            state = replace(state, over=True)
            return state, (GiveUp(f"no way back: {state.trouble}", "try again later"),)
    return state, ()


def _move(state: ChatState) -> Step:
    quiet = state.idle and not state.stirred
    if quiet or (state.put_off >= PATIENCE and not state.restoring):
        return _connect(state, 0.0)
    state = replace(state, stirred=False, put_off=state.put_off + 1)
    return state, (SetAlarm(Alarm.MOVE, QUIET),)


def found(state: ChatState, *, complete: bool) -> Step:
    """Decide about messages that were in flight at a cut, now that the room has told what it has.

    Those that it does not have are sent again, unless it has forgotten too much to tell.
    """
    mine = fold(state.name or "")
    arrived = {request_id for who, request_id in state.seen_ids if who == mine}
    queue: list[Asked] = []
    effects: list[Effect] = []
    for asked in state.queue:
        if not asked.doubtful or asked.request.action != Action.MESSAGE:
            queue.append(asked)
        elif asked.heard or asked.request.id in arrived:
            effects.extend(delivered(state, asked)[1])
        elif complete:
            queue.append(replace(asked, doubtful=False))
        else:
            state, told = rejected(state, asked, FORGOTTEN)
            effects.extend(told)
    return replace(state, queue=tuple(queue)), tuple(effects)
