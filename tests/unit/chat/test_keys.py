"""Each key of the table does what the help says of it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from prompt_toolkit.input.ansi_escape_sequences import REVERSE_ANSI_SEQUENCES
from prompt_toolkit.keys import KEY_ALIASES, Keys

from wschat.chat.machine.commands import KEYS
from wschat.chat.ui.terminal import TerminalView

from .test_typing import drafted, typed

Step = str | Callable[[TerminalView], bool]


def pressed(sequence: str) -> str:
    """Return what a terminal sends for these keys."""
    return "".join(REVERSE_ANSI_SEQUENCES[Keys(KEY_ALIASES.get(key, key))] for key in sequence.split())


ENTER, UP = pressed("enter"), pressed("up")
# What is typed before a key and after it, and the lines that are entered then.
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
    assert typed(tmp_path, *before, pressed(sequence), *after, count=len(entered)) == entered
