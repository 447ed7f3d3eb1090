"""Steps of a plan as `aws` commands: some to be pasted, or a whole script for bash.

Each command has all that it depends on but the credentials: region, profile, endpoint. What AWS chooses an id
for is kept in a variable of the shell; where no command before has set that, it is looked up.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from shlex import quote
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from wschat.lab.aws.roles import Role
from wschat.lab.aws.websocket_api import PENDING
from wschat.lab.blueprint import FUNCTIONS
from wschat.lab.by_hand.calls import VARIABLE, Call, calls, variable
from wschat.lab.model.lab import Lab
from wschat.lab.plan import Step
from wschat.target import is_here

if TYPE_CHECKING:
    from wschat.lab.aws.cloud import Cloud

WIDTH = 79
"""Columns of a line, as far as its words allow."""
INSIDE = " " * 6
"""What a line inside a value begins with."""
LISTS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "api": ("get-apis", ("Name",), "ApiId"),
    "integration": ("get-integrations", ("IntegrationUri", "Description"), "IntegrationId"),
    "route": ("get-routes", ("RouteKey",), "RouteId"),
    "deployment": ("get-deployments", ("Description",), "DeploymentId"),
    "stage": ("get-stages", ("StageName",), "StageName"),
    "integration_response": (
        *("get-integration-responses", ("IntegrationResponseKey",)),
        "IntegrationResponseId",
    ),
    "route_response": ("get-route-responses", ("RouteResponseKey",), "RouteResponseId"),
}
"""Where API Gateway lists what it would make twice, by which parameters one knows it, and its id."""
DATED = {"api", "deployment"}
"""What of it has a date, so that of several the oldest is meant, as to provision; else it is the first id."""
PARENTS = ("ApiId", "IntegrationId", "RouteId")
WAITS = {
    "create_table": "table-exists",
    "update_table": "table-exists",
    "delete_table": "table-not-exists",
    "create_role": "role-exists",
    "create_function": "function-active-v2",
    "update_function_code": "function-updated-v2",
    "update_function_configuration": "function-updated-v2",
}
"""What `aws … wait` waits for after a call, so that the next one can build on it."""
NO_PAGER = "export AWS_PAGER=''"
"""Else `aws`, of version 2, shows each answer in a pager, which would read what is pasted behind it."""
PAUSE = "sleep 10  # Lambda does not know a role that is so new"
UNTIL = 'until [ "$('
DELETES = ("delete_", "remove_", "detach_")


@dataclass(frozen=True)
class Shell:
    """The shell in which commands are typed, and the lab that they are about.

    Attributes:
        profile: the AWS profile, if one was named.
        wschat: what to type for this program.
        zips: the folder into which it writes the functions' zips, as one types it.
    """

    lab: Lab
    profile: str | None = None
    wschat: str = "wschat"
    zips: str = "zips"

    @property
    def emulated(self) -> bool:
        """Whether it is a lab on this machine."""
        return is_here(urlsplit(self.lab.endpoint or "").hostname or "")

    def aws(self, service: str, operation: str, *words: str, column: int = 0) -> str:
        """Return one command, with the options of all, in lines that are no longer than they must be.

        It begins in a column.
        """
        given = {"region": self.lab.region, "profile": self.profile, "endpoint-url": self.lab.endpoint}
        options = (f"--{name} {quote(value)}" for name, value in given.items() if value)
        lines = [f"aws {service} {operation}"]
        for word in (*words, *options):
            if column + len(lines[-1]) + len(word.partition("\n")[0]) > WIDTH - len("  \\"):
                column = 0
                lines[-1] += " \\"
                lines.append("   ")
            first, *rest = word.split("\n")
            lines[-1:] = f"{lines[-1]} {first}", *rest
        return "\n".join(lines)

    def pack(self, functions: Iterable[str]) -> str:
        """Return the command that writes the zips of functions, by their names."""
        names = [name.removeprefix(self.lab.prefix) for name in functions]
        named = names if len(names) < len(FUNCTIONS) else ()
        return " ".join((self.wschat, "zip", *named, "--to", self.zips))

    def zip(self, function: str) -> str:
        """Return a function's zip as `aws` reads it."""
        return f"fileb://{self.zips}/{function.removeprefix(self.lab.prefix)}.zip"


