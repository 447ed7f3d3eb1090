import pytest

from wschat.chat.machine.advice import Advice
from wschat.chat.machine.commands import COMMANDS, KNOWN_AS, PRIVATE, WHY_NOT, candidates, mentions, parse
from wschat.protocol.requests import Raw, Request


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("hello /join", Request("message", "hello /join")),
        ("//join", Request("message", "/join")),
        ("/join my room", Request("join", "my room")),
        ("/JOIN  ops ", Request("join", "ops")),
        ("/leave", Request("leave", "")),
        ("/nick ann", Request("register", "ann")),
        ("/part", Request("leave", "")),
        ("/EXIT", Request("quit", "")),
        ("/me waves", Advice("there is no /me: what is said is text", "such as *waves*")),
        ("/msg bob hi", PRIVATE),
        ("/clear", Advice("there is no /clear", "Ctrl-L clears the screen")),
        ("/ignore", Request("ignore", "")),
        ("/ignore bob b", Request("ignore", "bob b")),
        ("/unignore", Advice("/unignore needs a NAME", "type /unignore NAME")),
        ('/raw  {"a": 1} ', Raw("raw", ' {"a": 1} ')),
        ("/raw", Advice("/raw needs a JSON", "type /raw JSON")),
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
        ("/R", ["/register", "/rooms", "/raw"]),
        ("/join ", ["/join ops", "/join Old times"]),
        ("/join OL", ["/join Old times"]),
        ("/ignore b", ["/ignore bob"]),
        ("/create o", []),
        ("/nothing", []),
    ],
)
def test_candidates(before: str, lines: list[str]) -> None:
    """Commands complete, and what follows one of them."""
    assert candidates(before, {"join": ["ops", "Old times"], "ignore": ["ann", "bob"]}) == lines


def test_other_names() -> None:
    """Each word that people know from elsewhere means one thing."""
    aliases = [alias for command in COMMANDS for alias in command.aliases]
    assert len(KNOWN_AS) == len(COMMANDS) + len(aliases)
    assert not KNOWN_AS.keys() & WHY_NOT.keys()


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
