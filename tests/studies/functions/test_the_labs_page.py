"""The lab's own browser page, played: it was not written for these functions, and works with them."""

import json
from typing import Any

import pytest

from tests.support.functions.people import Connect, Person
from wschat.protocol.events import Event


class Page:
    """What the page does: it sends its four fields, parses each frame, and knows five types of them."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.name, self.room = "", ""
        self.rooms: list[str] = []
        self.talk: list[tuple[str, str]] = []
        self.unknown: set[str] = set()

    def send(self, action: str, value: str) -> None:
        """Send a frame; what is said by then, and the reply, arrives."""
        frame = {"action": action, "value": value, "room": self.room, "name": self.name}
        result = self.person.call(action, json.dumps(frame))
        self.on_message(result["body"])
        self.listen()

    def listen(self) -> None:
        """Take what was posted."""
        for event in self.person.heard():
            self.on_message(event.encode() if isinstance(event, Event) else "")

    def on_message(self, frame: str) -> None:
        """Do what the page does on a frame."""
        data: dict[str, Any] = json.loads(frame)
        match data["type"]:
            case "signup":
                self.rooms = list(data["rooms"])
            case "single-room":
                self.rooms.append(data["message"])
            case "client-message":
                self.talk.append((data["user"], data["message"]))
            case "multi-message":
                self.talk = [(each["user"], each["content"]) for each in data["messages"]]
            case "delete-room":
                self.rooms.remove(data["room"])
            case other:
                self.unknown.add(other)


@pytest.fixture
def pages(connect: Connect) -> tuple[Page, Page]:
    """Two pages that are open."""
    return Page(connect()), Page(connect())


def test_the_page(pages: tuple[Page, Page]) -> None:
    """Two people register, make a room, talk and leave; what the page does not know it ignores."""
    ann, bob = pages
    ann.name, bob.name = "ann", "bob"
    ann.send("register", "ann")
    bob.send("register", "bob")
    assert ann.rooms == bob.rooms == []

    ann.send("new-room", "Ops")
    ann.room = "Ops"
    bob.listen()
    assert ann.rooms == bob.rooms == ["Ops"]
    ann.send("dispatch", "anybody?")
    assert ann.talk == [("ann", "anybody?")]

    bob.send("join-room", "Ops")
    bob.room = "Ops"
    assert bob.talk == [("ann", "anybody?")]
    bob.send("dispatch", "me")
    ann.listen()
    assert ann.talk == bob.talk == [("ann", "anybody?"), ("bob", "me")]

    ann.send("leave-room", "Ops")
    bob.send("leave-room", "Ops")
    ann.listen()
    assert ann.rooms == bob.rooms == []
    assert ann.unknown | bob.unknown == {"ack", "user-joined", "user-left"}


def test_an_old_page_is_refused(pages: tuple[Page, Page]) -> None:
    """What can't be done is told in a type that the page ignores."""
    ann, _ = pages
    ann.send("dispatch", "hello?")
    assert (ann.talk, ann.unknown) == ([], {"error"})
