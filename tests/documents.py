"""The documents, and the tables in them that the code makes; `python -m tests.documents` writes them all."""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from typer.core import TyperCommand

from tests.studies.accounts.cases import CASES as ACCOUNTS
from tests.studies.accounts.cases import LIFE
from tests.studies.bench import worst
from tests.studies.doctor.reports import unseen
from tests.studies.drift.attributes import unlooked
from tests.studies.drift.cases import CASES, FIXED, TAGS_CHANGED
from tests.studies.drift.hand import KINDS
from tests.studies.drift.unset import MENDED, TOLD, as_status_says
from tests.studies.gateway import behaviours
from tests.studies.privileges.climbs import CLIMBS, open_without
from tests.studies.privileges.errands import ERRANDS
from tests.studies.privileges.scenarios import SCENARIOS
from tests.studies.reported import library
from tests.support import clients
from tests.support.attacks import ATTACKS
from tests.support.attacks import KINDS as ATTACKS_BY_KIND
from tests.support.doubles import BLAMELESS, CAUGHT, MISSED
from wschat.chat.machine.commands import HELP
from wschat.chat.settings import MEANING
from wschat.chat.ui.json_lines import FIELDS
from wschat.cli.app import COMMANDS, load
from wschat.doctor.causes import CAUSES as WRONG
from wschat.doctor.findings import MOST
from wschat.errors import ExitCode
from wschat.lab.aws.stages import Stage
from wschat.lab.blueprint import CLIENTS, FUNCTIONS, MOCKS, ROOMS, blueprint
from wschat.lab.model.lab import Lab
from wschat.lab.permissions.user_policy import STATEMENTS
from wschat.learn.course import course
from wschat.learn.drills.catalogue import DRILLS
from wschat.learn.observe.known import KNOWN
from wschat.learn.observe.observe import OBSERVATIONS
from wschat.protocol.names import told_apart
from wschat.protocol.symptoms import Symptom

ROOT = Path(__file__).parent.parent
TERM = re.compile(r"\*\*(.+?)\*\*")
"""A word of AWS is bold where a lesson explains it, and nowhere else."""


Rows = Iterable[Iterable[str]]


def table(heads: Iterable[str], rows: Rows) -> str:
    """Return a table in Markdown."""
    heads = list(heads)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, ["---"] * len(heads), *rows))


def show(heads: Iterable[str], rows: Iterable[Sequence[str]]) -> list[Sequence[str]]:
    """Print a table, each row as soon as it comes; return the rows."""
    print(table(heads, []))
    shown = []
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)
        shown.append(row)
    return shown


def command_line() -> dict[str, TyperCommand]:
    """Return each command of the program, by name."""
    return {name: load(name) for name in COMMANDS}


def commands() -> Rows:
    for name, command in command_line().items():
        yield f"`wschat {name}`", str(command.help).partition("\n")[0]


def functions() -> Rows:
    for spec in FUNCTIONS:
        lines = len((ROOT / f"wschat/functions/{spec.module}.py").read_text().splitlines())
        routes = " ".join(f"`{route}`" for route in spec.routes)
        posts = "post to connections" if spec.posts else "none"
        link = f"[{spec.name}]({spec.module}.py)"
        yield link, str(lines), routes, spec.clients or "none", spec.rooms or "none", posts


def doubles() -> Rows:
    """Names beside others that they look like, or seem to; what can't be seen is spelled out."""
    for case in CAUGHT:
        yield case.present, told_apart(case.name, case.present), "refused", case.why
    for word, cases in {"taken: not caught": MISSED, "refused, without fault": BLAMELESS}.items():
        yield from ((case.present, case.name, word, case.why) for case in cases)


