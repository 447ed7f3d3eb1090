"""The interface for a terminal: what it prints, rings, completes, and takes back."""

from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from tests.support.asynchronous import asynchronous
from tests.support.attacks import ATTACKS, is_bad
from tests.unit.chat.ui.typist import opened, say
from wschat.chat.machine.effects import Unsent
from wschat.chat.machine.names import by_fold
from wschat.chat.machine.state import ChatState, PendingRequest, Reconnecting, Room
from wschat.protocol.requests import Request


@asynchronous
async def test_restored(tmp_path: Path) -> None:
    """A line comes back into the input line, or above it when that is taken."""
    with opened(tmp_path / "history") as (ui, _, screen):
        for line in ("one", "two"):
            ui.restore(Unsent(line))
            assert ui._prompt.default_buffer.text == "one"
        assert "Not sent: \x1b[0mtwo" in screen.printed
        assert "Up brings it back" in screen.printed


def test_what_waits(tmp_path: Path) -> None:
    """It takes a row each, however long it is."""
    with opened(tmp_path / "history") as (ui, _, _screen):
        outbox = (PendingRequest(Request("message", "x"), "x" * 300),)
        ui.follow(ChatState("me", "t", connection=Reconnecting(trouble="gone"), outbox=outbox))
        assert [len(line) for line in ui._prompt.pending()] == [ui._prompt.columns]


def test_completion_types_no_traps(tmp_path: Path) -> None:
    """A room or person whose name is not what it looks like can't get into the input line."""
    odd = ("o\u202eps", "o\x1b[2J", "op\u0455", "op\u200ds", *ATTACKS)

    with opened(tmp_path / "history") as (ui, _, _screen):
        rooms = by_fold((*odd, "ops"))
        ui.follow(ChatState("me", "t", rooms=rooms, room=Room("dev", "ann", ("ann", "bea", *odd))))
        typed = [Document("/join "), *(Document(name[0]) for name in ("a", "bea", *odd))]
        found = [completion for text in typed for completion in ui.get_completions(text, CompleteEvent())]
    names = {completion.text.removeprefix("/join ").removesuffix(": ") for completion in found}
    assert {"ops", "bea"} <= names
    assert names.isdisjoint(("ann", *odd[:4]))
    assert not [name for name in names if any(map(is_bad, name))]


def test_who_looks_like_a_member(tmp_path: Path) -> None:
    """One sees it as they speak, and in the toolbar; and no completion types their name."""
    double = "\u0408\u043e\u0435"
    spelled = "\\u{408}\\u{43e}\\u{435}"
    with opened(tmp_path / "history") as (ui, _, screen):
        ui.follow(ChatState("me", "t", name="ann", room=Room("dev", "ann", ("ann", double, "Joe"))))
        toolbar = ui._prompt.bottom_toolbar
        assert callable(toolbar)
        assert f"{spelled}, Joe" in str(toolbar())
        typed = [
            each.text
            for name in ("J", double[0])
            for each in ui.get_completions(Document(name), CompleteEvent())
        ]
        assert typed == ["Joe: "]
        ui.show(say("hi", double))
    assert f"<{spelled}>" in screen.printed


@pytest.mark.parametrize(("notify", "sent"), [("none", ""), ("osc9", "\x1b]9;e, x: ann! ␇,\x07")])
def test_bell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, notify: str, sent: str) -> None:
    """A mention stands out; one that shall ring does."""
    monkeypatch.setenv("TERM", "xterm-256color")
    mention = say("ann! \x07;", "e; x", me="ann")
    with opened(tmp_path / "history", notify=notify) as (ui, _, screen):
        ui.show(say("hi"))
        ui.show(mention)
        assert "\a" not in screen.printed
        ui.show(mention._replace(rings=True))
    assert screen.printed.count("\a") == 1 + (notify != "none")
    assert sent in screen.printed
    assert "\x1b[1;33mann!" in screen.printed


def test_no_more_than_a_screen_is_painted_anew(tmp_path: Path) -> None:
    """Who drags the border of a terminal does not wait for long messages that have scrolled away."""
    with opened(tmp_path / "history") as (ui, _, _screen):
        for _ in range(9):
            ui.show(say("one\ntwo\nthree"))
        assert ui._prompt.redraw(5).count("\n") == 6
