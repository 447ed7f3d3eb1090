"""What comes back after a cut: the room that was asked for, and each message once."""

import json
from typing import Any

import pytest

from tests.e2e.web.cuts import asked, come_back, cut, wait_for
from tests.e2e.web.tab import Tab
from tests.support.room_server import texts
from tests.support.threaded import ThreadedServer


def test_the_server_has_forgotten_us(ann: Tab, room: ThreadedServer) -> None:
    """The room is entered again, once, and what was refused is said."""
    ann.say("before")
    ann.until("#log li.mine:has-text('before')")
    room.server.rooms.clear()
    ann.say("after")
    ann.until("#log li.mine:has-text('after')")
    assert asked(room)[-4:] == ["message", "join", "create", "message"]
    room.server.tamper = lambda frame: (
        json.dumps({"type": "error", "code": "not-in-a-room", "id": frame["id"]})
        if frame["action"] == "message"
        else None
    )
    ann.say("never")
    ann.until("#unsent .failed")
    assert asked(room)[-3:] == ["message", "join", "message"]


def test_leaving_while_cut_off(ann: Tab, room: ThreadedServer) -> None:
    """Who leaves without a connection has left when there is one; what was on its way may have arrived."""
    room.server.mute = True
    ann.say("in flight")
    wait_for(ann, lambda: asked(room)[-1] == "message")
    cut(ann, room, None)
    ann.page.click("#leave")
    ann.page.clock.run_for(1000)
    ann.until_state("Connected")
    ann.create("another")
    assert ann.page.inner_text("#unsent .mark") == "Perhaps it has arrived: you have left that room."
    assert asked(room, "ping") == ["register", "create", "message", "register", "leave", "create"]


@pytest.mark.parametrize(
    ("codes", "asks"),
    [
        ({"join": "no-such-room", "create": "room-exists"}, ["join", "create", "join"]),
        ({"join": "no-such-room", "create": "no-such-room"}, ["join", "create"]),
    ],
    ids=["neither joined nor made", "never there"],
)
def test_a_room_that_is_half_there(
    ann: Tab, room: ThreadedServer, codes: dict[str, str], asks: list[str]
) -> None:
    """A room that can't be had is given up, and not asked for in turns for ever."""

    def refuse(frame: dict[str, Any]) -> str | None:
        told = {"type": "error", "id": frame["id"], "code": codes.get(frame["action"]), "message": "half"}
        return json.dumps(told) if told["code"] else None

    room.server.tamper = refuse
    come_back(ann, room)
    ann.until("#room-error:has-text('half')")
    ann.until_state("Connected")
    assert asked(room)[2:] == ["register", *asks]


@pytest.mark.parametrize(("action", "code"), [("join", "no-such-room"), ("create", "room-exists")])
def test_a_room_that_is_asked_for_at_a_cut(ann: Tab, room: ThreadedServer, action: str, code: str) -> None:
    """It is asked for again as it was: none is made for who joins, nor joined for who makes one."""
    room.do(room.server.tell({"type": "single-room", "message": "theirs"}))
    ann.until("#rooms button:has-text('theirs')")

    def refuse(frame: dict[str, Any]) -> str | None:
        told = {"type": "error", "id": frame["id"], "code": code, "message": "theirs"}
        is_cut = asked(room).count(action) - (action == "create") > 1
        return (json.dumps(told) if is_cut else "") if frame.get("value") == "theirs" else None

    room.server.tamper = refuse
    if action == "join":
        ann.page.click("#rooms button:has-text('theirs')")
    else:
        ann.enter("room", "theirs")
    wait_for(ann, lambda: len(asked(room)) == 3)
    come_back(ann, room)
    ann.until("#room-error:has-text('theirs')")
    ann.until_state("Connected")
    wait_for(ann, lambda: asked(room)[2:] == [action, "register", action, "join"])
    assert len({frame["id"] for frame in room.server.requests if frame.get("value") == "theirs"}) == 1
    ann.say("still here")
    ann.until("#log li.mine:has-text('still here')")


def test_an_answer_to_something_else(ann: Tab, room: ThreadedServer) -> None:
    """Who is greeted in return for joining does not ask to join again, and so on for ever."""

    def greet(frame: dict[str, Any]) -> str | None:
        told = {"type": "signup", "id": frame["id"], "name": "ann", "rooms": []}
        return json.dumps(told) if frame["action"] == "join" else None

    room.server.tamper = greet
    come_back(ann, room)
    wait_for(ann, lambda: "join" in asked(room))
    for mark in ("one", "another"):
        room.say(mark)
        ann.until(f"#log li:has-text('{mark}')")
    assert asked(room)[2:] == ["register", "join"]


@pytest.mark.parametrize(
    ("again", "later", "found"), [("cut", 9, True), ("reload", 99, True), ("reload", 100, False)]
)
def test_a_reply_that_was_lost(
    ann: Tab, room: ThreadedServer, again: str, later: int, *, found: bool
) -> None:
    """A message without a reply is found in the room, and not sent again; if it is too old, it says so."""
    room.do(room.server.say("eve", "ops", *(f"earlier {number}" for number in range(30))))
    ann.until("text=earlier 29")
    room.server.mute = True
    ann.say("in flight")
    wait_for(ann, lambda: asked(room)[-1] == "message")
    room.do(room.server.say("eve", "ops", *(f"later {number}" for number in range(later))))
    cut(ann, room, None)
    if again == "reload":
        ann.page.reload()
    else:
        ann.page.clock.run_for(1000)
    ann.until(f"#log li:has-text('later {later - 1}')")
    ann.until("#log li.mine:has-text('in flight')" if found else "#unsent .failed:has-text('Perhaps')")
    ann.say("afterwards")
    ann.until("#log li.mine:has-text('afterwards')")
    assert texts(room.server.requests) == ["in flight", "afterwards"]
    assert ann.page.locator(".notice:has-text('missing')").count() == (not found)


def test_a_gap(ann: Tab, room: ThreadedServer) -> None:
    """After a cut it asks for all from the first gap on, since what comes late may come never."""
    room.do(room.server.say("eve", "ops", "one", "two", "three"))
    ann.until("text=three")
    room.server.rooms["ops"].store("eve", "four")
    room.do(room.server.say("eve", "ops", "five"))
    ann.until("text=five")
    come_back(ann, room)
    ann.until_said("one", "two", "three", "four", "five")
