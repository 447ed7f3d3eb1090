"""The chat for programs: items as events, and requests as they write them. JSON objects, one a line.

The types and fields are those of the wire where it has them; `FIELDS` is their list. Texts are exact.
"""

import json
from collections.abc import Iterator

from wschat.chat.machine import effects
from wschat.chat.machine.advice import PROGRAMS_HINTS
from wschat.chat.machine.update import Requested
from wschat.protocol.events import Event, MultiMessage
from wschat.protocol.json_objects import json_object
from wschat.protocol.requests import Action

FIELDS = {
    "client-message": "room, user, message, time (ms since 1970), seq, mine; missed: said while we were away",
    "signup": "name, rooms; id: as in the request",
    "multi-message": "room, users; id: we are in the room",
    "user-joined": "room, user",
    "user-left": "room, user",
    "single-room": "message: the name of a new room",
    "delete-room": "room: gone with its last member",
    "ack": "action (message or leave), room, id; of a message, if known: seq, time, reached of members",
    "unheard": "message, id, hint: stored, but not posted to all (reached of members), or not seen back",
    "error": "about, code, message, hint, id: a request that failed",
    "wire": "name (lab or simple): whose functions answer in place of wschat's; lacks: what they can't do",
    "frame": "sent, text, time (ms since 1970): with --frames; or a raw frame's reply, with its id",
    "connection": "status (lost or back), message; back: missed (how many follow), truncated, remade",
    "unsent": "line, id: what was not confirmed at the end of the chat; doubtful: sent, and may have arrived",
}

REQUEST = {"action": None, "value": "", "id": None}
"""The fields of a request, and what stands for those that are not there."""


def request(line: str) -> Requested:
    """Read a line that a program wrote."""
    read = json_object(line)
    if read is None:
        return Requested(line, wrong="a request is a JSON object")
    action, value, tag = (read.pop(name, missing) for name, missing in REQUEST.items())
    if unknown := next(iter(read), None):
        return Requested(line, wrong=f"there is no field {unknown}")
    for name, given in {"action": action, "value": value, "id": "" if tag is None else tag}.items():
        if not isinstance(given, str):
            return Requested(line, wrong=f"{name} is a string")
    return Requested(line, action, value, tag)


def events(item: effects.Item) -> Iterator[dict[str, object]]:
    """Yield an item's events, to be encoded."""
    match item:
        case effects.Message(event, _, missed):
            yield {**_fields(event), "id": None, "mine": item.mine, "missed": missed}
        case effects.FromServer(MultiMessage(room, users, id=tag) as event):
            yield {"type": event.type, "room": room, "users": users, "id": tag}
        case effects.FromServer(event):
            yield _fields(event)
        case effects.News(news):
            yield from map(_fields, news)
        case effects.Acknowledged(ack, action, room):
            known = _fields(ack) if action == Action.MESSAGE else {"type": ack.type, "id": ack.id}
            yield {**known, "action": action, "room": room}
        case effects.RequestFailed(about, what, hint, code, tag):
            hint = PROGRAMS_HINTS.get(code, hint)
            yield {"type": "error", "about": about, "code": code, "message": what, "hint": hint, "id": tag}
        case effects.Disconnected(what):
            yield {"type": "connection", "status": "lost", "message": what}
        case effects.Reconnected():
            yield {"type": "connection", "status": "back", "message": "", **item._asdict()}
        case effects.Unsent() | effects.Unheard() | effects.Frame():
            yield {"type": type(item).__name__.lower(), **item._asdict()}


def _fields(event: Event) -> dict[str, object]:
    return {"type": event.type, **vars(event)}


def encode(event: dict[str, object]) -> str:
    """Return an event as one line that can't steer a terminal, should it get to one: its texts are exact.

    Fields that are None stay away.
    """
    known = {name: value for name, value in event.items() if value is not None}
    text = json.dumps(known, ensure_ascii=False)
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)
