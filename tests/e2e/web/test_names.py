"""In the page, too, nobody is taken for somebody else: it shows names as a terminal does."""

import json
import unicodedata
from collections.abc import Iterable

from tests.e2e.web.tab import Tab
from tests.support.attacks import ATTACKS
from tests.support.doubles import BLAMELESS, CAUGHT, MISSED
from tests.support.threaded import ThreadedServer
from wschat.chat.ui.names import Names, safe_name
from wschat.protocol.names import escaped
from wschat.text import MARKS

SHOWN = """async (pairs) => {
  const { meet, safeName, shown } = await import(new URL("names.js", document.baseURI));
  return pairs.map((pair) => {
    meet(pair);
    return [...pair.map(shown), ...pair.map((name) => safeName(name))];
  });
}"""
OTHERS = (
    "Zoë01",
    "José",
    "Иван",
    "Ива\u043d",
    "Ивaн",
    "Sara سارة",
    "Mª José",
    "Ɗan",
    "b\u043eb",
    "b\u04e7b",
    "Bo\uff42",
    "Ann李",
)


def as_in_a_terminal(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Return what a terminal shows of each pair: where both were met, and of each alone."""
    names, shown = Names(), []
    for pair in pairs:
        names.meet(pair)
        shown.append([*map(names.shown, pair), *map(safe_name, pair)])
    return shown


def test_as_in_a_terminal(ann: Tab) -> None:
    """The same table and the same rules: each name is shown as the terminal has it."""
    cases = [(case.present, case.name) for case in (*CAUGHT, *MISSED, *BLAMELESS)]
    odd = [text for text in ATTACKS if text and not any(map(is_drawn_otherwise, text))]
    pairs = [*cases, *((name, "eve") for name in (*OTHERS, *odd)), *((f"e{name}", name) for name in odd)]
    assert len(odd) > 50
    assert ann.page.evaluate(SHOWN, pairs) == as_in_a_terminal(pairs)


def is_drawn_otherwise(char: str) -> bool:
    """Tell what a terminal has its own pictures for, and brackets, which end no name in the page."""
    return char in "<>" or unicodedata.category(char) in {"Cc", "Cs"}


def test_who_looks_like_a_member(ann: Tab, room: ThreadedServer) -> None:
    """One sees it in the list, in what is said, and in who joined; also of who was there before."""
    joe = "\u0408\u043e\u0435"
    room.do(room.server.tell({"type": "user-joined", "user": joe, "room": "ops"}))
    ann.until(f"#users bdi:text-is('{joe}')")
    for user in ("Joe", "\u0410nn", "a\u0144n"):
        room.do(room.server.tell({"type": "user-joined", "user": user, "room": "ops"}))
    ann.until("#users bdi:text-is('\\\\u{408}\\\\u{43e}\\\\u{435}')")
    ann.until(".notice:has-text('\\\\u{410}nn joined')")
    room.say("hi", joe)
    ann.until("#log li:last-child:has-text('hi') bdi:text-is('\\\\u{408}\\\\u{43e}\\\\u{435}')")
    assert ann.page.locator("#users bdi:text-is('Joe')").count() == 1


def test_who_is_there_already(ann: Tab, room: ThreadedServer) -> None:
    """Who comes into a room sees at once whether two of its members look alike, neither of them in ASCII."""
    users = ["ann", "\u0391\u0392\u0395", "\u0410\u0412\u0415"]  # two are all Greek, and all Cyrillic
    reply = {"type": "multi-message", "room": "dev", "users": users, "messages": []}
    room.server.tamper = lambda frame: json.dumps({**reply, "id": frame["id"]})
    ann.enter("room", "dev")
    ann.until("#title:has-text('dev')")
    spelled = ["".join(map(escaped, name)) for name in users[1:]]
    assert ann.page.locator("#users bdi").all_text_contents() == ["ann", *spelled]


def test_a_pile_of_marks(ann: Tab, room: ThreadedServer) -> None:
    """No more of them stand on a letter than a terminal shows, nor on what is before."""
    room.say("a" + 50 * "\u0301" + "b", "\u0301" * 50)
    ann.until("#log li:last-child:has-text('b')")
    row = ann.page.locator("#log li:last-child")
    assert row.locator(".text").text_content() == "a" + MARKS * "\u0301" + "b"
    assert row.locator("bdi").text_content() == "\u25cc" + MARKS * "\u0301"


def test_a_name_of_any_length(ann: Tab, room: ThreadedServer) -> None:
    """A name that no lab of ours lets in holds nothing up, and fills no screen."""
    room.say("hi", "a" + 100_000 * "\u0301\u0323")
    room.say("soon", "x" * 100_000)
    ann.until("#log li:last-child:has-text('soon')")
    assert len(ann.page.locator("#log li:last-child bdi").text_content() or "") < 100


def test_two_blanks_are_one(ann: Tab, room: ThreadedServer) -> None:
    """A room's name is sent as it will be stored, and measured so."""
    ann.page.click("#leave")
    ann.enter("room", f" a  \u3000 b{40 * ' '}c ")
    ann.until("#title:has-text('a b c')")
    assert room.server.requests[-1]["value"] == "a b c"
