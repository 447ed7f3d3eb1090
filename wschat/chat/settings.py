"""What a person may set for the chat: flags over environment over file; each with what it means."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from wschat.errors import UsageError

BOOLEANS: dict[str, bool] = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
NOTIFY = ("none", "osc9", "osc777")


@dataclass(frozen=True)
class Settings:
    """The settings of a chat; the defaults are the program's own."""

    url: str | None = None
    name: str | None = None
    room: str | None = None
    plain: bool = False
    log: str | None = None
    time: str = "%H:%M"
    bell: bool = True
    notify: str = "none"
    links: bool | None = None


MEANING = {
    "url": "the lab's wss:// URL, for `wschat web` too; without it, that of the last provision",
    "name": "register this name at once",
    "room": "join this room at once, or create it",
    "plain": "linear lines without an input line at the bottom: for screen readers and plain terminals",
    "log": "write what is said to the end of this file",
    "time": "how times are shown, as strftime has it",
    "bell": "ring when somebody mentions you",
    "notify": "tell the desktop of it too, if the terminal can: none, osc9 or osc777",
    "links": "make URLs clickable (OSC 8); without it, where the terminal is known to do it",
}
EXAMPLES = {"url": "wss://…", "name": "ann", "room": "lobby", "log": "/home/ann/chat.log", "links": True}
_KINDS = {field.name: field.type for field in fields(Settings)}


def template() -> str:
    """Return a settings file in which everything is a comment."""
    lines = [
        "# Settings of wschat chat, in TOML. What is commented out is the default, or an example.",
        "# WSCHAT_NAME=… in the environment goes over `name` here, and --name over both; so do the others.",
    ]
    for name, meaning in MEANING.items():
        value = getattr(Settings(), name)
        example = EXAMPLES[name] if value is None else value
        shown = str(example).lower() if isinstance(example, bool) else f'"{example}"'
        lines += ["", f"# {meaning[0].upper()}{meaning[1:]}.", f"# {name} = {shown}"]
    return "\n".join(lines) + "\n"


def settings(
    file: str, where: str, environment: Mapping[str, str], flags: Mapping[str, str | bool | None]
) -> Settings:
    """Return the settings; a flag that is None was not given.

    Raises:
        UsageError: a file or variable has what is no setting; it names it and says what would be.
    """
    chosen = Settings()
    for name, value in _read(file, where).items():
        chosen = _with(chosen, name, value, f"{where}: {name}")
    for name, kind in _KINDS.items():
        variable = f"WSCHAT_{name.upper()}"
        if text := environment.get(variable):
            value = _boolean(text) if "bool" in str(kind) else text
            chosen = _with(chosen, name, value, variable)
    for name, value in flags.items():
        if value is not None:
            chosen = _with(chosen, name, value, f"--{name}")
    return chosen


def _read(file: str, where: str) -> dict[str, object]:
    if not re.search(r"^\s*[^\s#]", file, flags=re.MULTILINE):  # as in most: the parser needs not be loaded
        return {}
    import tomllib

    try:
        return tomllib.loads(file)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UsageError(f"this is no TOML: {error}", where=where, hint="correct it, or remove it") from None


def _boolean(text: str) -> bool | str:
    return BOOLEANS.get(text.lower(), text)


def _with(chosen: Settings, name: str, value: object, where: str) -> Settings:
    if name not in _KINDS:
        raise UsageError("there is no such setting", where=where, hint=f"there are {', '.join(_KINDS)}")
    wanted = bool if "bool" in str(_KINDS[name]) else str
    if not isinstance(value, wanted):
        kind = "true or false" if wanted is bool else "a text"
        raise UsageError(f"this must be {kind}", where=where, hint=MEANING[name])
    if name == "notify" and value not in NOTIFY:
        raise UsageError(f"there is no {value}", where=where, hint=f"one of {', '.join(NOTIFY)}")
    return replace(chosen, **{name: value})  # type: ignore[arg-type]
