"""What people do in the rooms, and which grants of the function that they use each of it needs."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.studies.privileges.grants import Grant, of_functions, proofs
from wschat.lab.blueprint import FUNCTIONS
from wschat.lab.model.lab import Lab

GHOST = "ghost"
"""Takes the name and the place of somebody over to a connection that is gone, and gives up the token."""


@dataclass(frozen=True)
class Scenario:
    """One thing that people do with one function, and the grants of which it needs every single one.

    The grants are written as in the blueprint's `Spec`: actions on client-records and on
    room-messages-users, and whether it posts. `there` are the people who are registered at first, each
    with the room that they are in; `acts` is who does what then.
    """

    function: str
    name: str
    there: str
    acts: str
    clients: str = ""
    rooms: str = ""
    posts: bool = False

    def steps(self) -> Iterator[tuple[str, str, str]]:
        """Yield who acts, the action and its value; the first one in a room creates it."""
        rooms = set[str]()
        for who, _, room in (each.partition(" ") for each in self.there.split(", ") if each):
            yield who, "register", who
            if room:
                yield who, "join" if room in rooms else "create", room
                rooms.add(room)
        for act in self.acts.split(", "):
            who, action, value = f"{act}  ".split(" ", 2)
            yield who, action, value.strip()


_BOTH = "ann lobby, bob lobby"
# fmt: off
SCENARIOS = (
    Scenario("Connect", "connect", "", "ann $connect", "PutItem"),
    Scenario("RegisterUser", "take a name", "", "ann register ann", "GetItem PutItem UpdateItem"),
    Scenario("RegisterUser", "take another name, and give the first back",
             "ann", "ann register anna", "DeleteItem"),
    Scenario("RegisterUser", "take the name back after a cut, and the place",
             "ann lobby", "again register ann", "", "GetItem UpdateItem"),
    Scenario("CreateRoom", "create the first room", "ann, bob", "ann create lobby",
             "GetItem Scan UpdateItem", "PutItem", posts=True),
    Scenario("CreateRoom", "create a room, and leave another to its members",
             _BOTH, "bob create attic", "", "GetItem UpdateItem"),
    Scenario("CreateRoom", "create a room, and leave another dead",
             "ann lobby", "ann create attic", "", "DeleteItem"),
    Scenario("CreateRoom", "create a room, and somebody is gone",
             "ann, bob lobby", "ghost register bob, ann create attic", "DeleteItem"),
    Scenario("JoinRoom", "join, and fetch what was said",
             "ann lobby, bob", "ann message is anybody here?, bob join lobby",
             "GetItem UpdateItem", "BatchGetItem GetItem UpdateItem", posts=True),
    Scenario("JoinRoom", "join a room, and leave another dead",
             "ann lobby, bob attic", "bob join lobby", "Scan", "DeleteItem"),
    Scenario("JoinRoom", "join, and a member is gone",
             "ann, bob lobby", "ghost register bob, ann join lobby", "DeleteItem"),
    Scenario("SendMessage", "speak", _BOTH, "ann message hello",
             "GetItem", "GetItem PutItem UpdateItem", posts=True),
    Scenario("SendMessage", "speak, and everybody is gone by now",
             "ann lobby, bob", "ghost register ann, ghost message is anybody here?",
             "Scan UpdateItem", "DeleteItem"),
    Scenario("SendMessage", "speak, and a member is gone",
             _BOTH, "ghost register bob, ann message bob?", "DeleteItem"),
    Scenario("LeaveRoom", "leave a room to its members", _BOTH, "bob leave",
             "GetItem UpdateItem", "GetItem UpdateItem", posts=True),
    Scenario("LeaveRoom", "the last one leaves", "ann lobby, bob", "ann leave", "Scan", "DeleteItem"),
    Scenario("LeaveRoom", "leave, and one who stays is gone",
             _BOTH, "ghost register bob, ann leave", "DeleteItem"),
    Scenario("Disconnect", "drop out", _BOTH, "bob $disconnect",
             "DeleteItem GetItem", "GetItem UpdateItem", posts=True),
    Scenario("Disconnect", "be cut off", _BOTH, "bob cut", "UpdateItem"),
    Scenario("Disconnect", "the last one drops out", "ann lobby, bob", "ann $disconnect",
             "Scan", "DeleteItem"),
)
# fmt: on


def proofs_of_functions(lab: Lab) -> dict[Grant, Scenario]:
    """Return for each grant that a scenario claims to need that scenario."""
    specs = {spec.name: spec for spec in FUNCTIONS}
    claims = (
        replace(specs[each.function], clients=each.clients, rooms=each.rooms, posts=each.posts)
        for each in SCENARIOS
    )
    return proofs((each, of_functions(lab, [claim])) for each, claim in zip(SCENARIOS, claims, strict=True))
