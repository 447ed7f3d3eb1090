"""What people do in the rooms, and which grants of the function that they use each of it needs."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from tests.studies.privileges.grants import Grant, of_functions, proofs
from tests.studies.privileges.rooms import Person, Play, Rooms
from wschat.lab.blueprint import CLIENTS, FUNCTIONS, ROOMS
from wschat.lab.model import Lab
from wschat.protocol.events import Ack, MultiMessage


@dataclass(frozen=True)
class Scenario:
    """One thing that people do with one function, and the grants of which it needs every single one.

    The grants are written as in the blueprint's `Spec`: actions on client-records and on
    room-messages-users, and whether it posts.
    """

    name: str
    function: str
    clients: str
    rooms: str
    posts: bool
    play: Play


SCENARIOS: list[Scenario] = []


def scenario(
    function: str, name: str, clients: str = "", rooms: str = "", *, posts: bool = False
) -> Callable[[Play], Play]:
    """Note a scenario."""

    def note(play: Play) -> Play:
        SCENARIOS.append(Scenario(name, function, clients, rooms, posts, play))
        return play

    return note


@scenario("Connect", "connect", "PutItem")
def _connect(rooms: Rooms) -> None:
    rooms.call("$connect", "new=")
    assert "expires" in rooms.items(CLIENTS)["new="]


@scenario("RegisterUser", "take a name", "GetItem PutItem UpdateItem")
def _take_a_name(rooms: Rooms) -> None:
    ann = rooms.person("ann")
    assert rooms.items(CLIENTS)["name#ann"]["owner"]["S"] == ann.connection


@scenario("RegisterUser", "take another name, and give the first back", "DeleteItem")
def _take_another_name(rooms: Rooms) -> None:
    rooms.person("ann").register("anna")
    assert {"name#anna"} == {key for key in rooms.items(CLIENTS) if key.startswith("name#")}


@scenario("RegisterUser", "take the name back after a cut, and the place", rooms="GetItem UpdateItem")
def _take_the_name_back(rooms: Rooms) -> None:
    rooms.person("ann", "lobby")
    again = rooms.person("ann")
    assert rooms.items(ROOMS)["lobby"]["users"]["M"].keys() == {again.connection}


@scenario("CreateRoom", "create the first room", "GetItem PutItem Scan UpdateItem", "PutItem", posts=True)
def _create(rooms: Rooms) -> None:
    ann, bob = rooms.person("ann"), rooms.person("bob")
    assert ann.ask("create", "lobby").type == "multi-message"
    assert ann.heard() == bob.heard() == ["single-room"]


@scenario("CreateRoom", "create a room, and leave another to its members", rooms="GetItem UpdateItem")
def _create_and_leave(rooms: Rooms) -> None:
    ann, bob = rooms.person("ann", "lobby"), rooms.person("bob", "lobby")
    bob.ask("create", "attic")
    assert ann.heard() == ["single-room", "user-joined", "user-left", "single-room"]


@scenario("CreateRoom", "create a room, and leave another dead", rooms="DeleteItem")
def _create_and_kill(rooms: Rooms) -> None:
    rooms.person("ann", "lobby").ask("create", "attic")
    assert rooms.items(ROOMS).keys() == {"attic", "attic#log"}


@scenario(
    "JoinRoom",
    "join, and fetch what was said",
    "GetItem UpdateItem",
    "BatchGetItem GetItem UpdateItem",
    posts=True,
)
def _join(rooms: Rooms) -> None:
    ann, bob = rooms.person("ann", "lobby"), rooms.person("bob")
    ann.ask("message", "is anybody here?")
    joined = bob.ask("join", "lobby")
    assert isinstance(joined, MultiMessage)
    assert [entry.content for entry in joined.messages] == ["is anybody here?"]
    assert "user-joined" in ann.heard()


@scenario("JoinRoom", "join a room, and leave another dead", "Scan", "DeleteItem")
def _join_and_kill(rooms: Rooms) -> None:
    ann, bob = rooms.person("ann", "lobby"), rooms.person("bob", "attic")
    bob.ask("join", "lobby")
    assert rooms.items(ROOMS).keys() == {"lobby", "lobby#log"}
    assert ann.heard()[-2:] == ["delete-room", "user-joined"]


@scenario("SendMessage", "speak", "GetItem", "GetItem PutItem UpdateItem", posts=True)
def _speak(rooms: Rooms) -> None:
    ann, bob = rooms.person("ann", "lobby"), rooms.person("bob", "lobby")
    assert isinstance(ann.ask("message", "hello"), Ack)
    assert "client-message" in ann.heard()
    assert bob.heard() == ["client-message"]


@scenario("LeaveRoom", "leave a room to its members", "GetItem UpdateItem", "GetItem UpdateItem", posts=True)
def _leave(rooms: Rooms) -> None:
    ann, bob = rooms.person("ann", "lobby"), rooms.person("bob", "lobby")
    assert isinstance(bob.ask("leave"), Ack)
    assert "user-left" in ann.heard()


@scenario("Disconnect", "drop out", "DeleteItem GetItem", "GetItem UpdateItem", posts=True)
def _drop(rooms: Rooms) -> None:
    ann, bob = rooms.person("ann", "lobby"), rooms.person("bob", "lobby")
    rooms.call("$disconnect", bob.connection)
    assert "user-left" in ann.heard()
    assert not {bob.connection, "name#bob"} & rooms.items(CLIENTS).keys()


def _end(rooms: Rooms, act: Callable[[Person], object]) -> None:
    ann, bob = rooms.person("ann", "lobby"), rooms.person("bob")
    act(ann)
    assert rooms.items(ROOMS) == {}
    assert bob.heard() == ["delete-room"]


for function, what, clients, act in (
    (
        *("SendMessage", "speak, and everybody is gone by now", "Scan UpdateItem"),
        lambda ann: ann.vanish().ask("message", "is anybody here?"),
    ),
    ("LeaveRoom", "the last one leaves", "Scan", lambda ann: ann.ask("leave")),
    (
        *("Disconnect", "the last one drops out", "Scan UpdateItem"),
        lambda ann: ann.rooms.call("$disconnect", ann.connection),
    ),
):
    scenario(function, what, clients, "DeleteItem")(partial(_end, act=act))


def _forget(rooms: Rooms, room: str, action: str, value: str) -> None:
    ann, bob = rooms.person("ann", room), rooms.person("bob", "lobby").vanish()
    ann.ask(action, value)
    assert not {bob.connection, "name#bob"} & rooms.items(CLIENTS).keys()


for function, what, room, action, value in (
    ("CreateRoom", "create a room, and somebody is gone", "", "create", "attic"),
    ("JoinRoom", "join, and a member is gone", "", "join", "lobby"),
    ("SendMessage", "speak, and a member is gone", "lobby", "message", "bob?"),
    ("LeaveRoom", "leave, and one who stays is gone", "lobby", "leave", ""),
):
    forget = partial(_forget, room=room, action=action, value=value)
    scenario(function, what, "DeleteItem")(forget)
SCENARIOS.sort(key=lambda each: [spec.name for spec in FUNCTIONS].index(each.function))


def proofs_of_functions(lab: Lab) -> dict[Grant, Scenario]:
    """Return for each grant that a scenario claims to need that scenario."""
    specs = {spec.name: spec for spec in FUNCTIONS}
    claims = (
        replace(specs[each.function], clients=each.clients, rooms=each.rooms, posts=each.posts)
        for each in SCENARIOS
    )
    return proofs((each, of_functions(lab, [claim])) for each, claim in zip(SCENARIOS, claims, strict=True))
