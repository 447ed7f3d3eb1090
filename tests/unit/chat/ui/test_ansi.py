import asyncio
from pathlib import Path
from zlib import crc32

import pytest

from tests.unit.chat.ui.typist import format_time, opened
from wschat.chat.machine.items import Failure, Message
from wschat.chat.ui.ansi import Capabilities, capabilities, to_ansi
from wschat.chat.ui.rendering import render
from wschat.protocol.events import ClientMessage


def test_links_are_painted() -> None:
    """The URL is whole and clickable, unless it has gaps: then it is broken as all else is."""
    url = "https://example.com/" + "x" * 40
    (line,) = render(Message(ClientMessage("eve", f"go to {url}, now", time=1)), format_time)
    assert f"\n\x1b]8;id={crc32(url.encode())};{url}\x1b\\{url}\x1b]8;;" in to_ansi(
        line, 40, Capabilities(links=True)
    )
    assert to_ansi(line, 40, Capabilities()) == f"12:34 <eve> go to \n{url}\n            , now\n"
    (line,) = render(
        Message(ClientMessage("eve", "see https://\u2800-- bob left/" + "\u2800" * 60, time=1)), format_time
    )
    assert all(row.startswith(("12:34", "    ")) for row in to_ansi(line, 40, Capabilities()).splitlines())


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({"TERM": "dumb"}, Capabilities()),
        ({}, Capabilities()),
        ({"TERM": "xterm"}, Capabilities(16, links=True)),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, Capabilities(256, links=True)),
        ({"TERM": "xterm-256color"}, Capabilities(256, links=True)),
        ({"TERM": "xterm-kitty", "NO_COLOR": "1"}, Capabilities(2, links=True)),
    ],
)
def test_capabilities(environment: dict[str, str], wanted: Capabilities) -> None:
    """What a terminal can do is taken from what it says of itself."""
    assert capabilities(environment) == wanted


def test_wrapping_keeps_the_column() -> None:
    """What is wider than the screen goes on under where it began; no line is too wide."""
    text = "word " * 30 + "x" * 90 + " 日本語" * 20
    (line,) = render(Message(ClientMessage("bob", text, time=1)), format_time)
    rows = to_ansi(line, 60, Capabilities()).splitlines()
    assert all(row.startswith(" " * 12) and row[12] != " " for row in rows[1:])
    assert all(len(row.encode("utf-16-le")) // 2 <= 60 for row in rows)
    assert "".join("".join(rows).split()) == "".join(f"12:34 <bob> {text}".split())


@pytest.mark.parametrize("char", ["\u093e", "\u2764\ufe0f", "\u3164", "\uffa0", "\u1161", "\u3248"])
def test_what_terminals_disagree_about(char: str) -> None:
    """It is taken for as wide as any shows it, so that nothing behind it gets to the left edge."""
    (line,) = render(
        Message(ClientMessage("eve", "hi " + ("a" + char) * 20 + " 12:34 <bob> I quit", time=1)), format_time
    )
    rows = to_ansi(line, 50, Capabilities()).splitlines()
    wide = {"\u3164": 2, "\u3248": 2, "\u2764\ufe0f": 2}.get(char, 1)
    assert all(len(row) + (wide - len(char)) * row.count(char) <= 50 for row in rows)
    assert len(rows) > 1


@pytest.mark.parametrize(("variable", "coloured"), [("COLORTERM", True), ("NO_COLOR", False)])
def test_no_color(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, coloured: bool) -> None:  # noqa: FBT001
    """NO_COLOR means none, but bold stays; markup in a text is text."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv(variable, "1")

    async def play() -> str:
        with opened(tmp_path / "history") as (ui, _, screen):
            ui.show(Failure("", "[bold]x[/bold] :smile:"))
            return screen.printed

    printed = asyncio.run(play())
    assert "[bold]x[/bold] :smile:" in printed
    assert ("\x1b[1;31m" if coloured else "\x1b[1m") in printed
