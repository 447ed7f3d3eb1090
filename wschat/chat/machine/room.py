"""One stay in a room: its members, and its messages in order and once, whatever order they come in."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from wschat.chat.machine.effects import Effect, SetTimer, Show
from wschat.chat.machine.events import Timer
from wschat.chat.machine.items import Message, Presence
from wschat.protocol.events import ClientMessage, UserJoined, UserLeft
from wschat.protocol.limits import LOG_LENGTH
from wschat.protocol.names import fold

SEEN_LENGTH = 2 * LOG_LENGTH
RECENT = LOG_LENGTH // 2  # messages among which a gap is asked for again after a cut
SPEAKERS = 50
REORDER_WAIT = 0.3  # seconds that a message waits for one before it
PRESENCE_WINDOW = 2.0  # seconds in which joins and leaves become one line


@dataclass(frozen=True)
class Room:
    """A room, from the reply that lets us in until we leave.

    Attributes:
        me: our name in it.
        speakers: who spoke, the latest first.
        was_empty: nothing had been said when we came, so that all that ever was is for us.
        last_seq: the highest seq shown.
        seen: the latest seqs shown: history and news overlap.
        seen_ids: who said it (folded), and the request's id: a message may be stored twice.
        reorder_buffer: messages that overtook one before them.
        presence: joins and leaves to be shown in one line; None: the next is shown at once.
    """

    name: str
    me: str
    members: tuple[str, ...]
    speakers: tuple[str, ...] = ()
    was_empty: bool = False
    last_seq: int = 0
    seen: tuple[int, ...] = ()
    seen_ids: tuple[tuple[str, str], ...] = ()
    reorder_buffer: tuple[ClientMessage, ...] = ()
    presence: tuple[UserJoined | UserLeft, ...] | None = None

    @property
    def after(self) -> int:
        """The seq after which messages may have been missed: the end, or the first gap near it."""
        if self.was_empty and len(self.seen) < RECENT:
            return 0
        recent = sorted(self.seen)[-RECENT:]
        gaps = [seq for seq, following in pairwise(recent) if following != seq + 1]
        return gaps[0] if gaps else self.last_seq

    def has(self, request_id: str | None) -> bool:
        """Tell whether our message of this id was seen in the room."""
        return (fold(self.me), request_id) in self.seen_ids


Transition = tuple[Room, tuple[Effect, ...]]


def show(room: Room, messages: Iterable[ClientMessage], *, missed: bool = False) -> Transition:
    """Show what has not been shown yet, by seq; `missed`: it was said while we were away."""
    effects: list[Effect] = []
    for message in sorted(messages, key=lambda message: message.seq):
        author = (fold(message.user), message.id or "")
        if (message.seq and message.seq in room.seen) or (message.id and author in room.seen_ids):
            continue
        mine = message.user == room.me
        if any(event.user == message.user for event in room.presence or ()):
            room, before = show_presence(room)  # nobody speaks before they have joined
            effects.extend(before)
        shown = replace(message, room=room.name)
        effects.append(Show(Message(shown, room.me, missed=missed and not mine)))
        others = [other for other in room.speakers if other != message.user]
        room = replace(
            room,
            seen=(*room.seen, message.seq)[-SEEN_LENGTH:] if message.seq else room.seen,
            seen_ids=(*room.seen_ids, author)[-SEEN_LENGTH:] if message.id else room.seen_ids,
            last_seq=max(room.last_seq, message.seq),
            speakers=room.speakers if mine else (message.user, *others)[:SPEAKERS],
        )
    return room, tuple(effects)


def receive(room: Room, message: ClientMessage) -> Transition:
    """Show a message, and what waited for it; or let it wait for one before it."""
    if message.seq > room.last_seq + 1 and room.last_seq and len(room.reorder_buffer) < LOG_LENGTH:
        timer = () if room.reorder_buffer else (SetTimer(Timer.REORDER, REORDER_WAIT),)
        return hold_back(room, message), timer
    room, effects = show(room, (message,))
    while due := [held for held in room.reorder_buffer if held.seq <= room.last_seq + 1]:
        rest = tuple(held for held in room.reorder_buffer if held not in due)
        room, more = show(replace(room, reorder_buffer=rest), due)
        effects += more
    return room, effects


def hold_back(room: Room, message: ClientMessage) -> Room:
    """Let a message wait in the reorder buffer."""
    return replace(room, reorder_buffer=(*room.reorder_buffer, message)[-SEEN_LENGTH:])


def release(room: Room) -> Transition:
    """Show all that waits in the reorder buffer."""
    return show(replace(room, reorder_buffer=()), room.reorder_buffer)


def change_members(room: Room, event: UserJoined | UserLeft) -> Transition:
    """Show that somebody joined or left; of a burst only the first at once, the others in one line."""
    others = tuple(member for member in room.members if member != event.user)
    members = (*others, event.user) if isinstance(event, UserJoined) else others
    if len(members) == len(room.members) or event.user == room.me:
        return room, ()
    room = replace(room, members=members)
    event = replace(event, room=room.name)
    if room.presence is not None:
        return replace(room, presence=(*room.presence, event)), ()
    timer = SetTimer(Timer.PRESENCE, PRESENCE_WINDOW)
    return replace(room, presence=()), (Show(Presence((event,))), timer)


def show_presence(room: Room) -> Transition:
    """Show the joins and leaves that have been gathered."""
    shown = (Show(Presence(room.presence)),) if room.presence else ()
    return replace(room, presence=None if room.presence is None else ()), shown


def end_presence_window(room: Room) -> Transition:
    """Show the joins and leaves of a window that is over; without any, the next is shown at once."""
    if not room.presence:
        return replace(room, presence=None), ()
    room, shown = show_presence(room)
    return room, (*shown, SetTimer(Timer.PRESENCE, PRESENCE_WINDOW))


def flush(room: Room) -> Transition:
    """Show all that waits to be shown."""
    room, messages = release(room)
    room, presence = show_presence(room)
    return room, (*messages, *presence)
