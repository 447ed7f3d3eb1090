"""The page's connection: kept alive, moved, found dead, ended; and no message is silently lost."""

import json
from typing import Any

import pytest
from websockets.protocol import State

from tests.e2e.web.conftest import OpenTab
from tests.e2e.web.cuts import asked, come_back, cut, wait_for
from tests.e2e.web.tab import Tab
from tests.support.room_server import texts
from tests.support.threaded import ThreadedServer
from tests.support.until import until

MINUTE = 60_000
LATE, NO_REPLY, LIVED = 5_000, 5_500, 5_000


def test_what_is_typed_meanwhile(ann: Tab) -> None:
    """A room's name that is being typed is not taken away by entering another room."""
    ann.create("second")
    assert ann.page.input_value("#room") == ""
    ann.page.fill("#room", "third")
    ann.join("ops")
    assert ann.page.input_value("#room") == "third"


def test_two_hours(ann: Tab, room: ThreadedServer, page: str, open_tab: OpenTab) -> None:
    """It keeps its connection alive, and moves before two hours and after a sleep, unnoticed by others."""
    room.server.tamper = lambda frame: "" if frame["action"] == "ping" else None  # as some labs do
    registered: list[int] = []

    def note(frame: dict[str, object]) -> None:
        if frame["action"] == "register":
            registered.append(sum(one.state is State.OPEN for one in room.server.people))

    room.server.answered = note
    bob = open_tab(page).register("bob").join("ops")
    ann.page.clock.run_for(MINUTE + 1000)
    wait_for(ann, lambda: asked(room)[-1] == "ping")
    ann.page.clock.run_for(104 * MINUTE)
    wait_for(ann, lambda: len(room.server.handshakes) == 3 and len(room.server.people) == 2)
    ann.say("from the second")
    bob.until("text=from the second")
    ann.page.clock.fast_forward(4 * MINUTE)
    wait_for(ann, lambda: len(room.server.handshakes) == 4 and len(room.server.people) == 2)
    ann.say("from the third")
    bob.until("text=from the third")
    assert bob.page.locator("#log .notice").count() == 0, "nobody left or joined"
    assert registered == [2, 3, 3], "the old connection serves until the new one has taken over"
    again = ["register", "join", "message"]
    assert asked(room, "ping") == ["register", "create", *again[:2], *again, *again]


def test_a_dead_network(ann: Tab, room: ThreadedServer) -> None:
    """Where pings are answered, silence is noticed; what is said meanwhile arrives as soon as it can."""
    ann.page.clock.run_for(MINUTE + 1000)
    wait_for(ann, lambda: asked(room)[-1] == "ping")
    room.say("the pong is here")
    ann.until("text=the pong is here")
    room.server.mute = True
    ann.page.clock.run_for(MINUTE + 10_000)
    ann.until_state("Connecting")
    ann.say("into the void")
    come_back(ann, room, None)
    ann.until("#log li.mine:has-text('into the void')")
    ann.until_state("Connected")
    assert texts(room.server.requests) == ["into the void"]


def test_no_reply(ann: Tab, room: ThreadedServer) -> None:
    """A message without a reply is sent once more; then it says so, and what waited behind it is sent."""
    room.server.tamper = lambda frame: "" if frame.get("value") == "lost" else None
    ann.say("lost")
    ann.say("behind it")
    wait_for(ann, lambda: texts(room.server.requests) == ["lost"])
    ann.page.clock.run_for(LATE)
    why = "no route response, its function hangs (`wschat logs`), or the network does"
    ann.until_state(f"No answer to “message” yet: perhaps its route has {why}")
    ann.page.clock.run_for(NO_REPLY)
    wait_for(ann, lambda: texts(room.server.requests) == ["lost"] * 2)
    ann.page.clock.run_for(NO_REPLY)
    ann.until("#log li.mine:has-text('behind it')")
    assert ann.page.inner_text("#unsent .failed .mark") == "Perhaps it has arrived: no reply came."


