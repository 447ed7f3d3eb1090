"""Each key of the table does what the help says of it; pastes, and texts that come back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from prompt_toolkit.input.ansi_escape_sequences import REVERSE_ANSI_SEQUENCES
from prompt_toolkit.keys import KEY_ALIASES, Keys

from tests.unit.chat.ui.typist import drafted, typed
from wschat.chat.machine.commands import KEYS
from wschat.chat.machine.effects import Unsent
from wschat.chat.ui.terminal import TerminalUI

Step = str | Callable[[TerminalUI], bool]


def pressed(sequence: str) -> str:
    """Return what a terminal sends for these keys."""
    return "".join(REVERSE_ANSI_SEQUENCES[Keys(KEY_ALIASES.get(key, key))] for key in sequence.split())


ENTER, UP, DOWN = map(pressed, ("enter", "up", "down"))

EFFECTS: dict[str, tuple[tuple[Step, ...], tuple[Step, ...], list[str]]] = {
    "enter": (("one",), (), ["one"]),
    "escape enter": (("one",), ("two", ENTER), ["one\ntwo"]),
    "c-j": (("one",), ("two", ENTER), ["one\ntwo"]),
    "tab": (("b",), (drafted("bea: "), ENTER), ["bea: "]),
    "up": (("one", ENTER, drafted("", 1)), (drafted("one"), ENTER), ["one", "one"]),
    "down": (
        ("one", ENTER, "half", drafted("half", 1), UP, drafted("one")),
        (drafted("half"), ENTER),
        ["one", "half"],
    ),
    "c-r": (
        ("first", ENTER, "second", ENTER, drafted("", 2)),
        ("fi", ENTER, drafted("first"), ENTER),
        ["first", "second", "first"],
    ),
    "f1": ((), (), ["/help"]),
    "c-c": (("half", drafted("half")), (drafted(""), ENTER), [""]),
    "c-d": ((), (), ["/quit"]),
    "c-z": ((), (), ["suspended"]),
}


def test_the_table_is_whole() -> None:
    """Every key of the table is pressed here."""
    assert [sequence for key in KEYS for sequence in key.sequences] == list(EFFECTS)


@pytest.mark.parametrize("sequence", EFFECTS)
def test_keys(tmp_path: Path, sequence: str) -> None:
    """A key has the effect that its help tells of."""
    before, after, entered = EFFECTS[sequence]
    assert typed(tmp_path / "history", *before, pressed(sequence), *after, count=len(entered)) == entered


LONG = "\x1b[200~" + "\n".join("abcdefg") + "\x1b[201~"
TOO_LONG = "\x1b[200~" + "x\n" * 2_000 + "y\x1b[201~"
SHORT = "\x1b[200~one\r\ntwo\n\x1b[201~"


def asked(ui: TerminalUI) -> bool:
    return "Send these 7 lines?" in str(ui._prompt._prompt_text())


@pytest.mark.parametrize(
    ("steps", "entered"),
    [
        (("\x03",), ["/quit"]),
        (("text\x04\r\x04",), ["text", "/quit"]),
        ((f"{SHORT}\r",), ["one\ntwo"]),
        ((f"{LONG}\r", asked, "n", lambda ui: not asked(ui), "\r", asked, "y"), ["a\nb\nc\nd\ne\nf\ng"]),
        ((f"{LONG}\r", asked, "n\x03x\r"), ["x"]),
        ((f"{TOO_LONG}\r",), ["x\n" * 2_000 + "y"]),
    ],
)
def test_many_keys(tmp_path: Path, steps: tuple[Step, ...], entered: list[str]) -> None:
    """On an empty line Ctrl-C and Ctrl-D quit; a long paste that can be sent waits for an answer."""
    assert typed(tmp_path / "history", *steps, count=len(entered)) == entered


REFUSED = "hello everybody"


def refused(ui: TerminalUI) -> bool:
    """Give the text back once it has been entered."""
    if REFUSED not in ui._prompt.history.get_strings():
        return False
    ui.restore(Unsent(REFUSED))
    return True


def searching(ui: TerminalUI) -> bool:
    return ui._prompt.app.layout.is_searching


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
def test_a_refused_text(tmp_path: Path, steps: tuple[Step, ...], entered: list[str]) -> None:
    """It comes back into an empty input, and gives way to a command; else it is the newest that Up brings."""
    got = typed(tmp_path / "history", f"{REFUSED}\r", *steps, count=1 + len(entered))
    assert got == [REFUSED, *entered]
