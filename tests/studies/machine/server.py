"""A model of the server: two rooms that a Bob never leaves, and connections on which frames are under way."""

from collections.abc import Hashable

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


class Server(Rooms):
    """What the server knows, and what it does with the requests that came.

    `links` are the connections, with what came in and is not done; `posts` is what is done and not delivered.
    """

    def __init__(self) -> None:
        super().__init__()
        self.links: dict[int, list[Request]] = {}
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
        return any(self.links.values())

    @property
    def on_its_way(self) -> list[tuple[int, Event]]:
        """The frames that have not arrived, and their connections."""
        return [(to, event) for to, event in self.posts if to in self.links]

    @property
    def said(self) -> list[Entry]:
        """All that was said."""
        return [entry for room in self.rooms.values() for entry in room.log]

    def lose(self, number: int, *, arrives: bool) -> None:
        """End a connection: what came in may still be done, what was not delivered is lost."""
        asked = self.links.pop(number, [])
        if arrives:
            self.orphan(asked)

    def orphan(self, requests: list[Request]) -> None:
        """Let messages be stored later."""
        if room := self.room_of(self.ann):
            self.orphans += [(room, request) for request in requests if request.action == "message"]

    def work(self, refusal: int | None = None) -> None:
        """Do the oldest request; or refuse it, in one of the ways in which it may be refused."""
        number = min(number for number, asked in self.links.items() if asked)
        request = self.links[number].pop(0)
        codes = REFUSALS.get(request.action)
        if refusal is None or codes is None:
            event = self.answer(number, request)
        else:
            code = codes[refusal % len(codes)]
            event = Error(code, code, request.id)
            if code == "name-taken":
                self.forget(self.ann)
        self.posts.append((number, event))

    def late_work(self) -> None:
        """Store a message whose connection is gone."""
        room, request = self.orphans.pop(0)
        self.speak("ann", room, request.value, request.id)

    def bob_speaks(self, room: str) -> Entry:
        """Let the Bob of a room say something."""
        count = len(self.said)
        return self.speak(f"bob of {room}", self.rooms[room], f"bob {count}", f"b{count}")

    def somebody_joins(self) -> None:
        """Let somebody join the room where Ann is."""
        room = self.room_of(self.ann)
        assert room
        self.newcomers.append(f"max {len(self.newcomers)}")
        self.announce(UserJoined(self.newcomers[-1], room.name), room.members)
