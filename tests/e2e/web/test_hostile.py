"""Strangers are hostile: whatever they write, in the page it is text, readable, and nothing else."""

import json
import re
import unicodedata
from collections.abc import Iterator
from itertools import count

import pytest

from tests.e2e.web.conftest import OpenTab
from tests.e2e.web.injections import INJECTIONS
from tests.e2e.web.tab import Tab
from tests.support.attacks import ATTACKS
from tests.support.threaded import ThreadedServer
from wschat.protocol.events import EVENTS
from wschat.protocol.names import INVISIBLE, escaped

CORPUS = list(dict.fromkeys((*ATTACKS, *INJECTIONS)))
NUMBERS = count()
ATTRIBUTES = {
    *("class", "dir", "href", "rel", "target", "type", "datetime"),
    *("aria-current", "aria-label", "data-more"),
}
KEPT = "\n\t\u200c\u200d"  # of all that shows nothing, this is passed on: Persian and emoji need the joiners
SHOWN = 64  # characters of a name
HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
WEIGHTS = "row => [...row.children].map((part) => getComputedStyle(part).fontWeight)"
WATCH = """() => {
  window.violations = [];
  addEventListener("securitypolicyviolation", (event) => violations.push(event.blockedURI));
}"""
LOOK = """() => {
  const log = document.querySelector("#log"), attributes = new Set(), kinds = new Set();
  for (const it of document.querySelectorAll("#log *, #users *, #rooms *, #title *, #state *, .error *")) {
    kinds.add(it.localName);
    for (const name of it.getAttributeNames()) attributes.add(`${it.localName} ${name}`);
  }
  const links = [...document.querySelectorAll("a")];
  return {
    ran: "ran" in window, violations, kinds: [...kinds].sort(), attributes: [...attributes].sort(),
    outside: [...document.querySelectorAll("body > *, head > *")].map((it) => `${it.localName} ${it.id}`),
    links: links.map((it) => [it.protocol, it.rel, it.target, it.textContent, it.href]),
    said: [...log.querySelectorAll("li:not(.notice)")].map((it) =>
      [it.querySelector("bdi"), it.querySelector(".text")].map((part) => part.textContent)),
    wide: document.documentElement.scrollWidth > innerWidth,
    title: document.title, draft: document.querySelector("#message").value, place: location.href,
  };
}"""


@pytest.fixture
def ann(page: str, open_tab: OpenTab) -> Iterator[Tab]:
    """Somebody in a room that others fill, with half a sentence typed."""
    tab = open_tab(page, size=(390, 844))
    tab.page.on("dialog", lambda dialog: tab.errors.append(f"a dialog: {dialog.message}"))
    tab.page.on("popup", lambda page: tab.errors.append(f"a window: {page.url}"))
    tab.page.evaluate(WATCH)
    tab.register("ann").create("ops")
    tab.page.fill("#message", "half a sentence")
    yield tab
    tab.page.click("#leave")
    tab.until("#create")


def harmless(shown: str, sent: str) -> bool:
    """Tell whether all letters of a text are there in order, or spelled out; none hides or steers."""
    hides = [char for char in shown if unicodedata.category(char) in HIDDEN and char not in KEPT]
    left = shown
    for char in sent:
        if char.isalnum() and ord(char) not in INVISIBLE:
            found = re.search(f"{re.escape(char)}|{re.escape(escaped(char))}", left)
            if not found:
                return False
            left = left[found.end() :]
    return not hides


def test_a_name_adds_no_words(ann: Tab, room: ThreadedServer) -> None:
    """In a notice, one sees where the name ends."""
    room.do(room.server.tell({"type": "user-joined", "user": "bob left; eve", "room": "ops"}))
    ann.until(notice := ".notice:has-text('bob left; eve joined')")
    name, words = ann.page.locator(notice).evaluate(WEIGHTS)
    assert int(name) > int(words)
    for gap in "\U0001d159\U00013441\U000e0100\u3164\u2003\u200d":
        room.do(room.server.tell({"type": "user-joined", "user": f"bob{gap}left", "room": "ops"}))
        shown = rf"bob\u{{{ord(gap):x}}}left"
        ann.page.wait_for_function(
            "(name) => [...document.querySelectorAll('.notice bdi')].pop().textContent === name", arg=shown
        )