def test_a_message_that_nobody_hears(ann: Tab, room: ThreadedServer) -> None:
    """It is said below it how many were told, or that it did not come back."""

    def ack(frame: dict[str, Any]) -> str | None:
        reached = {"nobody": {"reached": 0, "members": 2}, "some": {"reached": 1, "members": 2}}
        told = {
            "type": "ack",
            "seq": len(room.server.requests),
            "time": 1,
            "id": frame.get("id"),
            **reached.get(frame.get("value", ""), {}),
        }
        return json.dumps(told) if frame["action"] == "message" else None

    room.server.tamper = ack
    ann.say("nobody")
    ann.until(".notice:has-text('Stored, but nobody was told')")
    ann.say("some")
    ann.until(".notice:has-text('Reached 1 of 2')")
    ann.say("who knows")
    ann.until("#log li.mine:has-text('who knows')")
    ann.page.clock.run_for(5000)
    ann.until(".notice:has-text('not seen back; others may have it')")
    assert ann.page.locator("#log .notice").count() == 3


def test_ended_on_purpose(ann: Tab, room: ThreadedServer) -> None:
    """Who was thrown out comes back by their own will alone, whatever the network does."""
    for code, handshakes in ((1000, 2), (1009, 3)):
        room.do(room.server.cut(code))
        ann.until_state(f"ended the connection on purpose ({code})")
        ann.page.evaluate("() => dispatchEvent(new Event('online'))")
        ann.page.clock.fast_forward(4 * MINUTE)
        ann.page.click("#retry")
        ann.until("#message:focus")
        ann.until_state("Connected")
        assert len(room.server.handshakes) == handshakes


@pytest.mark.parametrize("is_named", [False, True])
def test_a_server_that_hangs_up(ann: Tab, room: ThreadedServer, *, is_named: bool) -> None:
    """One that ends each connection at once is asked less and less often, whatever it answers before."""
    if not is_named:
        ann.page.evaluate("sessionStorage.clear()")
        ann.page.reload()
    for _ in range(6):
        ann.page.evaluate("document.querySelector('#retry').click()")
        ann.until_state("Connected")
        cut(ann, room)
    tried = len(room.server.handshakes)
    ann.page.clock.run_for(8_000)
    ann.until_state("Trying again")
    assert len(room.server.handshakes) == tried
    ann.page.click("#retry")
    ann.until_state("Connected")
    ann.page.clock.run_for(LIVED)
    come_back(ann, room)
    ann.until_state("Connected")


def test_a_lab_without_pings(ann: Tab, room: ThreadedServer) -> None:
    """Where there is no route for pings, that is not blamed on what waits; all else that is forbidden is."""
    forbidden = json.dumps({"message": "Forbidden", "connectionId": "c=", "requestId": "r="})
    room.server.tamper = lambda frame: forbidden if frame["action"] == "ping" else ""
    ann.say("hello")
    wait_for(ann, lambda: asked(room)[-1] == "message")
    ann.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    wait_for(ann, lambda: asked(room)[-1] == "ping")
    room.say("after it")
    ann.until("#log li:has-text('after it')")
    assert ann.page.inner_text("#unsent .mark") == "Not delivered yet…"
    room.do(room.server.tell(forbidden))
    ann.until("#unsent .failed:has-text('Not sent: Forbidden: ')")


def test_goodbye(ann: Tab, room: ThreadedServer) -> None:
    """Who closes the page says goodbye, at which the lab gives the name back; who only moves does not."""
    ann.page.clock.run_for(MINUTE + 1000)
    ann.page.clock.fast_forward(4 * MINUTE)  # a sleep: the old connection is used no more
    wait_for(ann, lambda: len(room.server.handshakes) == 2 and len(room.server.people) == 1)
    ann.until_state("Connected")
    assert room.server.ends == [1005]
    ann.page.close(run_before_unload=True)
    until(lambda: len(room.server.ends) == 2)
    assert room.server.ends == [1005, 1000]
