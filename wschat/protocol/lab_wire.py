"""The wire of the lab's own functions, which who follows the lab by hand has, in both of its editions.

Its frames have no ids, and tell less than ours. What they lack comes from what was asked.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from wschat.protocol.events import (
    Ack,
    ClientMessage,
    DeleteRoom,
    Entry,
    Error,
    Event,
    MultiMessage,
    Signup,
    SingleRoom,
)
from wschat.protocol.json_objects import json_object
from wschat.protocol.reader import GatewayError, Unknown, Unreadable, read_event
from wschat.protocol.refusals import ErrorCode
from wschat.protocol.requests import Action, Raw, Request
from wschat.protocol.wire import Said, Wire

ACTIONS = {
    Action.REGISTER: "register",
    Action.CREATE: "new-room",
    Action.JOIN: "join-room",
    Action.MESSAGE: "dispatch",
    Action.LEAVE: "leave-room",
}
ENTERING = {Action.CREATE, Action.JOIN}
SILENCE = {Action.REGISTER: 4.0, Action.JOIN: 4.0, Action.LEAVE: 1.0}
"""Seconds after which what is asked counts as done: its route may be one-way. Of the others one hears."""
STATUS = {Action.CREATE: "scan", Action.JOIN: "scanStatus", Action.LEAVE: ""}
"""By which field an answer without a type is known; for a message it is none, since its echo comes first."""
REPLIES = (Signup.type, MultiMessage.type)
NEWS = (ClientMessage.type, SingleRoom.type, DeleteRoom.type)
FAIL = "FAIL"
FUNCTION_FAILED = "function-failed"
"""The code of an error that one of these functions answers, which says no more than FAIL."""
EVERYBODY = "no-rooms"
"""The name whose messages go to every connection; and, for us, the room in which all these are."""
TIME = "%m/%d/%Y, %I:%M:%S %p"
"""How Node.js writes a time in Lambda, where its locale is en-US and its zone UTC; a space may be narrow."""


@dataclass(frozen=True)
class OtherWire(Event):
    """The server speaks another wire than ours: its name, and what is otherwise there, in sentences."""

    type = "wire"
    name: str
    lacks: tuple[str, ...]


@dataclass
class Stay:
    """What outlives a connection: whether the wire was told of, the rooms, and the stay in one of them.

    `shown` counts its messages, by user and text.
    """

    is_told: bool = False
    rooms: set[str] = field(default_factory=set)
    room: str = ""
    shown: Counter[tuple[str, str]] = field(default_factory=Counter)

    def enter(self, room: str) -> None:
        """Begin another stay, unless it is the same room."""
        if room != self.room:
            self.room, self.shown = room, Counter()


class LabWire(Wire):
    """A connection to the lab's own functions.

    Without ids, each connection counts what it heard: what two of them heard, or one and the history, is one
    message, and is shown once.
    """

    name: ClassVar = "lab"
    lacks: ClassVar[tuple[str, ...]] = (
        "nothing has an id: what was under way when the connection broke is not sent again by itself",
        "nothing is acknowledged: a message counts when it comes back",
        "nobody is told who is in a room, who comes or who goes",
        "a name is nobody's own: anybody can be anybody",
        "a new room takes the place of one of the same name, and its messages",
    )

    def __init__(self, stay: Stay, asked: Request | None = None) -> None:
        self._stay, self._asked = stay, asked
        self._name = asked.value if asked else ""
        self._room = ""
        self._pinged = False
        self._heard = Counter(stay.shown)

    def say(self, request: Request) -> Said:
        """Return what a request becomes; what these functions would not refuse, and should, is refused."""
        action, value = request.action, request.value
        if action == Action.PING:
            self._pinged = True
            return Said(request.encode())
        if refusal := self._refusal(action, value):
            return Said(None, (replace(refusal, id=request.id),))
        self._asked = request
        if isinstance(request, Raw):
            return Said(request.encode())
        if action == Action.REGISTER:
            self._name = value
        elif action in ENTERING:
            self._stay.enter(value)
            self._heard = Counter(self._stay.shown)
        return self._said(Action(action), value)

    def _refusal(self, action: str, value: str) -> Error | None:
        if self._room and action in {Action.REGISTER, *ENTERING}:
            return Error(ErrorCode.IN_A_ROOM, f"you are in {self._room}")
        if action == Action.CREATE and value in self._stay.rooms:
            return Error(ErrorCode.ROOM_EXISTS, "there is such a room")
        if action == Action.REGISTER and value == EVERYBODY:
            return Error(ErrorCode.NAME_TAKEN, "by that name one speaks to all rooms at once")
        return None

    def _said(self, action: Action, value: str) -> Said:
        room = value if action in ENTERING else self._room
        return Said(_frame(action, value, room, self._name), silence=SILENCE.get(action))

    def silent(self, request: Request) -> tuple[Event, ...]:
        """Return that it is done, unless an answer came."""
        return self._done() if request is self._asked else ()

    def read(self, frame: str, now: int) -> tuple[Event, ...]:
        """Return what a frame tells; nothing, if that was known."""
        value = json_object(frame)
        kind = (value or {}).get("type")
        answers_raw = isinstance(self._asked, Raw) and kind not in NEWS
        if answers_raw:
            self._asked = None
        if value is None or answers_raw:
            return (Unknown(frame),)
        if kind in REPLIES or not {"type", "message"} & value.keys():
            return self._replied(value, frame)
        if kind == ClientMessage.type:
            value = {name: value[name] for name in ("type", "user", "message") if name in value}
            value |= {"time": now, "room": self._room or self._stay.room}
        return self._happened(read_event(value, frame))

    def _happened(self, event: Event) -> tuple[Event, ...]:
        """Return what an event tells that is no reply by its form, and may be one all the same."""
        match event:
            case ClientMessage():
                return self._said_in_room(event)
            case SingleRoom(room):
                self._stay.rooms.add(room)
                return (*(self._done() if self._is_asked(Action.CREATE, room) else ()), event)
            case DeleteRoom(room):
                self._stay.rooms.discard(room)
                is_ours = room == self._room and self._is_asked(Action.LEAVE)
                return (*(self._done() if is_ours else ()), event)
            case GatewayError("Forbidden") if self._pinged:
                self._pinged = False
            case GatewayError():
                self._asked = None
            case Unreadable() if self._asked and self._is_asked(Action.MESSAGE):  # it may be our own
                return (replace(event, id=self._asked.id),)
        return (event,)

    def _is_asked(self, action: Action, value: str | None = None) -> bool:
        asked = self._asked
        return asked is not None and asked.action == action and value in {None, asked.value}

    def _replied(self, value: dict[str, Any], frame: str) -> tuple[Event, ...]:
        """Return what a reply tells; one that comes late still tells of messages."""
        asked = self._asked
        id_, action = (asked.id, asked.action) if asked else (None, "")
        if failed := [name for name, status in value.items() if status == FAIL and name != "rooms"]:
            self._asked = None
            return (Error(FUNCTION_FAILED, f"the function answered {FAIL}: {', '.join(failed)}", id_),)
        match value.get("type"):
            case None if action in STATUS and STATUS[Action(action)] in {"", *value}:
                return self._done()
            case Signup.type if action == Action.REGISTER:
                rooms = {} if value.get("rooms") == FAIL else {"rooms": value.get("rooms", [])}
                event = read_event({"type": Signup.type, "name": self._name, "id": id_, **rooms}, frame)
                return self._done(rooms=event.rooms) if isinstance(event, Signup) else (event,)
            case MultiMessage.type:
                messages = {"messages": _with_times(value.get("messages", []))}
                event = read_event({"type": MultiMessage.type, "room": "", "id": id_, **messages}, frame)
                if isinstance(event, MultiMessage) and action == Action.JOIN:
                    return self._done(messages=self._new(event.messages))
                if isinstance(event, MultiMessage):
                    news = self._new(event.messages) if self._room else ()
                    return tuple(ClientMessage(e.user, e.content, self._room, time=e.time) for e in news)
                return (event,)
        return ()

    def _done(self, rooms: tuple[str, ...] = (), messages: tuple[Entry, ...] = ()) -> tuple[Event, ...]:
        """Return the reply to what is asked, which is done."""
        asked, self._asked = self._asked, None
        assert asked  # noqa: S101  by one who knows
        match asked.action:
            case Action.REGISTER:
                told = () if self._stay.is_told else (OtherWire(self.name, self.lacks),)
                self._stay.is_told, self._stay.rooms = True, {*rooms}
                return (*told, Signup(self._name, rooms, asked.id))
            case Action.CREATE | Action.JOIN:
                self._room = self._stay.room
                self._stay.rooms.add(self._room)
                return (MultiMessage(self._room, (), messages, truncated=True, id=asked.id),)
            case Action.LEAVE:
                self._room = ""
                self._stay.enter("")
        return (Ack(id=asked.id),)

    def _new(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        """Return what of a room's history was not shown."""
        stored, new = Counter[tuple[str, str]](), list[Entry]()
        for entry in entries:
            key = (entry.user, entry.content)
            stored[key] += 1
            if stored[key] > self._stay.shown[key]:
                new.append(entry)
        self._stay.shown |= stored
        self._heard = Counter(self._stay.shown)
        return tuple(new)

    def _said_in_room(self, message: ClientMessage) -> tuple[Event, ...]:
        """Return a message, unless another connection has heard it or it is for nobody here; and our ack."""
        key = (message.user, message.message)
        self._heard[key] += 1
        if not self._listens_to(message.user) or self._heard[key] <= self._stay.shown[key]:
            return ()
        self._stay.shown[key] = self._heard[key]
        asked = self._asked
        if (
            not asked
            or not self._is_asked(Action.MESSAGE, message.message)
            or not self._is_mine(message.user)
        ):
            return (message,)
        return (replace(message, user=self._name, id=asked.id), *self._done())

    def _listens_to(self, user: str) -> bool:
        return user != EVERYBODY

    def _is_mine(self, user: str) -> bool:
        return user == self._name


