"""Which observations there are, and what each takes: what a lesson may have under `see`."""

from collections.abc import Mapping
from typing import NamedTuple

from wschat.lab.blueprint import CLIENTS, FUNCTIONS, ROOMS


class Takes(NamedTuple):
    """What an observation takes: what it is called, if it takes anything, and which there are, if not any."""

    what: str = ""
    among: tuple[str, ...] = ()


FRAME = Takes("the text of a frame")
TABLE = Takes("a table", (CLIENTS, ROOMS))
FUNCTION = Takes("a function", tuple(spec.name for spec in FUNCTIONS))
KNOWN: Mapping[str, Takes] = {
    "handshake": Takes(),
    "frame": FRAME,
    "two": FRAME,
    "items": TABLE,
    "invoke": FUNCTION,
    "log": FUNCTION,
    "policy": FUNCTION,
    "chat": Takes(),
    "web": Takes(),
}
"""The observations, by the first word after `see`; the rest is what they take."""


def problem(see: str) -> str:
    """Return what is wrong with the words of an observation; nothing if it is one."""
    name, _, given = see.partition(" ")
    if name not in KNOWN:
        return f"there is no observation {name!r}: there are {', '.join(KNOWN)}"
    what, among = KNOWN[name]
    if among and given not in among:
        return f"{name} takes {what}, one of {', '.join(among)}"
    if bool(what) != bool(given):
        return f"{name} takes {what or 'nothing more'}"
    return ""