def throttles() -> Rows:
    """The routes of each function, or of none, and what each of them takes."""
    made = blueprint(Lab(account="000000000000", region="us-east-1"))
    (stage,) = (each for each in made if isinstance(each, Stage))
    own = json.loads(str(stage.route_settings))
    routes = {spec.name: spec.routes for spec in FUNCTIONS} | {
        "none": tuple(key for key, _ in MOCKS.values())
    }
    for function, keys in routes.items():
        rate = own.get(keys[0], {}).get("ThrottlingRateLimit", stage.rate)
        yield " ".join(f"`{key}`" for key in keys), function, f"{rate:g}", str(stage.burst)


def attacks() -> Rows:
    for kind, each in {**ATTACKS_BY_KIND, "in all": ATTACKS}.items():
        yield kind, str(len(each))


def permits() -> Rows:
    for each in STATEMENTS:
        why = each.why + ("" if each.verified else " (AWS's own list does not have it)")
        yield f"{each.service}: {each.actions}", each.on, why


def climbs() -> Rows:
    """The ways to become an administrator."""
    for each in CLIMBS:
        yield each.name, "open" if open_without(each) else "refused", each.against


def drift() -> Rows:
    """What is changed by hand, and the calls that heal it."""
    for kind in dict.fromkeys(_kind(case.resource) for case in (*CASES, *MENDED)):
        cases = [case for case in (*CASES, *MENDED) if _kind(case.resource) == kind]
        heals = (re.split(r"\(| on ", heal)[0] for case in cases for heal in case.heals)
        attributes = _each(case.attribute for case in cases)
        yield kind, str(len(cases)), attributes, _each(heals)
    told = _each(f"{_kind(case.resource)}: {case.attribute}" for case in TOLD)
    yield told, str(len(TOLD)), "somebody's decision", "nothing: told, with what to do"
    fixed = _each(f"{_kind(case.resource)}: {case.attribute}" for case in FIXED)
    yield fixed, str(len(FIXED)), "can't be changed in place", "nothing: named, with what to do"
    tagged = _each(_kind(resource) for resource, _ in TAGS_CHANGED)
    yield tagged, str(len(TAGS_CHANGED)), "tags", "nothing: it is somebody else's then"


def decides() -> Rows:
    """What is changed by hand beside what provision sets, what status says, and what heals it."""
    for case in (*MENDED, *TOLD):
        heals = (
            f"provision: {', '.join(case.heals)}"
            if case.heals
            else "whoever did it: " + _each(map(str, case.undone))
        )
        yield case.words, re.sub(r"(arn:aws:\w+:)\w[^,;\s]*", r"\1…", as_status_says(case)), heals


def accounts() -> Rows:
    """What becomes of each command in an account of each kind."""
    for name, cases in ACCOUNTS.items():
        for case in cases:
            if case not in LIFE:
                yield name, f"`wschat {case.typed}`", f"… {case.says.strip()} …", case.result


def _kind(resource: str) -> str:
    """Return the kind of what is called "kind name"."""
    return next(kind for kind in KINDS if resource.startswith(f"{kind} "))


def _each(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words))


def of_functions() -> Rows:
    """The functions' scenarios, and the actions that each needs."""
    for each in SCENARIOS:
        needs = [f"{what} on `{CLIENTS}`" for what in each.clients.split()]
        needs += [f"{what} on `{ROOMS}`" for what in each.rooms.split()]
        yield each.function, each.name, ", ".join([*needs, *(["ManageConnections"] * each.posts)])


def lessons() -> Rows:
    for each in course():
        file = Path(each.file).name
        yield each.title, f"[{file}](steps/{file})", ", ".join(TERM.findall(" ".join(each.why.split())))


def observations() -> Rows:
    for name, (what, _) in KNOWN.items():
        yield f"`{name}`", what or "nothing", OBSERVATIONS[name].__doc__ or ""


def drills() -> Rows:
    return ((f"`{each.name}`", each.complaint) for each in DRILLS)


def symptoms() -> Rows:
    """What is seen, and the causes that are likeliest where nobody can look closer."""
    for symptom in Symptom:
        causes = [each for each in WRONG if symptom in each.explains][:MOST]
        if symptom is not Symptom.NOTHING_YET:
            yield str(symptom), "<br>".join(f"{each.what}: *{each.mend}*" for each in causes)


