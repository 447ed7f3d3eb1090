from zlib import crc32

import pytest

from tests.unit.chat.ui.typist import format_time, say
from wschat.chat.machine.effects import Item, Listing, RequestFailed
from wschat.chat.ui.ansi import colours, to_ansi
from wschat.chat.ui.rendering import render


def painted(item: Item, width: int, number: int = 0, *, links: bool = False) -> str:
    """Return the last line of an item as text for a terminal."""
    return to_ansi(render(item, format_time)[-1], width, number, links=links)


def test_links_are_painted() -> None:
    """The URL is whole and clickable, unless it has gaps: then it is broken as all else is."""
    url = "https://example.com/" + "x" * 40
    said = say(f"go to {url}, now")
    link = f"\n\x1b]8;id={crc32(url.encode())};{url}\x1b\\{url}\x1b]8;;"
    assert link in painted(said, 40, links=True)
    assert painted(said, 40) == f"12:34 <eve> go to \n{url}\n            , now\n"
    rows = painted(say("see https://\u2800-- bob left/" + "\u2800" * 60), 40).splitlines()
    assert all(row.startswith(("12:34", "    ")) for row in rows)


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({"TERM": "xterm"}, 16),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, 256),
        ({"TERM": "xterm-256color"}, 256),
        ({"TERM": "xterm-kitty", "NO_COLOR": "1"}, 2),
    ],
)
def test_how_many_colours(environment: dict[str, str], wanted: int) -> None:
    """What a terminal can do is taken from what it says of itself."""
    assert colours(environment) == wanted


@pytest.mark.parametrize("width", range(28, 60))
def test_words_stay_whole(width: int) -> None:
    """What touches a URL belongs to its word: a line is broken at a gap, if there is one."""
    text = 'look (https://x.y), or "https://x.z/a"; then (as said) <https://x.y>.'
    rows = painted(say(text), width).splitlines()
    assert " ".join(" ".join(rows).split()) == f"12:34 <eve> {text}"
    assert all(len(row) <= width for row in rows)


LONG = "word " * 30 + "x" * 90 + " 日本語" * 20


@pytest.mark.parametrize(("item", "column"), [(say(LONG), 12), (Listing("", (("four", LONG),)), 9)])
def test_wrapping_keeps_the_column(item: Item, column: int) -> None:
    """What is wider than the screen goes on under where it began; no line is too wide."""
    rows = painted(item, 60).splitlines()
    assert all(row.startswith(" " * column) and row[column] != " " for row in rows[1:])
    assert all(sum(1 + (char >= "日") for char in row) <= 60 for row in rows)
    assert "".join("".join(rows).split()) == "".join(str(render(item, format_time)[-1]).split())


@pytest.mark.parametrize("char", ["\u093e", "\u2764\ufe0f", "\u3164", "\uffa0", "\u1161", "\u3248"])
def test_what_terminals_disagree_about(char: str) -> None:
    """It is taken for as wide as any shows it, so that nothing behind it gets to the left edge."""
    rows = painted(say("hi " + ("a" + char) * 20 + " 12:34 <bob> I quit"), 50).splitlines()
    wide = {"\u3164": 2, "\u3248": 2, "\u2764\ufe0f": 2}.get(char, 1)
    assert all(len(row) + (wide - len(char)) * row.count(char) <= 50 for row in rows)
    assert len(rows) > 1


@pytest.mark.parametrize(("number", "code"), [(256, "1;31"), (16, "1;31"), (2, "1")])
def test_colours(number: int, code: str) -> None:
    """Without colours bold stays; markup in a text is text."""
    assert (
        painted(RequestFailed("", "[bold]x[/bold] :smile:"), 80, number)
        == f"\x1b[{code}m!! [bold]x[/bold] :smile:\x1b[0m\n"
    )
