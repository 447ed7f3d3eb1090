"""The lab's own browser page, played: it was not written for these functions, and works with them."""

import json
from typing import Any

from tests.support.functions.people import Connect, Person


def send(person: Person, action: str, value: str = "", room: str = "") -> dict[str, Any]:
    """Send a frame with the page's four fields; return the reply."""
    frame = {"action": action, "value": value, "room": room, "name": "as it likes"}
    return dict(json.loads(person.call(action, json.dumps(frame))["body"]))


def heard(person: Person) -> list[dict[str, Any]]:
    """Return the frames that were posted."""
    return [json.loads(event.encode()) for event in person.heard()]


def test_the_page(connect: Connect) -> None:
    """Two people register, make a room, talk and leave: what the page reads of each frame is there."""
    ann, bob = connect(), connect()
    for person, name in ((ann, "ann"), (bob, "bob")):
        signup = send(person, "register", name)
        assert (signup["type"], signup["rooms"]) == ("signup", [])
    send(ann, "new-room", "Ops")
    (made,) = heard(bob)
    assert (made["type"], made["message"]) == ("single-room", "Ops")
    send(ann, "dispatch", "anybody?", "Ops")
    said = heard(ann)[-1]
    assert (said["type"], said["user"], said["message"]) == ("client-message", "ann", "anybody?")
    joined = send(bob, "join-room", "Ops")
    assert joined["type"] == "multi-message"
    assert [(each["user"], each["content"]) for each in joined["messages"]] == [("ann", "anybody?")]
    for person in (ann, bob):
        assert send(person, "leave-room", room="Ops")["type"] == "ack"
    gone = heard(ann)[-1]
    assert (gone["type"], gone["room"]) == ("delete-room", "Ops")
