"""The documents, and the tables in them that the code makes; `python -m tests.documents` writes them all."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from typer.core import TyperCommand

from tests.studies.drift.cases import CASES, FIXED, TAGS_CHANGED
from tests.studies.drift.hand import KINDS
from tests.studies.privileges.errands import ERRANDS
from tests.studies.privileges.scenarios import SCENARIOS
from tests.support import attacks
from wschat.chat.machine.commands import HELP
from wschat.chat.settings import MEANING
from wschat.chat.ui.json_lines import FIELDS
from wschat.cli.app import COMMANDS, LazyCommand
from wschat.errors import ExitCode
from wschat.lab.blueprint import CLIENTS, FUNCTIONS, ROOMS
from wschat.lab.user_policy import STATEMENTS

ROOT = Path(__file__).parent.parent


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table in Markdown."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def command_line() -> dict[str, TyperCommand]:
    """Return each command of the program, by name."""
    return {name: LazyCommand(name).load() for name in COMMANDS}


def commands() -> str:
    """Return the table of commands."""
    rows = [
        [f"`wschat {name}`", str(command.help).partition("\n")[0]] for name, command in command_line().items()
    ]
    return table(["command", "what it does"], rows)


def exit_codes() -> str:
    """Return the table of exit codes."""
    return table(["code", "meaning"], ([str(int(code)), code.meaning] for code in ExitCode))


def chat_commands() -> str:
    """Return the table of the chat's own commands."""
    return table(["you type", "it does"], ([f"`{usage}`", what] for usage, what in HELP))


def chat_settings() -> str:
    """Return the table of the chat's settings."""
    rows = [[f"`{name}`", f"`WSCHAT_{name.upper()}`", meaning] for name, meaning in MEANING.items()]
    return table(["setting", "variable", "what it means"], rows)


def events() -> str:
    """Return the table of events that programs get."""
    return table(["type", "fields"], ([f"`{type_}`", fields] for type_, fields in FIELDS.items()))


def attacks_on_terminals() -> str:
    """Return the table of attacks, kind by kind, and how many there are."""
    rows = [[kind, str(len(each))] for kind, each in attacks.KINDS.items()]
    return table(["kind", "attacks"], [*rows, ["in all", str(len(attacks.ATTACKS))]])


def functions() -> str:
    """Return the table of functions, how long they are, their routes and what they may do."""
    rows = [
        [
            f"[{spec.name}]({spec.module}.py)",
            str(len((ROOT / f"wschat/functions/{spec.module}.py").read_text().splitlines())),
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
            f"{statement.service}: {statement.actions}",
            statement.on,
            statement.why + ("" if statement.verified else " (AWS's own list does not have it)"),
        ]
        for statement in STATEMENTS
    ]
    return table(["actions", "on", "to"], rows)


def drift() -> str:
    """Return the table of what is changed by hand, and of the calls that heal it."""
    kinds = {
        kind: [case for case in CASES if _kind(case.resource) == kind]
        for kind in dict.fromkeys(_kind(case.resource) for case in CASES)
    }
    rows = [
        [
            kind,
            str(len(cases)),
            ", ".join(dict.fromkeys(case.attribute for case in cases)),
            ", ".join(dict.fromkeys(re.split(r"\(| on ", heal)[0] for case in cases for heal in case.heals)),
        ]
        for kind, cases in kinds.items()
    ]
    fixed = ", ".join(dict.fromkeys(f"{_kind(case.resource)}: {case.attribute}" for case in FIXED))
    tagged = ", ".join(_kind(resource) for resource, _ in TAGS_CHANGED)
    rows.append([fixed, str(len(FIXED)), "can't be changed in place", "nothing: named, with what to do"])
    rows.append([tagged, str(len(TAGS_CHANGED)), "tags", "nothing: it is somebody else's then"])
    return table(["what", "changes", "attributes", "healed by"], rows)


def _kind(resource: str) -> str:
    """Return the kind of what is called "kind name"."""
    return next(kind for kind in KINDS if resource.startswith(f"{kind} "))


def of_functions() -> str:
    """Return the table of the functions' scenarios, and the actions that each needs."""
    rows = []
    for each in SCENARIOS:
        needs = [f"{what} on `{CLIENTS}`" for what in each.clients.split()]
        needs += [f"{what} on `{ROOMS}`" for what in each.rooms.split()]
        rows.append([each.function, each.name, ", ".join([*needs, *(["ManageConnections"] * each.posts)])])
    return table(["function", "scenario", "fails without any of"], rows)


def of_a_person() -> str:
    """Return the table of a person's errands, and the actions that each needs."""
    rows = [[each.name, ", ".join(each.needs)] for each in ERRANDS]
    return table(["errand", "fails without any of"], rows)


TABLES: dict[str, dict[str, Callable[[], str]]] = {
    "README.md": {"commands": commands, "exit codes": exit_codes, "chat commands": chat_commands},
    "wschat/lab/README.md": {"permits": permits},
    "wschat/functions/README.md": {"functions": functions, "actions of the functions": of_functions},
    "wschat/local/README.md": {},
    "wschat/chat/README.md": {"settings": chat_settings, "events": events},
    "wschat/web/README.md": {},
    "tests/README.md": {
        "drift": drift,
        "attacks": attacks_on_terminals,
        "actions of a person": of_a_person,
    },
}
"""Each document, and what makes the tables that stand in it under a comment with their name."""


def filled(text: str, name: str, made: str) -> str:
    """Return a document's text with one table as it should be."""
    start, found, rest = text.partition(f"<!-- {name} -->\n")
    assert found, f"no place for the table of {name}"
    return start + found + made + "\n" + re.sub(r"\A(\|.*\n)*", "", rest)


def write() -> None:
    """Write each table into its document."""
    for document, tables in TABLES.items():
        text = (ROOT / document).read_text()
        for name, make in tables.items():
            text = filled(text, name, make())
        (ROOT / document).write_text(text)


if __name__ == "__main__":
    write()
