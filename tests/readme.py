"""The README's tables, made from what they are about; `python -m tests.readme` writes them into it."""

import re
from collections.abc import Iterable
from pathlib import Path

from tests.local.gateway import behaviours
from wschat.chat.commands import HELP
from wschat.cli import app
from wschat.errors import EXIT_CODES
from wschat.lab.blueprint import CLIENTS, FUNCTIONS, ROOMS
from wschat.lab.permits import PERMITS

README = Path(__file__).parent.parent / "README.md"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table in Markdown."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def commands() -> str:
    """Return the table of commands."""
    callbacks = [command.callback for command in app.registered_commands if command.callback]
    rows = [[f"`wschat {callback.__name__}`", str(callback.__doc__)] for callback in callbacks]
    return table(["command", "what it does"], rows)


def exit_codes() -> str:
    """Return the table of exit codes."""
    return table(["code", "meaning"], ([str(int(code)), meaning] for code, meaning in EXIT_CODES.items()))


def chat_commands() -> str:
    """Return the table of the chat's own commands."""
    return table(["you type", "it does"], ([f"`{usage}`", what] for usage, what in HELP))


def functions() -> str:
    """Return the table of functions, how long they are, their routes and what they may do."""
    rows = [
        [
            f"[{spec.name}](wschat/functions/{spec.module}.py)",
            str(len((README.parent / f"wschat/functions/{spec.module}.py").read_text().splitlines())),
            " ".join(f"`{route}`" for route in spec.routes),
            spec.clients or "none",
            spec.rooms or "none",
            "post to connections" if spec.posts else "none",
        ]
        for spec in FUNCTIONS
    ]
    return table(["function", "lines", "routes", f"on `{CLIENTS}`", f"on `{ROOMS}`", "WebSocket"], rows)


def permits() -> str:
    """Return the table of what a person needs in AWS."""
    rows = [
        [
            f"{permit.service}: {permit.actions}",
            permit.on,
            permit.why + ("" if permit.verified else " (AWS's own list does not have it)"),
        ]
        for permit in PERMITS
    ]
    return table(["actions", "on", "to"], rows)


def gateway() -> str:
    """Return the table of what the local gateway does as on AWS."""
    return table(["what happens", "as on AWS", "", "tests"], behaviours.table())


TABLES = {
    "commands": commands,
    "exit codes": exit_codes,
    "chat commands": chat_commands,
    "functions": functions,
    "permits": permits,
    "behaviours": gateway,
}


def filled(text: str) -> str:
    """Return the README's text with each table as it should be."""
    for name, make in TABLES.items():
        marked = re.compile(rf"(<!-- {name} -->\n)(?:\|.*\n)*")
        found = marked.search(text)
        assert found, f"no place for the table of {name}"
        text = "".join((text[: found.end(1)], make(), "\n", text[found.end() :]))
    return text


if __name__ == "__main__":
    README.write_text(filled(README.read_text()))
