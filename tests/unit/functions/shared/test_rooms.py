"""One fact in two items: whatever a hand, a time to live or half a delete has left, all is mended."""

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.functions.consistent import inconsistencies
from tests.support.functions.database import Database
from tests.support.functions.gate import Gate
from tests.support.functions.people import Connect, Person, Tables, code
from wschat.functions.shared.seats import mark
from wschat.protocol.events import Ack, ClientMessage, Error, MultiMessage

Items = dict[str, Any]
ROOM, COUNTER, LIST = "room ops", "room ops#log", "#rooms"


def without(*keys: str) -> Callable[[Items, str], None]:
    """Return what deletes items; `ann` is the record of her connection."""

    def delete(items: Items, ann: str) -> None:
        for key in keys:
            del items[ann if key == "ann" else key]

    return delete


def table(*, rooms: bool) -> Callable[[Items, str], None]:
    """Return what makes one of the tables anew."""

    def empty(items: Items, _ann: str) -> None:
        for key in [key for key in items if key.startswith("room ") == rooms]:
            del items[key]

    return empty


def change(key: str, **attributes: Any) -> Callable[[Items, str], None]:  # noqa: ANN401
    """Return what sets attributes of an item, or takes those that are None."""

    def edit(items: Items, ann: str) -> None:
        item = items[ann if key == "ann" else key]
        for name, value in attributes.items():
            item[name] = value
            if value is None:
                del item[name]

    return edit


STATES: dict[str, Callable[[Items, str], None]] = {
    "a record is gone": without("ann"),
    "a record and its name are gone": without("ann", "name#ann"),
    "client-records is made anew": table(rooms=False),
    "a record has no room": change("ann", room=None, born=None),
    "a record has neither name nor room": change("ann", name=None, room=None, born=None),
    "a record is of an earlier room of that name": change("ann", born={"N": "7"}),
    "a record has a room and no birth": change("ann", born=None),
    "a record has another room, which is not there": change("ann", room={"S": "nowhere"}),
    "a room does not list a member": lambda items, ann: items[ROOM]["users"]["M"].pop(ann),
    "a room lists nobody": lambda items, _: items[ROOM]["users"]["M"].clear(),
    "a room has another name for a member": lambda items, ann: items[ROOM]["users"]["M"].update(
        {ann: {"S": "Eve"}}
    ),
    "a room was made anew": change(ROOM, created={"N": "7"}),
    "a room is gone, and its counter is left": without(ROOM),
    "a room and its counter are gone, and it is listed": without(ROOM, COUNTER),
    "room-messages-users is made anew": table(rooms=True),
    "a counter is gone": without(COUNTER),
    "a counter is of an earlier room of that name": change(COUNTER, born={"N": "7"}),
    "the list is gone": without(LIST),
    "the list lacks a room": lambda items, _: items[LIST]["rooms"]["M"].pop("ops"),
    "the list has a room that is not there": lambda items, _: items[LIST]["rooms"]["M"].update(
        {"nowhere": {"S": "Nowhere"}}
    ),
    "the list says that nobody is there": change(
        LIST, rooms={"M": {"ops": {"S": mark("Ops", int(time.time()))}}}
    ),
    "the list says so since long ago": change(LIST, rooms={"M": {"ops": {"S": "Ops#7"}}}),
    "a name is gone": without("name#ann"),
    "a name's other key is gone": without("name#Ann"),
    "a place is kept of who is there": lambda items, ann: items[ROOM]["users"]["M"].update(
        {ann: {"S": "Ann#7"}}
    ),
}


def say(person: Person, name: str, text: str) -> Ack:
    """Say something as a client that knows its name, its token and its room, whatever the lab knows."""
    reply = person.ask("message", text)
    if isinstance(reply, Error) and reply.code == "not-registered":
        assert person.ask("register", name, token="secret").type == "signup"
    if isinstance(reply, Error):
        entered = person.ask("join", "Ops")
        if isinstance(entered, Error):
            assert entered.code == "no-such-room"
            entered = person.ask("create", "Ops")
        assert isinstance(entered, MultiMessage)
        assert name in entered.users
        reply = person.ask("message", text)
    assert isinstance(reply, Ack)
    return reply


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("first", ["message", "join", "leave", "register"])
def test_states(connect: Connect, tables: Tables, database: Database, state: str, first: str) -> None:
    """Whatever is asked first, no message is acked under a wrong name or room, or kept from who is there."""
    ann, bob, dora = (connect(name, room, token="secret") for name, room in PEOPLE)
    items = tables()
    STATES[state](items, ann.connection)
    database.restore(items)
    ann.ask(first, {"join": "Ops", "register": "Ann"}.get(first, "x"), token="secret")
    for person, name in ((ann, "Ann"), (bob, "Bob"), (ann, "Ann")):
        say(person, name, "hello")
    dora.ask("join", "Nowhere")
    for person in (ann, bob):
        person.heard()
    assert (say(ann, "Ann", "all of you").reached, say(bob, "Bob", "and you").reached) == (2, 2)
    for person in (ann, bob):
        said = [event for event in person.heard() if isinstance(event, ClientMessage)]
        assert [(each.user, each.room, each.message) for each in said] == [
            ("Ann", "Ops", "all of you"),
            ("Bob", "Ops", "and you"),
        ]
    if dora.ask("message", "x").type == "error" and code(dora.ask("leave")) == "not-registered":
        dora.ask("register", "Dora", token="secret")
    assert isinstance(dora.ask("join", "Ops"), MultiMessage)
    assert code(dora.ask("create", "Ops", id="another")) == "room-exists"
    if not state.startswith("a name") or first == "register":
        assert inconsistencies(tables()) == []
    for person in (ann, bob, dora):
        assert person.ask("leave").type == "ack"
    left = tables()
    assert [key for key in left if key.startswith("room ") and "#" not in key] == []
    assert left[LIST]["rooms"]["M"] == {}


PEOPLE = (("Ann", "Ops"), ("Bob", "Ops"), ("Dora", ""))


def test_a_message_costs_what_it_did(connect: Connect, gate: Gate) -> None:
    """What is mended is read beside what is needed anyhow."""
    ann = connect("Ann", "Ops")
    gate.calls.clear()
    ann.ask("message", "hello")
    assert Counter(gate.calls) == {"GetItem": 3, "UpdateItem": 1, "PutItem": 1, "post": 1}


def test_a_room_is_made_once(connect: Connect) -> None:
    """Who asks again to make a room, with the same id, has it; to everybody else it is there already."""
    ann, bob = connect("Ann"), connect("Bob")
    made = ann.ask("create", "Ops", id="once")
    ann.heard()
    assert ann.ask("create", "Ops", id="once") == made
    assert ann.heard() == []
    assert code(bob.ask("create", "Ops", id="once")) == "room-exists"
    assert code(ann.ask("create", "Ops", id="twice")) == "room-exists"
