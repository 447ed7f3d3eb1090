"""Strangers are hostile: after any attack the terminal is as without it."""

import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.support.attacks import ATTACKS, HOSTILE
from tests.support.terminal import Terminal
from tests.support.threaded import ThreadedServer, start_chat

NUMBERS = count()

WHOLE_URL = r"https?://[!-~]+ *$|[!-~]+ *$"  # and its rest, without a gap

BEGINNINGS = re.compile(rf"00:00 <|-- |!! |── |   |> draft| \S|{WHOLE_URL}|$")


class Place:
    """A terminal that is attacked, who attacks it, and how it looked before."""

    def __init__(self, ann: Terminal, server: ThreadedServer) -> None:
        self.ann, self.server = ann, server
        self.attack("nothing")
        self.before = look(ann)

    def attack(self, *texts: str) -> None:
        """Attack in every field that a stranger can fill.

        Who says the mark joins first: then all joins that have been gathered are shown before it.
        """
        number = next(NUMBERS)
        for text in texts:
            self.server.attack(text)
        self.server.do(self.server.server.tell({"type": "user-joined", "user": f"u{number}", "room": "ops"}))
        self.server.say(f"mark {number}.", f"u{number}")
        self.ann.until_screen(rf"mark {number}\.\n(?:(?!> ).*\n)*> draft")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Ann's terminal, with a draft, in a room that others fill."""
    server = ThreadedServer()
    ann = start_chat(server, tmp_path_factory.mktemp("ann"), "ann", "ops", TZ="UTC")
    ann.until("you are in ops")
    ann.press("draft")
    ann.until("> draft")
    yield Place(ann, server)
    ann.press("\x03\x03")
    assert ann.end() == 0
    server.stop()


def look(ann: Terminal) -> tuple[object, ...]:
    """Return what an attack could change for good."""
    screen = ann.screen
    draft = next(row for row, text in enumerate(screen.display) if text.startswith("> draft"))
    mark = next(row for row in range(draft, -1, -1) if " mark " in screen.display[row])
    cell = screen.buffer[mark][screen.display[mark].index("mark")]
    attributes = (cell.fg, cell.bg, cell.bold, cell.reverse, cell.underscore)
    cursor = (screen.cursor.y - draft, screen.cursor.x, screen.cursor.hidden)
    return (
        screen.title,
        screen.icon_name,
        sorted(screen.mode),
        screen.margins,
        screen.charset,
        attributes,
        cursor,
    )


def check(place: Place, *texts: str) -> None:
    """Attack, and look at the terminal."""
    place.attack(*texts)
    assert look(place.ann) == place.before, texts
    strange = [line for line in place.ann.screen.display if not BEGINNINGS.match(line)]
    assert not strange, (texts, strange)


def test_corpus(place: Place) -> None:
    """No attack of the corpus changes anything."""
    assert len(set(ATTACKS)) >= 100
    for start in range(0, len(ATTACKS), 5):
        check(place, *ATTACKS[start : start + 5])


def test_close_reasons(server: ThreadedServer, tmp_path: Path) -> None:
    """Neither does the reason that a server gives for closing the connection."""
    ann = start_chat(server, tmp_path, "ann", "ops")
    ann.until("you are in ops")
    server.do(server.server.cut(1000, "\x1b]0;title\x07\x1b[2J\x9b31m\u202e"))
    assert ann.end() == 6
    assert "on purpose (1000 ␛]0;title␇␛[2J\\u{9b}31m\\u{202e})" in ann.text.replace("\n", "")
    assert (ann.screen.title, ann.screen.cursor.attrs.fg) == ("", "default")


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(text=HOSTILE)
def test_anything(place: Place, text: str) -> None:
    """Neither does what nobody has thought of."""
    check(place, text)
