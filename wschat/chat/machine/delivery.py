"""What became of our messages that the server has stored: whether the room was told, and they came back."""

from wschat.chat.machine.effects import SetTimer, Timer, Unheard
from wschat.chat.machine.state import PendingRequest, Stored, Turn
from wschat.protocol.events import Ack

ECHO_WAIT = 2.0  # seconds: a message is waited for at least so long, and at most twice


def stored(turn: Turn, pending: PendingRequest, ack: Ack) -> None:
    """Tell at once if not all who are in the room were told; else wait for it to come back.

    A lab may not say how many were told.
    """
    message = Stored(pending, ack.reached, ack.members)
    if ack.reached == 0 or (ack.reached or 0) < (ack.members or 0):
        _tell(turn, message)
    elif turn.state.room and not turn.state.has(pending):
        turn.change_room(unheard=(*turn.room.unheard, message))
        if len(turn.room.unheard) == 1:
            turn.emit(SetTimer(Timer.ECHO, ECHO_WAIT))


def fired(turn: Turn, timer: Timer) -> None:
    """Tell what has not come back for long enough; what was said before a cut, the room will have to tell."""
    if timer is not Timer.ECHO or turn.state.room is None:
        return
    if turn.state.status == "connected" and not turn.state.restoring:
        waiting = [message for message in turn.room.unheard if not turn.state.has(message.pending)]
        turn.change_room(unheard=tuple(each._replace(waited=True) for each in waiting if not each.waited))
        for message in waiting:
            if message.waited:
                _tell(turn, message)
    if turn.room.unheard:
        turn.emit(SetTimer(Timer.ECHO, ECHO_WAIT))


def give_up(turn: Turn) -> None:
    """Tell what has not come back, as the room is left; but not what others were told."""
    if turn.state.room is None:
        return
    unheard = turn.room.unheard
    turn.change_room(unheard=())
    for message in unheard:
        if not (message.reached or turn.state.has(message.pending)):
            _tell(turn, message)


def _tell(turn: Turn, message: Stored) -> None:
    if not message.reached:
        turn.change(refused=True)
    pending = message.pending
    turn.emit(Unheard(pending.request.value, message.reached, message.members, pending.tag))
