"""What the page looks like in each of its states, brought about as people would."""

import time
from collections.abc import Callable
from typing import Any

from tests.e2e.web.tab import Tab
from tests.support.threaded import ThreadedServer

TALK = (
    ("grace", "Is this page a whole WebSocket client?"),
    (
        "ada",
        "Yes: a few files, no framework. Its functions are named as on the wire: register, join, message",
    ),
    ("grace", "And who answers?"),
    (
        "ada",
        "Seven Lambda functions, each under its own role: https://docs.aws.amazon.com/apigateway/ has more",
    ),
    ("נועם", "שלום לכולם"),
    ("Олена", "Привіт усім"),
    ("grace", "ada, and if I leave the train in a tunnel?"),
)


def tell(server: ThreadedServer, **frame: object) -> None:
    """Let the server tell everybody something."""
    server.do(server.server.tell(frame))


def outside(_server: ThreadedServer, tab: Tab) -> None:
    """Nobody yet, and a name that can't be."""
    tab.until("#name")
    tab.enter("name", "x" * 33)
    tab.until("#name-error:has-text('at most')")


def empty(_server: ThreadedServer, tab: Tab) -> None:
    """A lobby without a room."""
    tab.register("ada")
    tab.until("#no-rooms")


def lobby(server: ThreadedServer, tab: Tab) -> None:
    """A lobby with rooms, one that can't be made, and the frames."""
    tab.register("ada")
    tab.page.click("#show-frames")
    for room in ("class of 2026", "lobby", "ops"):
        tell(server, type="single-room", message=room)
    tab.enter("room", " ")
    tab.until("#room-error:has-text('first')")
    tab.until("#rooms li:nth-child(3)")


def room(server: ThreadedServer, tab: Tab) -> None:
    """A room in which people talk."""
    tab.register("ada").create("lobby")
    for other in ("class of 2026", "ops"):
        tell(server, type="single-room", message=other)
    for user in ("grace", "נועם", "Олена"):
        tell(server, type="user-joined", user=user, room="lobby")
    for number, (user, text) in enumerate(TALK):
        moment = int(time.time() * 1000) - 60_000 * (len(TALK) - number)
        said: dict[str, Any] = {
            "user": user,
            "message": text,
            "room": "lobby",
            "seq": number + 1,
            "time": moment,
        }
        tell(server, type="client-message", **said)
    tab.until("#log li:has-text('in a tunnel')")


def refused(server: ThreadedServer, tab: Tab) -> None:
    """The same, with a message that was refused, one that waits for the connection, and nobody there."""
    room(server, tab)
    server.refuse("busy", "try again in a moment")
    tab.say("This one the server would not take.")
    tab.until("#unsent .failed")
    server.server.tamper = lambda _frame: None
    server.stop()
    tab.until_state("Trying again")
    tab.say("This one waits: it is sent as soon as there is a connection.")
    tab.until("#unsent li:nth-child(2)")


Scene = Callable[[ThreadedServer, Tab], None]
SCENES: dict[str, Scene] = {
    "outside": outside,
    "empty": empty,
    "lobby": lobby,
    "room": room,
    "refused": refused,
}
SIZES = {"phone": (390, 844), "laptop": (1280, 800), "desktop": (1920, 1080)}
SCHEMES = ("light", "dark")