def test_corpus(ann: Tab, room: ThreadedServer) -> None:
    """No attack runs anything, makes an element, asks anybody for anything, or is unreadable."""
    assert len(ATTACKS) >= 100
    assert len(set(INJECTIONS)) >= 60
    for start in range(0, len(CORPUS), 160):
        check_attacks(ann, room, CORPUS[start : start + 160])
    assert ann.strange_requests == []


def check_attacks(ann: Tab, room: ThreadedServer, texts: list[str]) -> None:
    """Attack, and look at what has become of it."""
    before = ann.page.evaluate(LOOK)
    for text in texts:
        room.attack(text)
        room.do(room.server.tell({"type": "user-left", "user": text, "room": "ops"}))
    mark = f"mark {next(NUMBERS)}."
    room.say(mark)
    ann.until(f"#log li:last-child:has-text('{mark}')")
    after = ann.page.evaluate(LOOK)
    for same in ("ran", "violations", "outside", "title", "draft", "place", "wide"):
        assert after[same] == before[same], same
    assert set(after["kinds"]) <= {"a", "bdi", "button", "li", "p", "span", "time"}
    assert {told.partition(" ")[2] for told in after["attributes"]} <= ATTRIBUTES
    wanted = [pair for text in texts for pair in (("eve", text), (f"e{text}", "hi"))]
    shown = [tuple(pair) for pair in after["said"][-len(wanted) - 1 : -1]]
    for (name, text), (sent_name, sent_text) in zip(shown, wanted, strict=True):
        assert harmless(name, sent_name[:SHOWN]), sent_name
        assert harmless(text, sent_text), sent_text
    for protocol, rel, target, shown_url, href in after["links"]:
        assert (protocol in {"http:", "https:"}, rel, target) == (True, "noopener noreferrer", "_blank")
        assert shown_url.partition(":")[0].lower() == href.partition(":")[0]


def test_refusals_and_reasons(ann: Tab, room: ThreadedServer) -> None:
    """The server's own words, and why it ended a connection, are text as well."""
    ann.page.set_viewport_size({"width": 1280, "height": 800})
    for text in INJECTIONS[:40:4]:
        room.refuse("full", text)
        ann.enter("room", "another")
        ann.page.wait_for_function(
            "(text) => document.querySelector('#room-error').textContent === text",
            arg=text.replace("\f", "\\u{c}"),
        )
    for code, at in (("full", "#room-error"), ("not-registered", "#state")):
        room.refuse(code, "\u202eno\u2066")
        ann.enter("room", "another")
        ann.page.wait_for_function(
            "([at, text]) => document.querySelector(at).textContent.includes(text)",
            arg=[at, r"\u{202e}no\u{2066}"],
        )
    room.server.tamper = lambda _frame: None
    ann.until_state("Connected")
    room.do(room.server.cut(1011, INJECTIONS[0]))
    ann.until_state(INJECTIONS[0])
    ann.until_state("Connected")
    look = ann.page.evaluate(LOOK)
    assert (look["ran"], look["violations"]) == (False, [])


