"""The lab's rooms in memory, as simple as they can be: what is answered, and who is told of what."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from wschat.protocol import events
from wschat.protocol.events import Ack, Entry, Error, Event, MultiMessage, Signup
from wschat.protocol.limits import LOG_LENGTH
from wschat.protocol.names import clean_message, clean_name, fold
from wschat.protocol.refusals import ErrorCode, Refused
from wschat.protocol.requests import Request
from wschat.protocol.skeleton import keys

START = 1_700_000_000_000
PAGE = {"new-room": "create", "join-room": "join", "dispatch": "message", "leave-room": "leave"}
"""The actions of the lab's own page, and what they are."""
Reply = Signup | MultiMessage | Ack | Error


@dataclass
class Room:
    """A room; its seqs begin with `first`, which rises over the deaths of rooms.

    It is `due` once nobody has come back to it for as long as a name is reserved.
    """

    name: str
    first: int
    members: list[Hashable] = field(default_factory=list)
    log: list[Entry] = field(default_factory=list)
    due: bool = False

    def store(self, user: str, text: str, id_: str | None = None) -> Entry:
        """Keep a message in the log."""
        seq = self.log[-1].seq + 1 if self.log else self.first
        self.log.append(Entry(user, text, seq, START, id_))
        return self.log[-1]

    def history(self, after: int) -> tuple[tuple[Entry, ...], bool]:
        """Return what was said after a seq, and whether some of it is missing."""
        said = [entry for entry in self.log if entry.seq > after]
        last = self.log[-1].seq if self.log else 0
        return tuple(said[-LOG_LENGTH:]), last - max(after, self.first - 1) > LOG_LENGTH


