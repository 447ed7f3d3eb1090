"""Reports of chats in browsers; each check gets a tab in a room, and the room's server."""

from tests.e2e.web.tab import Tab
from tests.studies.reported.case import Case
from tests.support.room_server import texts
from tests.support.threaded import ThreadedServer

COMPOSE = """([keyCode, isComposing]) => document.querySelector("#message").dispatchEvent(
  new KeyboardEvent("keydown", { key: "Enter", keyCode, isComposing, bubbles: true, cancelable: true }))"""
OVERLAPS = """() => { const [one, two] = [...document.querySelectorAll("#log li")].slice(-2)
  .map((row) => row.getBoundingClientRect()); return one.bottom > two.top; }"""
LAST = "#log li:last-child"


def while_composing(tab: Tab, room: ThreadedServer) -> None:
    """Enter takes a word of an input method, and sends nothing; then it sends."""
    tab.page.fill("#message", "\u96e3\u3057\u3044")
    for key_code, is_composing in ((229, True), (229, False)):
        tab.page.evaluate(COMPOSE, [key_code, is_composing])
    assert texts(room.server.requests) == []
    tab.page.press("#message", "Enter")
    tab.until("#log li.mine:has-text('\u96e3\u3057\u3044')")


def tags(tab: Tab, room: ThreadedServer) -> None:
    """They are text."""
    room.say("<b>bold</b> <i> &amp; </div>")
    tab.until(f"{LAST}:has-text('<b>bold</b> <i> &amp; </div>')")


def marks(tab: Tab, room: ThreadedServer) -> None:
    """They stay within their message."""
    room.say(("." + "\u0347" * 99) * 20)
    room.say("below")
    tab.until(f"{LAST}:has-text('below')")
    assert not tab.page.evaluate(OVERLAPS)


def turned_round(tab: Tab, room: ThreadedServer) -> None:
    """What is not seen in a name is spelled out."""
    room.say("boosted", user="alice\u202e")
    tab.until(f"{LAST}:has-text('alice\\\\u{{202e}}')")


def wide(tab: Tab, room: ThreadedServer) -> None:
    """A link ends where Chinese goes on."""
    room.say("https://x.y/pull/343\uff08fix\uff09 \u201chttps://x.y/a\u201d")
    tab.until(f"{LAST} a")
    assert tab.page.locator(f"{LAST} a").all_text_contents() == ["https://x.y/pull/343", "https://x.y/a"]


CASES = (
    Case(
        "cloudflare/cloudflare-os/issues/166",
        "Enter that takes a Japanese word sends the message",
        while_composing,
    ),
    Case("AoTTG2-Archive/AoTTG-2/issues/525", "tags in a message break the chat", tags),
    Case("Sharkord/sharkord/issues/294", "marks of a message cover names around it", marks),
    Case("bluesky-social/social-app/issues/447", "a name turns round the words around it", turned_round),
    Case(
        "markdown-it/linkify-it/issues/15",
        "a link goes on into Chinese brackets",
        wide,
        "mended: it ends there",
    ),
)
