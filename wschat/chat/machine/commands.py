"""The slash commands and the keys as tables: parsing, key bindings, help and completion come from them.

`update.py` carries the commands out.
"""

from collections.abc import Sequence
from typing import NamedTuple

from wschat.chat.machine.advice import Advice
from wschat.protocol.requests import Action, Raw, Request


class Command(NamedTuple):
    """One command: its name without the slash, the argument it must have (or none), its help."""

    name: str
    argument: str
    help: str

    @property
    def usage(self) -> str:
        """What to type."""
        return f"/{self.name} {self.argument}".rstrip()


RAW = "raw"
COMMANDS = (
    Command("register", "NAME", "take a name"),
    Command("create", "ROOM", "make a room and enter it"),
    Command("join", "ROOM", "enter a room that exists"),
    Command("leave", "", "leave the room"),
    Command("rooms", "", "list the rooms"),
    Command("users", "", "list who is in the room"),
    Command(RAW, "JSON", "send a frame as it is, whatever it is; show the reply"),
    Command("help", "", "show this"),
    Command("quit", "", "end the chat"),
)
BY_NAME = {command.name: command for command in COMMANDS}


class Key(NamedTuple):
    """Keys that do the same thing, its help, and the method of `KeyHandlers` that does it.

    A sequence names the keys that are pressed one after the other as prompt_toolkit does; `escape` before
    another one is Alt. Without a handler prompt_toolkit's own does it.
    """

    sequences: tuple[str, ...]
    help: str
    handler: str = ""

    @property
    def label(self) -> str:
        """What stands on the keyboard."""
        return ", ".join(map(_label, self.sequences))


def _label(sequence: str) -> str:
    *alt, key = sequence.split()
    name = f"Ctrl-{key[2:].upper()}" if key.startswith("c-") else key.capitalize()
    return f"Alt-{name}" if alt else name


KEYS = (
    Key(("enter",), "send what you have typed", "send"),
    Key(("escape enter", "c-j"), "begin a new line in a message", "new_line"),
    Key(("tab",), "complete a command, a room or a name, who spoke last first", "complete"),
    Key(("up", "down"), "go through what you entered before"),
    Key(("c-r",), "search in it"),
    Key(("f1",), "show this", "help"),
    Key(("c-c",), "clear the line; on an empty one, end the chat", "clear_or_quit"),
    Key(("c-d",), "on an empty line, end the chat", "quit"),
    Key(("c-z",), "go back to the shell, until fg", "suspend"),
)

HELP = (
    *((command.usage, command.help) for command in COMMANDS),
    ("text", "say it in the room; // at the start says a text that begins with /"),
    *((key.label, key.help) for key in KEYS),
)


def parse(line: str) -> Request | Advice:
    """Return what a line asks the server or us for, or what is wrong with it.

    Commands are found in any case; their names are the server's actions, or ours.
    """
    if not line.startswith("/") or line.startswith("//"):
        return Request(Action.MESSAGE, line.removeprefix("/"))
    word, _, raw = line[1:].partition(" ")
    argument = raw.strip()
    command = BY_NAME.get(word.lower())
    if command is None:
        from difflib import get_close_matches

        close = get_close_matches(word.lower(), BY_NAME, n=1)
        return Advice(
            f"there is no /{word}", f"did you mean {BY_NAME[close[0]].usage}?" if close else "see /help"
        )
    if bool(argument) != bool(command.argument):
        needs = f"needs a {command.argument}" if command.argument else "stands alone"
        return Advice(f"/{command.name} {needs}", f"type {command.usage}")
    return Raw(RAW, raw) if command.name == RAW else Request(command.name, argument)


def candidates(before: str, rooms: Sequence[str]) -> list[str]:
    """Return the whole lines that the text before the cursor may become."""
    if not before.startswith("/"):
        return []
    word, space, argument = before[1:].partition(" ")
    if not space:
        return [f"/{name}" for name in BY_NAME if name.startswith(word.lower())]
    if word.lower() != "join":
        return []
    return [f"/{word} {room}" for room in rooms if room.casefold().startswith(argument.casefold())]


def mentions(before: str, people: Sequence[str]) -> list[tuple[str, int]]:
    """Return the names that the word before the cursor may become, and that word's length."""
    if before.startswith("/") and not before.startswith("//"):
        return []
    start = max(before.rfind(space) for space in " \n") + 1
    word = before[start:]
    if not word:
        return []
    end = ": " if start == 0 else " "
    beginning = word.removeprefix("@").casefold()
    return [(f"{name}{end}", len(word)) for name in people if name.casefold().startswith(beginning)]
