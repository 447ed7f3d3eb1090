"""A model of the server: two rooms that a Bob never leaves, and connections on which frames are under way."""

from collections.abc import Hashable
from dataclasses import dataclass, field

from tests.support.rooms import Room, Rooms
from wschat.protocol.events import Entry, Error, Event, UserJoined
from wschat.protocol.requests import Request

ROOMS = ("ops", "dev")
REFUSALS = {
    "register": ("busy", "name-taken"),
    "join": ("busy", "full", "no-such-room"),
    "create": ("busy", "full"),
    "leave": ("busy",),
}


@dataclass
class Link:
    """A connection: what came in and is not done, what is done and not delivered."""

    asked: list[Request] = field(default_factory=list)
    outbox: list[Event] = field(default_factory=list)


class Server(Rooms):
    """What the server knows, and what it does with the requests that came."""

    def __init__(self) -> None:
        super().__init__()
        self.links: dict[int, Link] = {}
        self.orphans: list[tuple[Room, Request]] = []  # messages whose connection is gone, and their room
        self.newcomers: list[str] = []
        for room in ROOMS:
            self.answer(room, Request("register", f"bob of {room}"))
            self.answer(room, Request("create", room))

    @property
    def ann(self) -> Hashable | None:
        """The connection on which Ann is in a room, as the server knows it."""
        return next((one for one, name in self.names.items() if name == "ann" and self.room_of(one)), None)

    @property
    def busy(self) -> bool:
        """Tell whether there is something to do."""
        return any(link.asked for link in self.links.values())

    @property
    def on_its_way(self) -> list[tuple[int, Event]]:
        """The frames that have not arrived, and their connections."""
        return [(number, event) for number, link in self.links.items() for event in link.outbox]

    @property
    def said(self) -> list[Entry]:
        """All that was said."""
        return [entry for room in self.rooms.values() for entry in room.log]

    def lose(self, number: int, *, arrives: bool) -> None:
        """End a connection: what was under way in the server may still be done, its outbox is gone."""
        link = self.links.pop(number, None)
        if link and arrives:
            self.orphan(link.asked)

    def orphan(self, requests: list[Request]) -> None:
        """Let messages be stored later."""
        if room := self.room_of(self.ann):
            self.orphans += [(room, request) for request in requests if request.action == "message"]

    def work(self, refusal: int | None = None) -> None:
        """Do the oldest request; or refuse it, in one of the ways in which it may be refused."""
        number = next(number for number, link in sorted(self.links.items()) if link.asked)
        request = self.links[number].asked.pop(0)
        codes = REFUSALS.get(request.action)
        if refusal is None or codes is None:
            event = self.answer(number, request)
        else:
            code = codes[refusal % len(codes)]
            event = Error(code, code, request.id)
            if code == "name-taken":
                self.forget(self.ann)
        self.posts.append((number, event))
        self.deliver()

    def deliver(self) -> None:
        """Send what was told to those who are connected."""
        for to, event in self.posts:
            if to in self.links:
                self.links[to].outbox.append(event)
        self.posts.clear()

    def late_work(self) -> None:
        """Store a message whose connection is gone."""
        room, request = self.orphans.pop(0)
        self.speak("ann", room, request.value, request.id)
        self.deliver()

    def bob_speaks(self, room: str) -> Entry:
        """Let the Bob of a room say something."""
        count = len(self.said)
        entry = self.speak(f"bob of {room}", self.rooms[room], f"bob {count}", f"b{count}")
        self.deliver()
        return entry

    def somebody_joins(self) -> None:
        """Let somebody join the room where Ann is."""
        room = self.room_of(self.ann)
        assert room
        self.newcomers.append(f"max {len(self.newcomers)}")
        self.announce(UserJoined(self.newcomers[-1], room.name), room.members)
        self.deliver()