def test_links(ann: Tab, room: ThreadedServer) -> None:
    """An address is shown whole, without the sentence around it, and says where it leads if need be."""
    for said, link, beside in (
        ("see https://example.org/a?b=c#d.", "https://example.org/a?b=c#d", "see ."),
        ("(https://example.org/)", "https://example.org/", "()"),
        ("https://en.example.org/wiki/A_(b), or", "https://en.example.org/wiki/A_(b)", ", or"),
        (
            "http://bank.example@evil.invalid/",
            "http://bank.example@evil.invalid/",
            " (leads to evil.invalid)",
        ),
        ("https://bank.com@bank.co/", "https://bank.com@bank.co/", " (leads to bank.co)"),
        ("https://b\u0430nk.example", "https://b\u0430nk.example", " (leads to xn--bnk-6cd.example)"),
    ):
        room.say(said)
        ann.until(f"#log li:last-child a:text-is('{link}')")
        text = ann.page.text_content("#log li:last-child .text") or ""
        assert text.replace(link, "", 1) == beside
    room.say("javascript:alert(1) ftp://x www.example.org httpx://y")
    ann.until("#log li:last-child:has-text('httpx')")
    assert ann.page.locator("#log li:last-child a").count() == 0


def test_frames_of_any_shape(ann: Tab, room: ThreadedServer) -> None:
    """What is no frame of the wire changes nothing, and no error is met."""
    values: list[object] = [None, 0, -1, 1e308, True, [], {}, [None], [{}], {"a": 1}, "x"]
    kinds: list[object] = [*EVENTS, 1, None]
    fields = ["user", "message", "room", "seq", "time", "id", "users", "rooms", "messages", "code", "name"]
    long = ("[" * 50_000, '{"type":"ack","id":' + "9" * 5000 + "}")
    frames = [{"type": kind, **dict.fromkeys(fields, value)} for kind in kinds for value in values]
    for text in (*map(json.dumps, frames), "", "null", "[]", "{", '"x"', "1e999", *long):
        room.do(room.server.tell(text))
    room.say("still here")
    ann.until("text=still here")
    assert ann.page.inner_text("#title") == "ops"
    assert ann.page.input_value("#message") == "half a sentence"


async def flood(room: ThreadedServer, first: int, last: int) -> None:
    """Say something from each number to another."""
    for number in range(first, last):
        said = {"type": "client-message", "user": "eve", "message": f"flood {number}.", "room": "ops"}
        await room.server.tell({**said, "seq": number + 1})


def test_a_flood(ann: Tab, room: ThreadedServer) -> None:
    """A flood is shown in order, to its end, and neither the draft nor the page is lost."""
    for first in range(0, 3_000, 1_000):
        room.do(flood(room, first, first + 1000))
    ann.until("#log li:last-child:has-text('flood 2999.')")
    texts = ann.texts
    assert texts == [f"flood {number}." for number in range(2_000, 3_000)], "no more than one can read"
    assert ann.page.evaluate("document.querySelector('#scroll').scrollTop") == 0
    ann.page.press("#message", "End")
    ann.page.keyboard.type(" more")
    assert ann.page.input_value("#message") == "half a sentence more"


def test_reading_in_a_flood(ann: Tab, room: ThreadedServer) -> None:
    """Who reads further up stays there, though the log's beginning goes, and is told how many are new."""
    where = """() => new Promise((tell) => requestAnimationFrame(() => setTimeout(() => {
      const rows = [...document.querySelectorAll("#log li")];
      tell(rows.find((it) => it.textContent.includes("flood 980.")).getBoundingClientRect().top);
    })))"""
    room.do(flood(room, 0, 1000))
    ann.until("#log li:last-child:has-text('flood 999.')")
    ann.page.hover("#scroll")
    ann.page.mouse.wheel(0, -900)
    ann.page.wait_for_function("() => document.querySelector('#scroll').scrollTop < -800")
    before = ann.page.evaluate(where)
    room.do(flood(room, 1000, 1100))
    ann.until("#news:has-text('100 new')")
    assert abs(ann.page.evaluate(where) - before) < 2, "but for the rounding of a pixel"
    ann.page.click("#news")
    ann.page.wait_for_function("() => document.querySelector('#scroll').scrollTop === 0")
    ann.page.wait_for_selector("#news", state="hidden")