@dataclass(frozen=True)
class Command:
    """One command: what it makes, changes or deletes; or what it finds or waits for.

    Attributes:
        typed: the command itself.
        step: the step that it belongs to.
        call: the call that it makes; None if it only looks.
        variable: the variable of the shell that keeps the id which it answers.
        find: the command that finds what it makes, if there is such a thing, where AWS would make another.
    """

    typed: str
    step: Step
    call: Call | None = None
    variable: str = ""
    find: str = ""

    @property
    def packed(self) -> str:
        """The function whose zip it sends, if it does."""
        packs = self.call and self.call.operation in {"create_function", "update_function_code"}
        return self.step.resource.name if packs else ""

    @property
    def pasted(self) -> str:
        """As one types it."""
        return f"{self.variable}=$({self.typed})" if self.variable else self.typed

    @property
    def scripted(self) -> str:
        """As it stands in a script, which says what it does, and does nothing twice."""
        if self.call is None:
            return self.pasted
        does = "delete" if self.call.operation.startswith(DELETES) else "make"
        what = quote(f"{self.call.operation.replace('_', ' ')} {self.step.resource.name}")
        done, found = f"{does} {what} \\\n  {self.typed}", self.variable or "found"
        if not self.find:
            return done
        looked = f'{found}=$({self.find})\nthere {what} "${found}" || {done}'
        return f"{looked}\n{found}=${{{found}:-$made}}" if self.variable else looked


def commands(steps: Iterable[Step], shell: Shell, cloud: "Cloud | None" = None) -> Iterator[Command]:
    """Yield the commands of steps, each with what it needs before it; `cloud` as `calls` takes it."""
    known = set[str]()
    for call in calls(steps, shell.lab, cloud):
        for kind, name in VARIABLE.findall(_json(call.parameters)):
            if (shown := _name(kind, name)) not in known:
                find = _find(kind.lower(), _marks(kind, name, shell.lab), call.parameters, shell)
                yield Command(find, call.step, variable=shown)
                known.add(shown)
        operation, words = call.operation, _words(call, call.parameters, shell)
        what, kept, find = operation.removeprefix("create_"), "", ""
        if what != operation and what in LISTS:
            find = _find(what, call.parameters, call.parameters, shell)
            if variable(key := call.step.resource.key) != key[1] and what == key[0].lower():
                kept = _name(*key)
                known.add(kept)
                words += [f"--query {LISTS[what][2]}", "--output text"]
        column = len(f"{kept}=$(") if kept else 0
        typed = shell.aws(call.service, operation.replace("_", "-"), *words, column=column)
        yield Command(typed, call.step, call, kept, find)
        yield from _waits(call, shell)


def pasted(steps: Iterable[Step], shell: Shell) -> list[str]:
    """Return the commands of steps as one pastes them, one after another or all at once."""
    made = list(commands(steps, shell))
    packed = dict.fromkeys(each.packed for each in made if each.packed)
    typed = [each.pasted for each in made]
    if packed and not shell.emulated and any(isinstance(each.step.resource, Role) for each in made):
        typed.insert(next(number for number, each in enumerate(made) if each.packed), PAUSE)
    return [NO_PAGER, *([shell.pack(packed)] if packed else []), *typed]


def _name(kind: str, name: str) -> str:
    """Return the name of the variable that keeps an id: of what there is one at a time, its kind."""
    words = re.findall(r"\w+", kind if kind in {"API", "deployment"} else f"{kind} {name}")
    return "_".join(words).lower()


def _marks(kind: str, name: str, lab: Lab) -> dict[str, str]:
    """Return the parameters by which something is known: an integration's description can be lost."""
    if kind == "integration" and name in {spec.name for spec in FUNCTIONS}:
        return {"IntegrationUri": lab.invoke_arn(lab.name(name))}
    return {LISTS[kind.lower()][1][-1]: name}


