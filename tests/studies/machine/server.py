"""A model of the server: two rooms that Bob never leaves, and connections on which frames are under way."""

from dataclasses import dataclass, field

from wschat.protocol.events import (
    Ack,
    ClientMessage,
    Entry,
    Error,
    Event,
    MultiMessage,
    Pong,
    Signup,
    UserJoined,
)
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


@dataclass(frozen=True)
class Place:
    """Where Ann is, as the server knows it: on which connection, in which room."""

    number: int
    room: str


class Server:
    """What the server knows, and what it does with the requests that came."""

    def __init__(self) -> None:
        self.links: dict[int, Link] = {}
        self.ann: Place | None = None
        self.orphans: list[tuple[str, Request]] = []  # messages whose connection is gone, and their room
        self.logs: dict[str, list[Entry]] = {room: [] for room in ROOMS}
        self.newcomers: list[str] = []

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
        return [entry for log in self.logs.values() for entry in log]

    def lose(self, number: int, *, arrives: bool) -> None:
        """End a connection: what was under way in the server may still be done, its outbox is gone."""
        link = self.links.pop(number, None)
        if link and arrives:
            self.orphan(link.asked)

    def orphan(self, requests: list[Request]) -> None:
        """Let messages be stored later."""
        if self.ann:
            self.orphans += [(self.ann.room, request) for request in requests if request.action == "message"]

    def work(self, refusal: int | None = None) -> None:
        """Do the oldest request; or refuse it, in one of the ways in which it may be refused."""
        number = next(number for number, link in sorted(self.links.items()) if link.asked)
        request = self.links[number].asked.pop(0)
        codes = REFUSALS.get(request.action)
        if refusal is None or codes is None:
            event = self._answer(number, request)
        else:
            code = codes[refusal % len(codes)]
            event = Error(code, code, request.id)
            self.ann = None if code == "name-taken" else self.ann
        self.links[number].outbox.append(event)

    def _answer(self, number: int, request: Request) -> Event:
        room = self.ann.room if self.ann else None
        match request.action:
            case "ping":
                return Pong()
            case "register":
                self.ann = Place(number, room) if room else None
                return Signup("ann", ROOMS, request.id)
            case "join":
                self.ann = Place(number, request.value)
                log = self.logs[request.value]
                missed = tuple(entry for entry in log if entry.seq > (request.after or 0))
                return MultiMessage(request.value, ("bob", "ann"), missed, id=request.id)
            case "create":
                return Error("room-exists", "there is one", request.id)
            case "leave" if room:
                self.ann = None
                return Ack(id=request.id)
            case "message" if room:
                entry = self.store(room, "ann", request.value, request.id)
                return Ack(entry.seq, 1, request.id)
        return Error("not-in-a-room", "you are in no room", request.id)

    def store(self, room: str, user: str, text: str, id_: str | None) -> Entry:
        """Keep a message, and post it to Ann if she is there."""
        entry = Entry(user, text, 1000 + len(self.logs[room]), 1, id_)
        self.logs[room].append(entry)
        self._post(room, ClientMessage(user, text, room, entry.seq, 1, id_))
        return entry

    def bob_speaks(self, room: str) -> Entry:
        """Let Bob say something."""
        count = len(self.said)
        return self.store(room, "bob", f"bob {count}", f"b{count}")

    def somebody_joins(self) -> None:
        """Let somebody join the room where Ann is."""
        assert self.ann
        self.newcomers.append(f"max {len(self.newcomers)}")
        self._post(self.ann.room, UserJoined(self.newcomers[-1], self.ann.room))

    def _post(self, room: str, event: Event) -> None:
        if self.ann and self.ann.room == room and self.ann.number in self.links:
            self.links[self.ann.number].outbox.append(event)
