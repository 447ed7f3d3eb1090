import pytest

from wschat.chat.machine.advice import Advice
from wschat.chat.machine.commands import (
    COMMANDS,
    HELP,
    Entered,
    candidates,
    mentions,
    parse,
)


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("hello /join", Entered("message", "hello /join")),
        ("//join", Entered("message", "/join")),
        ("/join my room", Entered("join", "my room")),
        ("/JOIN  ops ", Entered("join", "ops")),
        ("/leave", Entered("leave", "")),
        ("/jion ops", Advice("there is no /jion", "did you mean /join ROOM?")),
        ("/", Advice("there is no /", "see /help")),
        ("/usr/bin/env", Advice("there is no /usr/bin/env", "see /help")),
        ("/join", Advice("/join needs a ROOM", "type /join ROOM")),
        ("/leave now", Advice("/leave stands alone", "type /leave")),
    ],
)
def test_parse(line: str, meaning: object) -> None:
    """A line is text, a command with what it needs, or a mistake with advice."""
    assert parse(line) == meaning


@pytest.mark.parametrize(
    ("before", "lines"),
    [
        ("", []),
        ("hello /j", []),
        ("/", [f"/{command.name}" for command in COMMANDS]),
        ("/R", ["/register", "/rooms"]),
        ("/join ", ["/join ops", "/join Old times"]),
        ("/join OL", ["/join Old times"]),
        ("/create o", []),
        ("/nothing", []),
    ],
)
def test_candidates(before: str, lines: list[str]) -> None:
    """Commands complete, and rooms after /join."""
    assert candidates(before, ["ops", "Old times"]) == lines


def test_help_lists_all() -> None:
    """Every command stands in the help."""
    assert [usage for usage, _ in HELP[: len(COMMANDS)]] == [command.usage for command in COMMANDS]


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
