"""Typing: many lines, pastes, names, mentions, help."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import pytest
from prompt_toolkit.input import create_pipe_input

from wschat.chat.machine.commands import mentions
from wschat.chat.machine.events import Event, LineEntered
from wschat.chat.machine.items import Message, Unsent
from wschat.chat.machine.room import Room
from wschat.chat.machine.state import ChatState
from wschat.chat.settings import Settings
from wschat.chat.ui.ansi import Palette, paint, palette
from wschat.chat.ui.links import target_of, urls
from wschat.chat.ui.prompt import terminal_prompt
from wschat.chat.ui.rendering import lines
from wschat.chat.ui.terminal import TerminalView
from wschat.protocol.events import ClientMessage

from .test_view import Screen, clock

LONG = "\x1b[200~" + "\n".join("abcdefg") + "\x1b[201~"
SHORT = "\x1b[200~one\r\ntwo\n\x1b[201~"


def typed(tmp_path: Path, *steps: str | Callable[[TerminalView], bool], count: int = 1) -> list[str]:
    """Return the lines that come of keys; between them, wait for conditions."""

    async def play() -> list[str]:
        lines: asyncio.Queue[str] = asyncio.Queue()

        def enter(event: Event) -> None:
            assert isinstance(event, LineEntered)
            lines.put_nowait(event.line)

        screen = Screen()
        with (
            create_pipe_input() as keyboard,
            terminal_prompt(tmp_path / "h", keyboard, screen) as prompt,
        ):
            view = TerminalView(prompt, clock, Settings())
            room = Room("ops", "ann", ("ann", "bob", "bea"), ("bea",))
            view.follow(ChatState("me", "t", name="ann", room=room))

            async def suspend() -> None:
                lines.put_nowait("suspended")

            prompt._typing._suspend = suspend
            reading = asyncio.create_task(view.read(enter))
            async with asyncio.timeout(10):
                for step in steps:
                    if isinstance(step, str):
                        keyboard.send_text(step)
                    else:
                        while not step(view):  # noqa: ASYNC110
                            await asyncio.sleep(0.005)
                got = [await lines.get() for _ in range(count)]
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            return got

    return asyncio.run(play())


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (f"{SHORT}\r", "one\ntwo"),
        (f"{LONG}\ry", "a\nb\nc\nd\ne\nf\ng"),
        (f"{LONG}\rn\x03x\r", "x"),
    ],
)
def test_pastes(tmp_path: Path, keys: str, line: str) -> None:
    """The end of a paste sends nothing; a long one is asked about."""
    assert typed(tmp_path, keys) == [line]


REFUSED = "hello everybody"


def refused(view: TerminalView) -> bool:
    """Give the text back once it has been entered."""
    if REFUSED not in view._prompt._session.history.get_strings():
        return False
    view.give_back(Unsent(REFUSED))
    return True


def drafted(text: str, entries: int = 0) -> Callable[[TerminalView], bool]:
    """Tell whether this is in the input line, and a history of at least so many entries behind it."""

    def is_drafted(view: TerminalView) -> bool:
        buffer = view._prompt._session.default_buffer
        known = len(buffer.history.get_strings())
        return view.draft == text and known >= entries and len(buffer._working_lines) == known + 1

    return is_drafted


def searching(view: TerminalView) -> bool:
    return view._prompt._session.app.layout.is_searching


UP, DOWN = "\x1b[A", "\x1b[B"


@pytest.mark.parametrize(
    ("steps", "entered"),
    [
        ((refused, "\r"), [REFUSED]),
        ((refused, " again\r"), [f"{REFUSED} again"]),
        ((refused, "\x01/\r"), [f"/{REFUSED}"]),
        ((refused, "/join lo\r"), ["/join lo"]),
        ((refused, "/\x03", drafted(""), UP, "\r"), [REFUSED]),
        ((refused, "\x1b[200~/join lo\x1b[201~\r"), ["/join lo"]),
        (("/join lo", drafted("/join lo"), refused, "\r"), ["/join lo"]),
        (("half", drafted("half"), refused, UP, drafted(REFUSED), "\r"), [REFUSED]),
        (("x\rhalf", drafted("half"), refused, drafted("half"), UP, drafted(REFUSED), "\r"), ["x", REFUSED]),
        (("half", drafted("half"), UP, drafted(REFUSED), refused, DOWN, drafted("half"), "\r"), ["half"]),
        (("\x12", searching, refused, "\x07", drafted(""), "x\r"), ["x"]),
    ],
)
def test_a_refused_text(
    tmp_path: Path, steps: tuple[str | Callable[[TerminalView], bool], ...], entered: list[str]
) -> None:
    """It comes back into an empty input, and gives way to a command; else it is the newest that Up brings."""
    got = typed(tmp_path, f"{REFUSED}\r", *steps, count=1 + len(entered))
    assert got == [REFUSED, *entered]


def test_question(tmp_path: Path) -> None:
    """A long paste stays in the input line until the question is answered."""

    def asked(view: TerminalView) -> bool:
        return "Send these 7 lines?" in str(view._prompt._message())

    assert typed(tmp_path, f"{LONG}\r", asked, "n", lambda view: not asked(view), "\r", asked, "y")


@pytest.mark.parametrize(
    ("before", "found"),
    [
        ("", []),
        ("hi b", [("bea ", 1), ("bob ", 1)]),
        ("@BO", [("bob: ", 3)]),
        ("/join b", []),
        ("one\nbo", [("bob ", 2)]),
        ("hi ", []),
    ],
)
def test_mentions(before: str, found: list[tuple[str, int]]) -> None:
    """The word before the cursor becomes a name."""
    assert mentions(before, ["bea", "bob"]) == found


@pytest.mark.parametrize(("notify", "sent"), [("none", ""), ("osc9", "\x1b]9;e, x: ann! ␇,\x07")])
def test_bell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, notify: str, sent: str) -> None:
    """A mention rings, unless it is an old one."""
    monkeypatch.setenv("TERM", "xterm-256color")
    screen = Screen()

    async def play() -> None:
        with terminal_prompt(tmp_path / "h", None, screen) as prompt:
            view = TerminalView(prompt, clock, Settings(notify=notify))
            mention = Message(ClientMessage("e; x", "ann! \x07;", time=1), me="ann")
            view.show(Message(ClientMessage("eve", "hi", time=1)))
            view.show(mention._replace(missed=True))
            assert "\a" not in screen.printed
            view.show(mention)

    asyncio.run(play())
    assert screen.printed.count("\a") == 1 + (notify != "none")
    assert sent in screen.printed


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://a.b/c?d=e#f.", ["https://a.b/c?d=e#f"]),
        ("(http://a.b/x_(y)) wss://q", ["http://a.b/x_(y)", "wss://q"]),
        ("https://a.b,https", ["https://a.b,https"]),
        ("no://url https:/ ftp.x", []),
        ("https://a\x1b]8;;evil", ["https://a"]),
    ],
)
def test_urls(text: str, found: list[str]) -> None:
    """URLs are whole, without what stands around them."""
    assert [text[start:stop] for start, stop in urls(text)] == found


@pytest.mark.parametrize(
    ("url", "target", "host"),
    [
        ("https://a.b/ü?x=y", "https://a.b/%C3%BC?x=y", ""),
        ("https://bank.com@evil.com/x", "https://bank.com@evil.com/x", "evil.com"),
        ("https://b\u00fccher.de", "https://xn--bcher-kva.de", "xn--bcher-kva.de"),
        ("https://bank.com\\@evil", "https://bank.com%5C@evil", ""),
    ],
)
def test_targets(url: str, target: str, host: str) -> None:
    """A link leads where it says; where it seems to lead elsewhere, the real host is told."""
    found, told = target_of(url)
    assert told == host
    assert found.isascii()
    assert found == target or "\\" in url


def test_links_are_painted() -> None:
    """The URL is whole and clickable, unless it has gaps: then it is broken as all else is."""
    url = "https://example.com/" + "x" * 40
    (line,) = lines(Message(ClientMessage("eve", f"go to {url}, now", time=1)), clock)
    assert f"\n\x1b]8;id={crc32(url.encode())};{url}\x1b\\{url}\x1b]8;;" in paint(
        line, 40, Palette(links=True)
    )
    assert paint(line, 40, Palette()) == f"12:34 <eve> go to \n{url}\n            , now\n"
    (line,) = lines(
        Message(ClientMessage("eve", "see https://\u2800-- bob left/" + "\u2800" * 60, time=1)), clock
    )
    assert all(row.startswith(("12:34", "    ")) for row in paint(line, 40, Palette()).splitlines())


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({"TERM": "dumb"}, Palette()),
        ({}, Palette()),
        ({"TERM": "xterm"}, Palette(16, links=True)),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, Palette(256, links=True)),
        ({"TERM": "xterm-256color"}, Palette(256, links=True)),
        ({"TERM": "xterm-kitty", "NO_COLOR": "1"}, Palette(2, links=True)),
    ],
)
def test_palette(environment: dict[str, str], wanted: Palette) -> None:
    """What a terminal can do is taken from what it says of itself."""
    assert palette(environment) == wanted


def test_wrapping_keeps_the_column() -> None:
    """What is wider than the screen goes on under where it began; no line is too wide."""
    text = "word " * 30 + "x" * 90 + " 日本語" * 20
    (line,) = lines(Message(ClientMessage("bob", text, time=1)), clock)
    rows = paint(line, 60, Palette()).splitlines()
    assert all(row.startswith(" " * 12) and row[12] != " " for row in rows[1:])
    assert all(len(row.encode("utf-16-le")) // 2 <= 60 for row in rows)
    assert "".join("".join(rows).split()) == "".join(f"12:34 <bob> {text}".split())


@pytest.mark.parametrize("char", ["\u093e", "\u2764\ufe0f", "\u3164", "\uffa0", "\u1161", "\u3248"])
def test_what_terminals_disagree_about(char: str) -> None:
    """It is taken for as wide as any shows it, so that nothing behind it gets to the left edge."""
    (line,) = lines(
        Message(ClientMessage("eve", "hi " + ("a" + char) * 20 + " 12:34 <bob> I quit", time=1)), clock
    )
    rows = paint(line, 50, Palette()).splitlines()
    wide = {"\u3164": 2, "\u3248": 2, "\u2764\ufe0f": 2}.get(char, 1)
    assert all(len(row) + (wide - len(char)) * row.count(char) <= 50 for row in rows)
    assert len(rows) > 1


def test_colours_are_stable() -> None:
    """A name has the same colour in any case and every run; others have others."""
    tints = {
        name: lines(Message(ClientMessage(name, "x", time=1)), clock)[0].spans[1].tint
        for name in ("Bob", "bob", "eve")
    }
    assert tints["Bob"] == tints["bob"]
    assert tints["eve"] != tints["bob"]
