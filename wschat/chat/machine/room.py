"""One stay in a room: its members, and its messages in order and once, whatever order they come in."""

from collections.abc import Iterable
from dataclasses import replace

from wschat.chat.machine import delivery, news
from wschat.chat.machine.effects import Message, SetTimer, Timer
from wschat.chat.machine.excerpt import excerpt
from wschat.chat.machine.state import ChatState, Room, Turn
from wschat.protocol.events import ClientMessage, UserJoined, UserLeft
from wschat.protocol.limits import LOG_LENGTH
from wschat.protocol.names import fold

SEEN_LENGTH = 2 * LOG_LENGTH
SPEAKERS = 50
REORDER_WAIT = 0.3  # seconds that a message waits for one before it
BELL_PAUSE = 5.0  # seconds from one bell to the next, at least


def show(turn: Turn, messages: Iterable[ClientMessage], *, missed: bool = False) -> None:
    """Show what has not been shown yet, by seq; `missed`: it was said while we were away."""
    for message in sorted(messages, key=lambda message: message.seq):
        author = (fold(message.user), message.id or "")
        if (message.seq and message.seq in turn.room.seen) or (message.id and author in turn.room.seen_ids):
            continue
        if any(getattr(event, "user", None) == message.user for event in turn.state.news or ()):
            news.show(turn)  # nobody speaks before they have joined
        room, mine = turn.room, message.user == turn.room.me
        said = Message(replace(message, room=room.name), room.me, missed=missed and not mine)
        is_heard = mine or not turn.state.ignores(message.user)
        if is_heard:
            _tell(turn, said)
        others = [other for other in room.speakers if other != message.user]
        turn.change_room(
            seen=(*room.seen, message.seq)[-SEEN_LENGTH:] if message.seq else room.seen,
            seen_ids=(*room.seen_ids, author)[-SEEN_LENGTH:] if message.id else room.seen_ids,
            last_seq=max(room.last_seq, message.seq),
            speakers=room.speakers if mine or not is_heard else (message.user, *others)[:SPEAKERS],
        )


def _tell(turn: Turn, said: Message) -> None:
    """Show a message; of the mentions of some seconds the first one rings."""
    rings = said.mention and not said.missed and not turn.room.has_rung
    if rings:
        turn.change_room(has_rung=True)
        turn.emit(SetTimer(Timer.BELL, BELL_PAUSE))
    if excerpt(said.event.message)[1]:
        turn.change_room(cut_short=said)
    turn.emit(said._replace(rings=rings))


def receive(turn: Turn, message: ClientMessage) -> None:
    """Show a message, and what waited for it; or let it wait: for one before it, or for the room's reply."""
    room, restoring = turn.room, turn.state.restoring
    is_early = room.last_seq and message.seq > room.last_seq + 1 and len(room.reorder_buffer) < LOG_LENGTH
    if restoring or is_early:
        turn.change_room(reorder_buffer=(*room.reorder_buffer, message)[-SEEN_LENGTH:])
        if not (restoring or room.reorder_buffer):
            turn.emit(SetTimer(Timer.REORDER, REORDER_WAIT))
        return
    show(turn, (message,))
    while due := [held for held in turn.room.reorder_buffer if held.seq <= turn.room.last_seq + 1]:
        turn.change_room(reorder_buffer=tuple(held for held in turn.room.reorder_buffer if held not in due))
        show(turn, due)


def release(turn: Turn) -> None:
    """Show all that waits in the reorder buffer."""
    waiting = turn.room.reorder_buffer
    turn.change_room(reorder_buffer=())
    show(turn, waiting)


def change_members(turn: Turn, event: UserJoined | UserLeft) -> None:
    """Take note of who joined or left, and tell it, unless they are ignored."""
    room = turn.room
    others = tuple(member for member in room.members if member != event.user)
    members = (*others, event.user) if isinstance(event, UserJoined) else others
    if len(members) == len(room.members) or event.user == room.me:
        return
    turn.change_room(members=members)
    if not turn.state.ignores(event.user):
        news.gather(turn, replace(event, room=room.name))


def difference(turn: Turn, before: tuple[str, ...]) -> tuple[UserJoined | UserLeft, ...]:
    """Return who came and went while we were away."""
    state, room = turn.state, turn.room
    known, here = {*map(fold, before)}, {*map(fold, room.members)}
    came = (UserJoined(user, room.name) for user in room.members if fold(user) not in known)
    went = (UserLeft(user, room.name) for user in before if fold(user) not in here)
    moved: tuple[UserJoined | UserLeft, ...] = (*came, *went)
    return tuple(event for event in moved if event.user != room.me and not state.ignores(event.user))


def fired(turn: Turn, timer: Timer) -> None:
    """Do what a timer of the room is for."""
    match timer, turn.state:
        case Timer.REORDER, ChatState(room=Room(), restoring=False):  # else the reply brings what is between
            release(turn)
        case Timer.BELL, ChatState(room=Room()):
            turn.change_room(has_rung=False)


def flush(turn: Turn) -> None:
    """Show all that waits to be shown, and stay where we are."""
    if turn.state.room:
        release(turn)
    news.show(turn)


def leave(turn: Turn) -> None:
    """Leave the room, once all that waits to be shown is shown: the one way out of it."""
    flush(turn)
    delivery.give_up(turn)
    turn.change(room=None)
