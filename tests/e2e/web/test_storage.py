"""What a tab keeps: whatever stands there, or fails there, the page works, and takes of it what is good."""

import json
from typing import Any

from tests.e2e.web.conftest import OpenTab
from tests.e2e.web.tab import Tab
from tests.support.room_server import texts
from tests.support.threaded import ThreadedServer

WRITE = "([key, text]) => sessionStorage.setItem(key, text)"
READ = "(key) => JSON.parse(sessionStorage.getItem(key))"
UNKEPT = "text=Your browser can't keep what this tab knows"
GONE = "Object.defineProperty(window, 'sessionStorage', { get() { %s } })"
FAILING = {
    "refused": GONE % "throw new DOMException('no', 'SecurityError')",
    "none": GONE % "return null",
    "full": "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }",
    "unreadable": "Storage.prototype.getItem = () => { throw new Error('broken') }",
}
SLOW = """AbortSignal.timeout = ((timeout) => (ms) => ms > 1000 ? timeout(ms) : AbortSignal.abort())
  .call(null, AbortSignal.timeout.bind(AbortSignal))"""  # a second is over at once
ID = "0123456789abcdef" * 2
GOOD = {"value": "not sent yet", "id": ID, "room": "ops", "tried": False, "failed": ""}
RECORD: dict[str, Any] = {"token": ID, "name": "ann", "room": "ops", "known": 1, "unsent": [GOOD]}
FILL = "sessionStorage.full = 'x'.repeat(5 * 2 ** 20 - 2000)"  # the quota of browsers, but for some
BAD: tuple[Any, ...] = (None, 5, {}, "x" * 5000, "", [], True, [None], [{}], {"length": 3})


def put(tab: Tab, room: ThreadedServer, record: object) -> None:
    """Let a tab find something in its storage, as it is loaded again."""
    text = record if isinstance(record, str) else json.dumps(record)
    tab.page.evaluate(WRITE, [room.server.url, text])
    tab.page.reload()
    tab.until_state("Connected")
    tab.until(".outside #name, .in-lobby #room, .in-room #message")


def test_whatever_stands_there(page: str, room: ThreadedServer, open_tab: OpenTab) -> None:
    """Of a record what is no good is left out, field by field, and the rest of it holds; of much, some."""
    tab = open_tab(page)
    wrong = [{**RECORD, "name": bad, "room": bad, "known": bad} for bad in BAD[1:4]]
    for record in ("{", "null", "[" * 99_999, {"token": {}}, *wrong, {**RECORD, "unsent": {"length": 3}}):
        put(tab, room, record)
    room.server.requests.clear()
    broken = [{**GOOD, field: bad} for field in ("value", "id", "room") for bad in BAD]
    put(tab, room, {**RECORD, "name": "bob", "known": [1], "unsent": [*BAD, *broken, GOOD, GOOD]})
    tab.until("#log li.mine:has-text('not sent yet')")
    assert tab.page.locator("#unsent li").count() == 0
    assert texts(room.server.requests) == ["not sent yet"]
    much = [{**GOOD, "id": f"{number:032x}", "failed": "no"} for number in range(1000)]
    put(tab, room, {**RECORD, "unsent": much})
    assert tab.page.locator("#unsent li").count() == 200


def test_a_slow_machine(page: str, open_tab: OpenTab) -> None:
    """Who loads the page again is the same, though the one before takes its time to be gone."""
    tab = open_tab(page).register("ann")
    tab.page.add_init_script(SLOW)
    tab.page.reload()
    tab.until(".in-lobby #room")


def test_it_fails(page: str, open_tab: OpenTab) -> None:
    """Without a storage one chats, and is told what that means."""
    tab = open_tab("about:blank")
    tab.page.add_init_script(f"eval(({json.dumps(FAILING)})[location.search.slice(1)])")
    for fault in FAILING:
        tab.page.goto(f"{page}?{fault}")
        tab.until_state("Connected")
        assert tab.page.is_visible(UNKEPT) == (fault != "unreadable")
    tab.register("ann").create("ops").say("hello")
    tab.until("#log li.mine:has-text('hello')")


def test_it_is_full(page: str, room: ThreadedServer, open_tab: OpenTab) -> None:
    """Where there is no room for what is not sent, there is for the name; and what is stale is not kept."""
    tab = open_tab(page).register("ann").create("ops")
    assert tab.page.is_hidden(UNKEPT)
    room.server.mute = True
    tab.page.evaluate(FILL)
    tab.say("x" * 4000)
    tab.until(UNKEPT)
    kept = tab.page.evaluate(READ, room.server.url)
    assert (kept["name"], kept["unsent"]) == ("ann", [])
    tab.page.evaluate("sessionStorage.removeItem('full')")
    tab.say("y")
    tab.page.wait_for_selector(UNKEPT, state="hidden")
