"""Races: what others do between two calls of a function, and what DynamoDB forgets by itself."""

import random
import threading
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.unit.functions.conftest import Connect, Person, Tables, code
from tests.unit.functions.consistent import inconsistencies
from tests.unit.functions.post_sink import PostSink
from wschat.functions import _log, _room, _tables, _talk
from wschat.protocol.events import Ack, ClientMessage, Event, MultiMessage, SingleRoom, UserLeft


def expire(item: str) -> None:
    """Delete an item as DynamoDB's time to live does: each by itself, whenever it likes."""
    _tables.dynamodb().delete_item(TableName=_tables.CLIENTS, Key={"ID": {"S": item}})


def meanwhile(monkeypatch: pytest.MonkeyPatch, where: str, what: Callable[[], Any]) -> None:
    """Do something just before `where` is called for the first time."""
    module, _, name = where.rpartition(".")
    owner: Any = {"_log": _log, "_log.DeadLog": _log.DeadLog, "_room": _room}[module]
    original, waiting = getattr(owner, name), [what]

    def interrupted(*args: object, **kwargs: object) -> object:
        while waiting:
            waiting.pop()()
        return original(*args, **kwargs)

    monkeypatch.setattr(owner, name, interrupted)


def test_a_room_is_born_again_before_its_log_is_cleared(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clearing a dead room's log takes nothing of a newer room of that name."""
    monkeypatch.setattr(_log, "LOG_LENGTH", 1)  # so that both use one slot
    ann, bob = connect("Ann", "Ops"), connect("Bob")
    ann.ask("message", "old")

    def reborn() -> None:
        assert bob.ask("create", "Ops").type == "multi-message"
        assert bob.ask("message", "new").type == "ack"

    meanwhile(monkeypatch, "_log.DeadLog.clear", reborn)
    assert ann.ask("leave") == Ack(id="7")
    fetched = bob.ask("join", "Ops")
    assert isinstance(fetched, MultiMessage)
    assert [entry.content for entry in fetched.messages] == ["new"]
    assert bob.ask("message", "newer").type == "ack"


def test_overtaken(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that is stored after a whole log of later ones takes the place of none."""
    monkeypatch.setattr(_log, "LOG_LENGTH", 2)
    ann, bob = connect("Ann", "Ops"), connect("Bob", "Ops")
    meanwhile(monkeypatch, "_log.store", lambda: [bob.ask("message", text) for text in ("newer", "newest")])
    assert ann.ask("message", "old").type == "ack"
    fetched = bob.ask("join", "Ops")
    assert isinstance(fetched, MultiMessage)
    assert [entry.content for entry in fetched.messages] == ["newer", "newest"]


def test_speaking_into_the_next_room_of_the_name(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has left a room that died meanwhile says nothing into the next one of its name."""
    ann, bob = connect("Ann", "Ops"), connect("Bob")
    meanwhile(monkeypatch, "_log.next_seq", lambda: [ann.ask("leave"), bob.ask("create", "Ops")])
    assert code(ann.ask("message", "to the old room")) == "not-in-a-room"
    fetched = bob.ask("join", "Ops")
    assert isinstance(fetched, MultiMessage)
    assert fetched.messages == ()


def test_the_last_two_leave(connect: Connect, tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the last two leave at the same time, the room goes with the second."""
    ann, bob = connect("Ann", "Ops"), connect("Bob", "Ops")
    meanwhile(monkeypatch, "_room.put_in_room", lambda: bob.ask("leave"))
    assert ann.ask("leave") == Ack(id="7")
    assert not any(key.startswith("room ") for key in tables())
    assert inconsistencies(tables()) == []


def test_two_take_one_name(connect: Connect, tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two who register a free name at the same time, one has it."""
    bob, carl = connect(), connect()
    meanwhile(monkeypatch, "_room.own", lambda: carl.ask("register", "Ann"))
    assert code(bob.ask("register", "Ann")) == "name-taken"
    assert tables()["name#ann"]["owner"]["S"] == carl.connection


def test_two_take_a_name_back(connect: Connect, tables: Tables, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two who take a name back at the same time, one has it, though no record tells whose it was."""
    expire(connect("Ann", token="secret").connection)
    bob, carl = connect(), connect()
    meanwhile(monkeypatch, "_room.own", lambda: carl.ask("register", "Ann", token="secret"))
    assert bob.ask("register", "Ann", token="secret").type == "signup"
    assert inconsistencies(tables()) == []


def test_leaving_while_speaking(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message that was stored is said: the others get it, though its sender has left by then."""
    ann, bob = connect("Ann", "Ops"), connect("Bob", "Ops")
    bob.heard()
    meanwhile(monkeypatch, "_log.store", lambda: ann.ask("leave"))
    assert ann.ask("message", "last words").type == "ack"
    assert [event.type for event in bob.heard()] == ["user-left", "client-message"]


@pytest.mark.parametrize("where", ["_log.next_seq", "_log.store", "_room.find_room"])
def test_joining_while_somebody_speaks(connect: Connect, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """Whoever joins between two calls of SendMessage has the message: from the log, or by a post."""
    ann, bob = connect("Ann", "Ops"), connect("Bob")
    found: list[Any] = []
    meanwhile(monkeypatch, where, lambda: found.append(bob.ask("join", "Ops")))
    assert isinstance(ann.ask("message", "hello"), Ack)
    assert has("hello", bob, *found)


@pytest.mark.parametrize("where", ["_room.leaving", "_log.history"])
def test_speaking_while_somebody_joins(connect: Connect, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """What is said between two calls of JoinRoom is had by who joins: from the log, or by a post."""
    ann, bob = connect("Ann", "Ops"), connect("Bob")
    meanwhile(monkeypatch, where, lambda: ann.ask("message", "hello"))
    assert has("hello", bob, bob.ask("join", "Ops"))


def has(text: str, person: Person, *replies: Event) -> bool:
    """Tell whether somebody has a message: in a reply, or posted."""
    logs = [reply.messages for reply in replies if isinstance(reply, MultiMessage)]
    said = {event.message for event in person.heard() if isinstance(event, ClientMessage)}
    return text in said | {entry.content for log in logs for entry in log}


@pytest.mark.parametrize("gone_first", [["record"], ["name"], ["record", "name"], []])
def test_ghosts_whose_items_expired(
    connect: Connect, sink: PostSink, tables: Tables, gone_first: list[str]
) -> None:
    """Whatever of a ghost DynamoDB has deleted already, the first post to it removes the rest."""
    ann, ghost = connect("Ann", "Ops"), connect("Ghost", "Ops")
    ann.heard()
    for what in gone_first:
        expire({"record": ghost.connection, "name": "name#ghost"}[what])
    sink.gone.add(ghost.connection)
    assert ann.ask("message", "anybody?").type == "ack"
    assert ann.heard()[1:] == [UserLeft("Ghost", "Ops")]
    assert set(tables()["room ops"]["users"]["M"]) == {ann.connection}
    assert ghost.connection not in tables()
    assert ann.ask("leave") == Ack(id="7")
    assert "room ops" not in tables()


def test_a_ghost_whose_name_is_another_s(connect: Connect, sink: PostSink, tables: Tables) -> None:
    """Forgetting a ghost leaves its former name to the one who has it now."""
    ann, ghost = connect("Ann", "Ops"), connect("Eve", "Ops")
    expire("name#eve")
    eve = connect("Eve")
    sink.gone.add(ghost.connection)
    ann.ask("message", "Eve?")
    assert tables()["name#eve"]["owner"]["S"] == eve.connection
    assert set(tables()["room ops"]["users"]["M"]) == {ann.connection}


def test_a_room_lives_and_dies_while_it_is_created(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seqs rise across a room's deaths, even if another room of the name lived during the create."""
    ann, bob = connect("Ann", "Dev"), connect("Bob")
    said: list[Any] = []

    def another_life() -> None:
        bob.ask("create", "Ops")
        said.extend(bob.ask("message", f"secret {number}") for number in range(5))
        bob.ask("leave")

    meanwhile(monkeypatch, "_room.leaving", another_life)
    assert ann.ask("create", "Ops").type == "multi-message"
    new = ann.ask("message", "new")
    assert isinstance(new, Ack)
    assert (new.seq or 0) > max(ack.seq for ack in said)


def test_a_member_s_record_does_not_expire(connect: Connect, sink: PostSink, tables: Tables) -> None:
    """Only outside of rooms a record expires: so whoever tells everybody finds every ghost in a room."""
    ghost = connect("Ghost")
    assert "expires" in tables()[ghost.connection]
    ghost.ask("create", "Ops")
    assert "expires" not in tables()[ghost.connection]
    ghost.ask("leave")
    assert "expires" in tables()[ghost.connection]
    ghost.ask("create", "Ops")
    sink.gone.add(ghost.connection)
    connect("Ann", "Dev")
    assert "room ops" not in tables()


def test_a_connection_opens_while_it_is_forgotten(
    connect: Connect, sink: PostSink, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who takes a name after a post came too early for it keeps it."""
    ann, early = connect("Ann"), connect()
    sink.gone.add(early.connection)
    original, once = _room.drop, [lambda: early.ask("register", "Early")]

    def interrupted(client: _room.Client) -> Any:  # noqa: ANN401
        while once and client.connection == early.connection:
            once.pop()()
        return original(client)

    monkeypatch.setattr(_room, "drop", interrupted)
    assert ann.ask("create", "Ops").type == "multi-message"
    assert tables()["name#early"]["owner"]["S"] == early.connection
    assert early.ask("join", "Ops").type == "multi-message"


def test_a_ghost_that_can_t_be_forgotten_now(
    connect: Connect, sink: PostSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When DynamoDB refuses to forget a ghost, the others are told all the same."""
    ann, bob, ghost = connect("Ann"), connect("Bob"), connect("Ghost")
    sink.gone.add(ghost.connection)

    def throttled(*_args: object, **_kwargs: object) -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow"}}, "GetItem")

    monkeypatch.setattr(_talk, "forget", throttled)
    assert ann.ask("create", "Ops").type == "multi-message"
    assert bob.heard() == [SingleRoom("Ops")]


def test_the_last_seat(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two who take the last seat of a room at the same time, one is refused."""
    monkeypatch.setattr("wschat.functions.join_room.LIMIT", 2)
    connect("Ann", "Ops")
    bob, carl = connect("Bob"), connect("Carl")
    meanwhile(monkeypatch, "_room.leaving", lambda: carl.ask("join", "Ops"))
    assert code(bob.ask("join", "Ops")) == "full"
    assert isinstance(carl.ask("message", "two of us"), Ack)


def test_the_last_room(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two who make the last possible room at the same time, one is refused."""
    for module in ("_room", "create_room"):
        monkeypatch.setattr(f"wschat.functions.{module}.ROOM_LIMIT", 2)
    connect("Ann", "Ops")
    bob, carl = connect("Bob"), connect("Carl")
    meanwhile(monkeypatch, "_room.leaving", lambda: carl.ask("create", "Dev"))
    assert code(bob.ask("create", "Art")) == "full"
    assert isinstance(carl.ask("message", "two rooms"), Ack)


def act(person: Person, name: str) -> None:
    chance = random.Random(name)  # noqa: S311
    for _ in range(15):
        action = chance.choice(["register", "join", "join", "create", "message", "message", "leave"])
        room = chance.choice(["red", "green", "blue"])
        person.ask(action, {"register": name, "message": "hello", "leave": ""}.get(action, room))


def test_all_at_once(connect: Connect, tables: Tables) -> None:
    """After many random acts at the same time the tables agree with each other."""
    people = {f"p{number}": connect() for number in range(8)}
    threads = [threading.Thread(target=act, args=(person, name)) for name, person in people.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    items = tables()
    records = {key: item for key, item in items.items() if "connected" in item}
    rooms = {key: item["users"]["M"] for key, item in items.items() if "users" in item}
    seats = {(key.removeprefix("room "), connection) for key, users in rooms.items() for connection in users}
    assert seats == {(item["room"]["S"], key) for key, item in records.items() if "room" in item}
    assert all(rooms.values())
    listed = items.get("#rooms", {"rooms": {"M": {}}})["rooms"]["M"]
    assert {f"room {name}" for name in listed} == rooms.keys()
    assert {f"room {name}#log" for name in listed} <= items.keys()
    owners = {key: item["owner"]["S"] for key, item in items.items() if key.startswith("name#")}
    assert owners == {f"name#{item['name']['S']}": key for key, item in records.items() if "name" in item}
