"""The pane of frames: what went over the wire, in order, with times, without secrets; it costs little."""

import json
import re

from tests.e2e.web.conftest import OpenTab
from tests.e2e.web.injections import INJECTIONS
from tests.e2e.web.test_hostile import flood
from tests.e2e.web.test_phone import IN_VIEW
from tests.support.threaded import ThreadedServer
from wschat.text import masked

ROWS = """() => [...document.querySelectorAll("#frames-list li")].map((row) => [
  row.querySelector(".unseen").textContent, row.querySelector("time").textContent,
  row.querySelector("code").textContent])"""
KEPT, LONG = 200, 4000
COUNT = "document.querySelector('#frames-list').childElementCount"
COVERED = """() => {
  const box = document.querySelector("#frames-title").getBoundingClientRect();
  return document.elementFromPoint(box.left + 3, box.top + box.height / 2).closest("#frames") === null;
}"""
DRAWN = "() => new Promise((tell) => requestAnimationFrame(() => requestAnimationFrame(tell)))"


def test_frames(page: str, room: ThreadedServer, open_tab: OpenTab) -> None:
    """By keyboard one opens it: there is what was said before, and what is said then, as on the wire."""
    ann = open_tab(page).register("ann").create("ops")
    assert ann.page.is_hidden("#frames")
    ann.page.focus("#show-frames")
    ann.page.keyboard.press("Enter")
    ann.until("#show-frames[aria-expanded=true]:focus")
    ann.say('my "token": "hunter2"')
    ann.until("#frames-list code:has-text('client-message')")
    rows = ann.page.evaluate(ROWS)
    sent = [json.loads(text) for way, _, text in rows if way == "sent"]
    assert sent == [json.loads(masked(json.dumps(frame))) for frame in room.server.requests]
    assert [frame["action"] for frame in sent] == ["register", "create", "message"]
    assert (sent[0]["token"], "hunter2" in str(rows)) == ("…", False)
    kinds = [json.loads(text)["type"] for way, _, text in rows if way == "received"]
    assert (kinds[0], "multi-message" in kinds) == ("signup", True)
    assert [way for way, _, _ in rows[:3]] == ["sent", "received", "sent"]
    times = [time for _, time, _ in rows]
    assert all(re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3}", time) for time in times)
    ann.page.focus("#frames [tabindex]")
    ann.page.focus("#show-frames")
    ann.page.keyboard.press("Space")
    ann.until("#show-frames[aria-expanded=false]:focus")
    assert ann.page.is_hidden("#frames")


async def tell_bytes(room: ThreadedServer, content: bytes) -> None:
    """Send a binary frame, which API Gateway never does."""
    for one in room.server.people:
        await one.send(content)


def test_many_frames(page: str, room: ThreadedServer, open_tab: OpenTab) -> None:
    """The last ones are there, as text, and of each what one can read; closed, nothing is made of them."""
    ann = open_tab(page).register("ann").create("ops")
    room.do(flood(room, 0, 300))
    ann.until("#log li:has-text('flood 299.')")
    assert ann.page.evaluate(COUNT) == 0
    ann.page.click("#show-frames")
    assert ann.page.evaluate(COUNT) == KEPT
    for text in ("x" * 9000, *INJECTIONS[:40], "\u202e\x1b"):
        room.do(room.server.tell(text))
    ann.until(r"#frames-list li:last-child:has-text('\\u{202e}\\u{1b}')")
    texts = [text for _, _, text in ann.page.evaluate(ROWS)]
    assert (len(texts), "flood 299." in texts[-43]) == (KEPT, True)
    assert texts[-42] == "x" * LONG + "… and 5000 characters more"
    assert texts[-41:-31] == INJECTIONS[:10]
    assert ann.page.evaluate("'ran' in window") is False
    for size in ((740, 360), (320, 256), (896, 360)):
        ann.page.set_viewport_size({"width": size[0], "height": size[1]})
        assert ann.page.evaluate(COVERED) is False
        ann.page.focus("#message")
        assert ann.page.evaluate(IN_VIEW, "#message") is True
    ann.page.click("#show-frames")
    room.do(tell_bytes(room, b"\xff{}"))
    room.say("closed")
    ann.until("#log li:has-text('closed')")
    ann.page.evaluate(DRAWN)
    assert "closed" not in (ann.page.text_content("#frames-list") or "")
    ann.page.click("#show-frames")
    ann.until("#frames-list li:has-text('3 bytes that are no text') + li:has-text('closed')")