class SimpleWire(LabWire):
    """A connection to the lab's simple edition, which has one action: to say something to everybody."""

    name: ClassVar = "simple"
    lacks: ClassVar[tuple[str, ...]] = (
        "there is one room for all who are connected, and nothing of it is kept",
        f"nobody has a name: others are all called {EVERYBODY}",
        "nothing is acknowledged: a message counts when it comes back",
        "nothing has an id: what was under way when the connection broke is not sent again by itself",
    )

    def _refusal(self, action: str, value: str) -> None:
        """Refuse nothing."""

    def _said(self, action: Action, value: str) -> Said:
        if action == Action.MESSAGE:
            return Said(_frame(action, value, EVERYBODY, EVERYBODY))
        self._stay.enter(EVERYBODY)
        return Said(None, self._done(rooms=(EVERYBODY,)))

    def _listens_to(self, user: str) -> bool:
        return user == EVERYBODY

    _is_mine = _listens_to


def _frame(action: Action, value: str, room: str, name: str) -> str:
    frame = {"action": ACTIONS[action], "value": value, "room": room, "name": name}
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


def _with_times(messages: Any) -> Any:  # noqa: ANN401  as they came
    """Return entries whose times are in milliseconds since 1970; 0 where they can't be read."""
    if not isinstance(messages, list):
        return messages
    return [
        {**each, "time": _time(each.get("time"))} if isinstance(each, dict) else each for each in messages
    ]


def _time(text: object) -> int:
    try:
        moment = datetime.strptime(str(text), TIME).replace(tzinfo=UTC)
    except ValueError:
        return 0
    return int(moment.timestamp() * 1000)