def _find(what: str, marks: Mapping[str, Any], within: Mapping[str, Any], shell: Shell) -> str:
    """Return the command that finds an id by such parameters, within what others name."""
    operation, known_by, which = LISTS[what]
    mark = next(each for each in known_by if each in marks)
    first = "CreatedDate" if what in DATED else which
    query = f"sort_by(Items[?{mark}==`{json.dumps(marks[mark])}`], &{first})[:1].{which}"
    parents = PARENTS[: PARENTS.index(which)] if which in PARENTS else PARENTS
    inside = {name: within[name] for name in parents if name in within}
    words = [f"--{_kebab(name)} {_quoted(value)}" for name, value in inside.items()]
    return shell.aws("apigatewayv2", operation, *words, f"--query {quote(query)}", "--output text")


def _waits(call: Call, shell: Shell) -> Iterator[Command]:
    """Yield what waits until others can build on what was made."""
    if waiter := WAITS.get(call.operation):
        named = next(name for name in call.parameters if name in {"TableName", "RoleName", "FunctionName"})
        word = f"--{_kebab(named)} {_quoted(call.parameters[named])}"
        yield Command(shell.aws(call.service, "wait", waiter, word), call.step)
    if call.operation == "create_deployment":
        words = [f"--api-id {_quoted(call.parameters['ApiId'])}", '--deployment-id "$deployment"']
        state = "--query DeploymentStatus", "--output text"
        asked = shell.aws(call.service, "get-deployment", *words, *state, column=len(UNTIL))
        yield Command(f'{UNTIL}{asked})" != {PENDING} ]; do sleep 1; done', call.step)


def _words(call: Call, parameters: Mapping[str, Any], shell: Shell) -> list[str]:
    """Return parameters as options, each with its value; tags, which are the same of all, come last."""
    words = []
    for name, value in sorted(parameters.items(), key=lambda each: each[0].lower() == "tags"):
        option = f"--{_kebab(name)}"
        if isinstance(value, bool):
            words.append(option if value else f"--no-{_kebab(name)}")
        elif name in {"Code", "ZipFile"}:
            words.append(f"--zip-file {shell.zip(call.step.resource.name)}")
        elif isinstance(value, list) and value and all(isinstance(each, str) for each in value):
            words.append(" ".join((option, *map(_quoted, value))))
        else:
            said = json.loads(value) if name.endswith("Document") else value
            words.append(f"{option} {_quoted(_folded(said, len(f'    {option} ')))}")
    return words


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=lambda _: "")


def _folded(value: object, column: int) -> str:
    """Return a value as text, which begins in a column: what JSON has, in lines that fit if they can."""
    return _laid(value, column, INSIDE) if isinstance(value, dict | list) else str(value)


def _laid(value: object, column: int, indent: str) -> str:
    """Return JSON on one line where that fits, else with each part of it on a line of its own."""
    line = _json(value)
    if not isinstance(value, dict | list) or column + len(line) < WIDTH - len("'' \\"):
        return line
    parts = [("", each) for each in value]
    if isinstance(value, dict):
        parts = [(f"{_json(name)}: ", each) for name, each in value.items()]
    inside = f"{indent}  "
    lines = (f"{inside}{name}{_laid(each, len(inside + name), inside)}" for name, each in parts)
    return ",\n".join(lines).join((f"{line[0]}\n", f"\n{indent}{line[-1]}"))


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()


def _quoted(text: str) -> str:
    """Return a text as a shell reads it: variables, and in single quotes what may mean something to it."""
    *before, last = VARIABLE.split(text)
    named = zip(before[::3], before[1::3], before[2::3], strict=True)
    words = [part for plain, *key in named for part in (plain and quote(plain), f'"${_name(*key)}"')]
    return "".join((*words, quote(last) if last or not words else ""))
