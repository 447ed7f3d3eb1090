"""The slash commands and the keys as tables: parsing, key bindings, help and completion come from them.

`update.py` carries the commands out.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from wschat.chat.machine.advice import Advice
from wschat.protocol.requests import Action, Raw, Request


class Command(NamedTuple):
    """One command: its name without the slash, the argument it must have (or none, or in brackets), its help.

    What has no help is told of in another one's. `aliases` are other names that people know for it.
    """

    name: str
    argument: str
    help: str
    aliases: tuple[str, ...] = ()

    @property
    def is_needed(self) -> bool:
        """Tell whether it is nothing without its argument."""
        return self.argument[:1] not in {"", "["}

    @property
    def usage(self) -> str:
        """What to type."""
        return f"/{self.name} {self.argument}".rstrip()


RAW = "raw"
COMMANDS = (
    Command("register", "NAME", "take a name", ("nick", "name")),
    Command("create", "ROOM", "make a room and enter it"),
    Command("join", "ROOM", "enter a room that exists", ("j",)),
    Command("leave", "", "leave the room", ("part",)),
    Command("rooms", "", "list the rooms", ("list",)),
    Command("users", "", "list who is in the room", ("names", "who")),
    Command("ignore", "[NAME]", "hide somebody, until /unignore; alone, list whom"),
    Command("unignore", "NAME", ""),
    Command("more", "", "show the rest of a long message"),
    Command(RAW, "JSON", "send a frame as it is, whatever it is; show the reply"),
    Command("help", "", "show this", ("?", "h")),
    Command("quit", "", "end the chat", ("exit", "q", "bye")),
)
BY_NAME = {command.name: command for command in COMMANDS}
KNOWN_AS = BY_NAME | {alias: command for command in COMMANDS for alias in command.aliases}
PRIVATE = Advice("there are no private messages: all is said in the room", "two can talk in a room of theirs")
NOBODY_RULES = Advice("nobody here may do more than others", "/ignore NAME hides what somebody says")
CLEAR = Advice("there is no /clear", "Ctrl-L clears the screen")
WHY_NOT: dict[str, Advice] = {
    "me": Advice("there is no /me: what is said is text", "such as *waves*"),
    "clear": CLEAR,
    **dict.fromkeys(("msg", "query", "whisper", "w"), PRIVATE),
    **dict.fromkeys(("kick", "ban", "op"), NOBODY_RULES),
    "topic": Advice("a room has a name, and no topic", "say it in the room"),
}
"""What people know from elsewhere, and why it is not here."""


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

LINES = (
    *((command.usage, command.help) for command in COMMANDS if command.help),
    ("text", "say it in the room; // at the start says a text with a /"),
)
"""The help of what one types; where lines are read there is nothing else, and in a terminal the keys."""
HELP = (*LINES, *((key.label, key.help) for key in KEYS))


def parse(line: str) -> Request | Advice:
    """Return what a line asks the server or us for, or what is wrong with it.

    Commands are found in any case; their names are the server's actions, or ours.
    """
    if not line.startswith("/") or line.startswith("//"):
        return Request(Action.MESSAGE, line.removeprefix("/"))
    word, _, raw = line[1:].partition(" ")
    argument = raw.strip()
    command = KNOWN_AS.get(word.lower())
    if command is None and word.lower() in WHY_NOT:
        return WHY_NOT[word.lower()]
    if command is None:
        from difflib import get_close_matches

        close = get_close_matches(word.lower(), BY_NAME, n=1)
        return Advice(
            f"there is no /{word}", f"did you mean {BY_NAME[close[0]].usage}?" if close else "see /help"
        )
    if (argument and not command.argument) or (command.is_needed and not argument):
        needs = f"needs a {command.argument}" if command.argument else "stands alone"
        return Advice(f"/{command.name} {needs}", f"type {command.usage}")
    return Raw(RAW, raw) if command.name == RAW else Request(command.name, argument)


def candidates(before: str, arguments: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the lines that the text before the cursor may become; `arguments` may follow each command."""
    if not before.startswith("/"):
        return []
    word, space, argument = before[1:].partition(" ")
    if not space:
        return [f"/{name}" for name in BY_NAME if name.startswith(word.lower())]
    known = arguments.get(word.lower(), ())
    return [f"/{word} {name}" for name in known if name.casefold().startswith(argument.casefold())]


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
    found = [name for name in people if name.casefold().startswith(beginning)]
    slash = ["/" if start == 0 and name.startswith("/") else "" for name in found]  # or it would be a command
    return [(f"{text}{name}{end}", len(word)) for text, name in zip(slash, found, strict=True)]
