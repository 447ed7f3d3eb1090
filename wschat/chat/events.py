"""The chat for programs: items as events, and requests as they write them. JSON objects, one a line.

The types and fields are those of the wire where it has them; `FIELDS` is their list. Texts are exact.
"""

import json
from collections.abc import Iterable

from wschat.chat.vocabulary import (
    Back,
    Done,
    Entered,
    Failure,
    Garbled,
    InRoom,
    Item,
    Lost,
    Moved,
    Named,
    RoomBorn,
    RoomGone,
    Said,
    Unsent,
    Wanted,
)
from wschat.protocol.requests import Action

FIELDS = {
    "client-message": "room, user, message, time (ms since 1970), seq, mine; missed: said while we were away",
    "signup": "name, rooms; id: as in the request",
    "multi-message": "room, users; id: we are in the room",
    "user-joined": "room, user",
    "user-left": "room, user",
    "single-room": "message: the name of a new room",
    "delete-room": "room: gone with its last member",
    "ack": "action (message or leave), room, id; seq and time of a message, if they are known",
    "error": "about, code, message, hint, id: a request that failed",
    "connection": "status (lost or back), message; back: missed (how many follow), truncated, remade",
    "unsent": "line: what was not confirmed when the chat ended; doubtful: it was sent, and may have arrived",
}


def request(line: str) -> Wanted | Garbled:
    """Read a line that a program wrote."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return Garbled(line)
    match value:
        case {"action": str(action), **rest} if rest.keys() <= {"value", "id"}:
            text, tag = rest.get("value", ""), rest.get("id")
            if isinstance(text, str) and isinstance(tag, str | None):
                return Wanted(action, text, tag, line)
    return Garbled(line)


def entered(line: str) -> Entered:
    """Take a line as it is."""
    return Entered(line)


def events(item: Item) -> Iterable[dict[str, object]]:
    """Return an item's events; an `id` that is None stays away."""
    match item:
        case Said(entry, room):
            event = {"type": "client-message", "room": room, "user": entry.user, "message": entry.content}
            yield {**event, "time": entry.time, "seq": entry.seq, "mine": item.mine, "missed": item.missed}
        case Moved(room, people):
            for user, joined in people:
                yield {"type": "user-joined" if joined else "user-left", "room": room, "user": user}
        case RoomBorn(room):
            yield {"type": "single-room", "message": room}
        case RoomGone(room):
            yield {"type": "delete-room", "room": room}
        case Lost(what):
            yield {"type": "connection", "status": "lost", "message": what}
        case Back(missed, truncated, remade):
            event = {"type": "connection", "status": "back", "message": ""}
            yield {**event, "missed": missed, "truncated": truncated, "remade": remade}
        case Unsent(line, doubtful):
            yield {"type": "unsent", "line": line, "doubtful": doubtful}
        case Named() | InRoom() | Done() | Failure():
            yield {**_answer(item), **({} if item.tag is None else {"id": item.tag})}


def _answer(item: Named | InRoom | Done | Failure) -> dict[str, object]:
    match item:
        case Named(name, rooms):
            return {"type": "signup", "name": name, "rooms": rooms}
        case InRoom(room, users):
            return {"type": "multi-message", "room": room, "users": users}
        case Done(action, room, _, seq, time):
            known = {} if seq is None or action != Action.MESSAGE else {"seq": seq, "time": time}
            return {"type": "ack", "action": action, "room": room, **known}
        case Failure(about, what, hint, code):
            return {"type": "error", "about": about, "code": code, "message": what, "hint": hint}


def encode(event: dict[str, object]) -> str:
    """Return an event as one line that can't steer a terminal, should it get to one: its texts are exact."""
    text = json.dumps(event, ensure_ascii=False)
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
