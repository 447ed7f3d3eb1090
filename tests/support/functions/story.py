"""People, and beside them the same rooms in memory: these say what is replied, posted and kept."""

from collections import Counter
from collections.abc import Hashable
from dataclasses import replace
from typing import Any

from tests.support.functions.consistent import inconsistencies
from tests.support.functions.people import Person
from tests.support.rooms import Rooms
from wschat.protocol.events import Ack, ClientMessage, Error, Event, MultiMessage, Signup
from wschat.protocol.names import fold
from wschat.protocol.requests import Request


def plain(event: Event) -> Event:
    """Return an event without times and wording, and with users and rooms in order."""
    match event:
        case Error():
            return replace(event, message="")
        case Signup(rooms=rooms):
            return replace(event, rooms=tuple(sorted(rooms)))
        case MultiMessage(users=users, messages=messages):
            said = tuple(replace(entry, seq=0, time=0) for entry in messages)
            return replace(event, users=tuple(sorted(users)), messages=said)
        case ClientMessage() | Ack(seq=int()):
            return replace(event, seq=0, time=0)
    return event


class Story:
    """What people do, one act after the other.

    `here` are those who hear what is posted; of who is `gone` silently nobody else knows.
    """

    def __init__(self, gone: set[str]) -> None:
        self.gone = gone
        self.rooms = Rooms(gone=gone)  # type: ignore[arg-type]
        self.here: list[Person] = []
        self.acts = 0

    def come(self, one: Person) -> None:
        """Note who has connected."""
        self.rooms.names[one.connection] = ""
        if one.connection not in self.gone:
            self.here.append(one)

    def act(self, one: Person, action: str, value: str = "", token: str | None = None) -> None:
        """Send a request: the reply and the posts must be as the rooms in memory have them."""
        self.acts += 1
        request = Request(action, value, id=str(self.acts), token=token)
        reply = one.ask(action, value, id=request.id, token=token)
        wanted = self.rooms.answer(one.connection, request)
        assert plain(reply) == plain(wanted)
        for event in self._compare_posts():
            assert not isinstance(event, ClientMessage) or (isinstance(reply, Ack) and event.seq == reply.seq)

    def drop(self, one: Person, code: int | None = 1000) -> None:
        """Be gone, with $disconnect and a close code, or without it; AWS may say it twice."""
        self.here.remove(one)
        self.gone.add(one.connection)
        if code:
            one.end(code)
            one.end(code)
            end = self.rooms.forget if code == 1000 else self.rooms.cut_off
            end(one.connection)
        self._compare_posts()

    def _compare_posts(self) -> list[Event]:
        heard = [(one.connection, event) for one in self.here for event in one.heard()]
        wanted = Counter((to, plain(event)) for to, event in self.rooms.posts)
        assert Counter((to, plain(event)) for to, event in heard) == wanted
        self.rooms.posts.clear()
        return [event for _, event in heard]

    def compare_tables(self, items: dict[str, Any]) -> None:
        """Records, names, seats and rooms must be what the rooms in memory say, and fit together."""
        assert inconsistencies(items) == []
        records = {
            key: (item.get("name", {}).get("S", ""), "cut" in item or item.get("room", {}).get("S"))
            for key, item in items.items()
            if "connected" in item
        }
        seats = {one: fold(room.name) for room in self.rooms.rooms.values() for one in room.members}
        cut = dict.fromkeys(self.rooms.away, True)
        assert records == {one: (name, (seats | cut).get(one)) for one, name in self.rooms.names.items()}
        taken = {(fold(room.name), who) for room in self.rooms.rooms.values() for who in room.members}
        found = {(key.removeprefix("room "), who) for key, item in items.items() for who in _users(item)}
        assert taken == found
        kept = {key.partition("#")[0] for key in items if key.startswith("room ")}
        assert kept == {f"room {key}" for key in self.rooms.rooms}, "what was said in a dead room is kept"


def _users(item: dict[str, Any]) -> list[Hashable]:
    return [*item.get("users", {"M": {}})["M"]]
