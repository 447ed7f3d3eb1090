"""The chat for programs: items as events, and requests as they write them. JSON objects, one a line.

The types and fields are those of the wire where it has them; `FIELDS` is their list. Texts are exact.
"""

import json
from collections.abc import Iterable

from wschat.chat.machine.events import Malformed, Requested
from wschat.chat.machine.items import (
    Acknowledged,
    Disconnected,
    Failure,
    FromServer,
    Item,
    Message,
    Presence,
    Reconnected,
    Unsent,
)
from wschat.protocol.events import MultiMessage
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


def request(line: str) -> Requested | Malformed:
    """Read a line that a program wrote."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return Malformed(line)
    match value:
        case {"action": str(action), **rest} if rest.keys() <= {"value", "id"}:
            text, tag = rest.get("value", ""), rest.get("id")
            if isinstance(text, str) and isinstance(tag, str | None):
                return Requested(action, text, tag, line)
    return Malformed(line)


def events(item: Item) -> Iterable[dict[str, object]]:
    """Return an item's events; fields that are None stay away."""
    match item:
        case Presence(people):
            for event in people:
                yield {"type": event.type, **vars(event)}
        case Disconnected(what):
            yield {"type": "connection", "status": "lost", "message": what}
        case Reconnected():
            yield {"type": "connection", "status": "back", "message": "", **item._asdict()}
        case Unsent():
            yield {"type": "unsent", **item._asdict()}
        case Message() | FromServer() | Acknowledged() | Failure():
            yield {name: value for name, value in _fields(item).items() if value is not None}


def _fields(item: Message | FromServer | Acknowledged | Failure) -> dict[str, object]:
    match item:
        case Message(event, _, missed):
            return {"type": event.type, **vars(event), "id": None, "mine": item.mine, "missed": missed}
        case FromServer(MultiMessage(room, users, id=tag) as event):
            return {"type": event.type, "room": room, "users": users, "id": tag}
        case FromServer(event):
            return {"type": event.type, **vars(event)}
        case Acknowledged(ack, action, room):
            known = vars(ack) if action == Action.MESSAGE else {"id": ack.id}
            return {"type": ack.type, "action": action, "room": room, **known}
        case Failure(about, what, hint, code, tag):
            return {"type": "error", "about": about, "code": code, "message": what, "hint": hint, "id": tag}


def encode(event: dict[str, object]) -> str:
    """Return an event as one line that can't steer a terminal, should it get to one: its texts are exact."""
    text = json.dumps(event, ensure_ascii=False)
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