NEEDS = "fails without any of"
TABLES: dict[str, dict[str, tuple[str, Callable[[], Rows]]]] = {
    "README.md": {
        "commands": ("command | what it does", commands),
        "exit codes": ("code | meaning", lambda: ((str(int(code)), code.meaning) for code in ExitCode)),
    },
    "wschat/lab/README.md": {
        "symptoms": ("what you see | what is wrong, the likeliest first: what mends it", symptoms),
        "decides": ("changed by hand | what status says | healed by", decides),
    },
    "wschat/lab/ACCOUNTS.md": {
        "accounts": ("account | command | what it says | result", accounts),
        "permits": ("actions | on | to", permits),
        "climbs": ("what is tried | with the policy alone | with both, refused by", climbs),
        "throttles": ("route | function | requests a second of each | at once", throttles),
        "at worst": (" | ".join(worst.HEADS), worst.rows),
    },
    "wschat/functions/README.md": {
        "functions": (f"function | lines | routes | on `{CLIENTS}` | on `{ROOMS}` | WebSocket", functions),
        "doubles": ("there is | somebody wants to be | and is | why", doubles),
        "actions of the functions": (f"function | scenario | {NEEDS}", of_functions),
    },
    "wschat/local/README.md": {},
    "wschat/local/YOUR_API.md": {},
    "wschat/local/runtimes/README.md": {
        "clients": ("language | client | a call to an AWS host | test", clients.rows)
    },
    "wschat/local/gateway/README.md": {
        "behaviours, counted": ("known from | as on AWS | not as on AWS | unknown", behaviours.counts),
        "behaviours": ("what happens | as on AWS | known from (source) | remark | tests", behaviours.rows),
        "sources": ("source | where it stands what AWS does | rows", behaviours.sources),
    },
    "wschat/chat/README.md": {
        "chat commands": ("you type | it does", lambda: ((f"`{usage}`", what) for usage, what in HELP)),
        "settings": (
            "setting | variable | what it means",
            lambda: ((f"`{name}`", f"`WSCHAT_{name.upper()}`", what) for name, what in MEANING.items()),
        ),
        "events": (
            "type | fields",
            lambda: ((f"`{type_}`", fields) for type_, fields in FIELDS.items()),
        ),
    },
    "wschat/learn/README.md": {
        "lessons": ("lesson | its file | words of AWS that it explains", lessons),
        "drills": ("drill | what people say", drills),
        "observations": ("`see:` | takes | what it does", observations),
    },
    "wschat/doctor/README.md": {"unseen": ("reported | why it is no finding", unseen)},
    "wschat/web/README.md": {},
    "tests/recordings/README.md": {},
    "tests/README.md": {
        "drift": ("what | changes | attributes | healed by", drift),
        "not looked at": ("of a | not looked at | why", unlooked),
        "attacks": ("kind | attacks", attacks),
        "reported": (" | ".join(library.HEADS), library.rows),
        "actions of a person": (
            f"errand | {NEEDS}",
            lambda: ((each.name, ", ".join(each.needs)) for each in ERRANDS),
        ),
    },
}
"""Each document, and the tables that stand in it under a comment with their name: the heads, the rows."""


def filled(text: str, document: str, name: str) -> str:
    """Return a document's text with one table as it should be."""
    heads, rows = TABLES[document][name]
    made = table(heads.split(" | "), rows())
    start, found, rest = text.partition(f"<!-- {name} -->\n")
    assert found, f"no place for the table of {name}"
    return start + found + made + "\n" + re.sub(r"\A(\|.*\n)*", "", rest)


def write() -> None:
    """Write each table into its document."""
    for document, tables in TABLES.items():
        text = (ROOT / document).read_text()
        for name in tables:
            text = filled(text, document, name)
        (ROOT / document).write_text(text)


if __name__ == "__main__":
    write()
