"""What a person may set for the chat, with what each setting means; and the file that sets it."""

import re
from dataclasses import dataclass
from typing import Any, Literal, get_args

from wschat.errors import UsageError

Notify = Literal["none", "osc9"]
"""By which escape sequence the terminal is asked to notify the desktop, if by any."""


@dataclass(frozen=True)
class Settings:
    """The settings of a chat; the defaults are the program's own."""

    name: str | None = None
    room: str | None = None
    plain: bool = False
    log: str | None = None
    time: str = "%H:%M"
    bell: bool = True
    notify: str = "none"
    links: bool = True
    ignore: str = ""

    @property
    def ignored(self) -> tuple[str, ...]:
        """The names in `ignore`."""
        return tuple(name.strip() for name in self.ignore.split(",") if name.strip())


MEANING = {
    "url": "The lab's wss:// URL. (default: that of the last provision)",
    "name": "Register this name at once.",
    "room": "Join this room at once, or create it.",
    "plain": "Linear lines without an input line at the bottom: for screen readers and plain terminals.",
    "log": "Append what is said to this file.",
    "time": "How times are shown, as strftime has it.",
    "bell": "Ring when somebody mentions you.",
    "notify": "Tell the desktop of a mention too, if the terminal can.",
    "links": "Make URLs clickable (OSC 8).",
    "ignore": "Show nothing of these people: names, with commas between.",
}
"""What can be set, as help and the settings file say it; `url` counts for `wschat web` too."""
EXAMPLES: dict[str, object] = {
    **vars(Settings()),
    "url": "wss://…",
    "name": "ann",
    "room": "lobby",
    "log": "/home/ann/chat.log",
    "ignore": "eve, max",
}
"""Each setting's default, or what it may be where it has none."""


def template() -> str:
    """Return a settings file in which everything is a comment."""
    lines = [
        "# Settings of wschat chat, in TOML. What is commented out is the default, or an example.",
        "# WSCHAT_NAME=… in the environment goes over `name` here, and --name over both; so do the others.",
    ]
    for name, meaning in MEANING.items():
        value = EXAMPLES[name]
        shown = str(value).lower() if isinstance(value, bool) else f'"{value}"'
        lines += ["", f"# {meaning}", f"# {name} = {shown}"]
    return "\n".join(lines) + "\n"


def parse(text: str, where: str) -> dict[str, Any]:
    """Return what the text of a settings file sets.

    Raises:
        UsageError: it is no TOML, or sets what is no setting; `where` is the file, the error names the key.
    """
    if not re.search(r"^\s*[^\s#]", text, flags=re.MULTILINE):  # as in most: the parser needs not be loaded
        return {}
    import tomllib

    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"this is no TOML: {error}", where=where, hint="correct it, or remove it") from None
    for name, value in found.items():
        _check(name, value, f"{where}: {name}")
    return found


def _check(name: str, value: object, where: str) -> None:
    if name not in MEANING:
        raise UsageError("there is no such setting", where=where, hint=f"there are {', '.join(MEANING)}")
    kind = type(EXAMPLES[name])
    if not isinstance(value, kind):
        what = "true or false" if kind is bool else "a text"
        raise UsageError(f"this must be {what}", where=where, hint=MEANING[name])
    if name == "notify" and value not in get_args(Notify):
        raise UsageError(f"there is no {value}", where=where, hint=f"one of {', '.join(get_args(Notify))}")