@dataclass
class Rooms:
    """Connections, with the name that each has or an empty one, and the rooms by their folded names.

    `posts` is what has been told to whom. Who is `gone` is met as soon as there is something to tell. Who has
    a token is `away` then, and keeps name and place until it is `due`; after that the name is `reserved`,
    unless it is `expired` by then.
    """

    names: dict[Hashable, str] = field(default_factory=dict)
    tokens: dict[str, str | None] = field(default_factory=dict)
    rooms: dict[str, Room] = field(default_factory=dict)
    gone: set[Hashable] = field(default_factory=set)
    away: set[Hashable] = field(default_factory=set)
    due: set[Hashable] = field(default_factory=set)
    expired: set[Hashable] = field(default_factory=set)
    reserved: dict[str, str] = field(default_factory=dict)
    posts: list[tuple[Any, Event]] = field(default_factory=list)
    lasting: bool = False  # rooms stay when nobody is in them, as if others were
    births: int = 0

    def answer(self, me: Hashable, request: Request) -> Event:
        """Do what a connection asks for; return the reply."""
        if request.action == "ping":
            return events.Pong()
        try:
            action = PAGE.get(request.action, request.action)
            reply: Reply = getattr(self, f"_{action}", _unknown)(me, request)
        except Refused as refused:
            reply = Error(refused.code, refused.message)
        return replace(reply, id=request.id)

    def forget(self, me: Hashable, *, goodbye: bool = True) -> None:
        """Take a connection out of its room, and its name from it."""
        for each in (self.away, self.due, self.expired):
            each.discard(me)
        name = self.names.pop(me, "")
        self._move(me, name, goodbye=goodbye)

    def cut_off(self, me: Hashable) -> None:
        """Deal with a connection that has ended without goodbye."""
        name = self.names.get(me, "")
        token = self.tokens.get(fold(name))
        if me in self.due:
            if token and me not in self.expired:
                self.reserved[fold(name)] = token
            self.forget(me, goodbye=False)
        elif me not in self.away and name and token:
            self.away.add(me)
        elif me not in self.away:
            self.forget(me)

    def pass_grace(self) -> None:
        """Let so much time go by that whoever is cut off keeps a place no longer."""
        self.due |= self.away

    def pass_reservation(self) -> None:
        """Let so much time go by that whoever is cut off has no name any more, and no room."""
        self.pass_grace()
        self.expired |= self.away
        self.reserved.clear()
        for room in self.rooms.values():
            room.due = room.due or not self.there(room)

    @property
    def registered(self) -> list[Hashable]:
        """The connections that have a name: they alone are told of rooms made or gone."""
        return [one for one, name in self.names.items() if name]

    def room_of(self, me: Hashable) -> Room | None:
        """Return the room in which a connection is."""
        return next((room for room in self.rooms.values() if me in room.members), None)

    def there(self, room: Room) -> list[Hashable]:
        """Return the members who are not cut off."""
        return [one for one in room.members if one not in self.away]

    def speak(self, user: str, room: Room, text: str, id_: str | None = None) -> Entry:
        """Store a message, and tell the room."""
        entry = room.store(user, text, id_)
        said = events.ClientMessage(user, text, room.name, entry.seq, entry.time, id_)
        self.announce(said, room.members)
        return entry

    def announce(self, event: Event, people: Iterable[Hashable]) -> None:
        """Tell people of an event."""
        for one in [*people]:
            if one not in self.gone:
                self.posts.append((one, event))
            elif one in self.names:
                self.cut_off(one)

    def _register(self, me: Hashable, request: Request) -> Reply:
        name, room = clean_name(request.value), self.room_of(me)
        names = {one: other for one, other in self.names.items() if one not in self.expired}
        owner = next((one for one, other in names.items() if other and fold(other) == fold(name)), None)
        if room and owner != me:
            raise Refused(ErrorCode.IN_A_ROOM, "leave the room before you take another name")
        if owner is None and self.reserved.get(fold(name), request.token) != request.token:
            raise Refused(ErrorCode.NAME_TAKEN, f"somebody was {name} just now")
        others = [*(names[one] for one in names if one not in {me, owner}), *self.reserved]
        if any(_alike(name, other) for other in others if fold(other) != fold(name)):
            raise Refused(ErrorCode.NAME_TAKEN, f"somebody looks like {name}")
        if room:
            self.tokens[fold(name)] = request.token
        else:
            self._take(me, name, request.token, owner)
        return Signup(self.names[me], tuple(each.name for each in self.rooms.values() if not each.due))

    def _take(self, me: Hashable, name: str, token: str | None, owner: Hashable | None) -> None:
        if owner not in {None, me}:
            if token is None or self.tokens[fold(name)] != token:
                raise Refused(ErrorCode.NAME_TAKEN, f"somebody is {name} already")
            self.names[owner] = ""
            for room in self.rooms.values():
                room.members[:] = [me if one == owner else one for one in room.members]
            if owner in self.away:
                self.forget(owner)
        self.names[me], self.tokens[fold(name)] = name, token
        self.reserved.pop(fold(name), None)

    def _create(self, me: Hashable, request: Request) -> Reply:
        name, user = clean_name(request.value), self._registered(me)
        self._end_overdue()
        if fold(name) in self.rooms:
            raise Refused(ErrorCode.ROOM_EXISTS, "there is such a room")
        if any(_alike(name, room.name) for room in self.rooms.values()):
            raise Refused(ErrorCode.BAD_REQUEST, "a room looks like it")
        room = self.rooms[fold(name)] = Room(name, START + 1_000 * self.births)
        self.births += 1
        self._move(me, user, room)
        self.announce(events.SingleRoom(name), self.registered)
        return MultiMessage(name, (user,))

    def _join(self, me: Hashable, request: Request) -> Reply:
        room, user = self.rooms.get(fold(clean_name(request.value))), self._registered(me)
        if room and me not in room.members:
            self._end_overdue()
        if room is None or room.due:
            raise Refused(ErrorCode.NO_SUCH_ROOM, f"there is no room {request.value}")
        comes = me not in room.members
        if comes:
            self._move(me, user, room)
        users = tuple(self.names[one] for one in room.members if one not in self.due)
        if comes:
            self.announce(events.UserJoined(user, room.name), [one for one in room.members if one != me])
        return MultiMessage(room.name, users, *room.history(request.after or 0))

    def _message(self, me: Hashable, request: Request) -> Reply:
        text, user, room = clean_message(request.value), self._registered(me), self.room_of(me)
        if room is None:
            raise Refused(ErrorCode.NOT_IN_A_ROOM, "join a room first")
        entry = self.speak(user, room, text, request.id)
        members = len(self.there(room))
        return Ack(entry.seq, entry.time, reached=members, members=members)

    def _leave(self, me: Hashable, _request: Request) -> Reply:
        user = self._registered(me)
        if self.room_of(me) is None:
            raise Refused(ErrorCode.NOT_IN_A_ROOM, "you are in no room")
        self._move(me, user)
        return Ack()

    def _registered(self, me: Hashable) -> str:
        if name := self.names.get(me):
            return name
        raise Refused(ErrorCode.NOT_REGISTERED, "register a name first")

    def _end_overdue(self) -> None:
        for key in [key for key, room in self.rooms.items() if room.due]:
            self.announce(events.DeleteRoom(self.rooms.pop(key).name), self.registered)

    def _move(self, me: Hashable, user: str, to: Room | None = None, *, goodbye: bool = True) -> None:
        left = self.room_of(me)
        if left:
            left.members.remove(me)
        if to:
            to.members.append(me)
        if left and (not goodbye or self.there(left) or not self.due.issuperset(left.members)):
            self.announce(events.UserLeft(user, left.name), left.members)
        elif left and not self.lasting:
            del self.rooms[fold(left.name)]
            self.announce(events.DeleteRoom(left.name), self.registered)


def _alike(name: str, other: str) -> bool:
    return not set(keys(name)).isdisjoint(keys(other))


def _unknown(_me: Hashable, _request: Request) -> NoReturn:
    raise Refused(ErrorCode.UNKNOWN_ACTION, "there is no such action")
