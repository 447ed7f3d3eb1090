"""The shape of the package: who may import whom, what is pure, how long a file may be."""

import ast
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import wschat
from tests.support.terminal import loaded
from wschat.lab.blueprint import FUNCTIONS as SPECS

FUNCTIONS = "wschat.functions"
ROOT = Path(wschat.__file__).parent
TESTS = Path(__file__).parent
TOP = TESTS.parent
MODULES = {
    ".".join(("wschat", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(ROOT.rglob("*.py"))
}
PURE = {
    "wschat.errors",
    *(f"wschat.doctor.{name}" for name in ("addressed", "causes", "drifted", "findings", "graph", "logged")),
    *(f"wschat.doctor.{name}" for name in ("routed", "visit")),
    "wschat.retry",
    "wschat.recording.redaction",
    "wschat.target",
    *(module for module in MODULES if module.startswith("wschat.protocol.")),
    "wschat.text",
    *(
        f"wschat.lab.{name}"
        for name in ("answers", "attributes", "chosen", "model", "blueprint", "plan", "wording")
    ),
    "wschat.lab.logs.lines",
    "wschat.lab.logs.newest",
    "wschat.lab.permissions.user_policy",
    "wschat.lab.by_hand",
    *(
        f"wschat.lab.aws.{name}"
        for name in ("texts", "tables", "tags", "roles", "log_groups", "functions", "permissions")
    ),
    *(
        f"wschat.lab.aws.{name}" for name in ("errors", "websocket_api", "stages", "routes")
    ),  # they call what they are given
    *(f"wschat.local.gateway.{name}" for name in ("addresses", "events", "model", "quotas", "responses")),
    "wschat.local.control_plane.shapes",
    *(f"wschat.local.logs.{name}" for name in ("access", "execution")),
    *(module for module in MODULES if module.startswith("wschat.chat.machine")),
    "wschat.chat.settings",
    *(
        f"wschat.learn.{name}"
        for name in ("choices", "lesson", "observe.known", "order", "progress", "resources", "words")
    ),
    *(f"wschat.learn.drills.{name}" for name in ("catalogue", "drill", "functions", "gateway", "states")),
    *(f"wschat.chat.ui.{name}" for name in ("json_lines", "links", "names", "rendering")),
    "wschat.chat.network.failures",
}
IMPURE_STANDARD = {
    *("asyncio", "os", "pathlib", "random", "secrets", "shutil", "signal", "socket"),
    *("subprocess", "sys", "tempfile", "threading", "time", "urllib", "uuid"),
}
LAYERS = (
    {"__main__"},
    {"cli"},
    {"doctor", "learn"},
    {"chat", "functions", "lab", "local", "web"},
    {
        "errors",
        "protocol",
        "provisioned",
        "recording",
        "retry",
        "system",
        "target",
        "text",
    },
)
"""The package from top to bottom: each part imports itself and what is below; the facts, each other too."""
DEPTH = {part: depth for depth, parts in enumerate(LAYERS) for part in parts}
ONLY_IN = {
    "boto3": {"wschat.lab.aws.session", "wschat.lab.local"},
    "http.client": {
        "wschat.doctor.page",
        "wschat.functions.shared.aws",
    },
    "botocore.auth": {"wschat.lab.aws.signing"},
    "uvicorn": {"wschat.local.gateway.server"},
    "greenlet": {"wschat.local.runtimes.waiting"},
    "ministack": {
        "wschat.local.logs.cloudwatch",
        "wschat.local.logs.retention",
        "wschat.local.runtimes.marked_worker",
        "wschat.local.runtimes.pool",
        "wschat.local.runtimes.workers",
        *(f"wschat.local.access.{name}" for name in ("front", "managed_policies", "sessions")),
        *(f"wschat.local.access.{name}" for name in ("shortcuts", "signatures")),
        *(f"wschat.local.control_plane.{name}" for name in ("apis", "models", "parts", "stacks")),
        *(f"wschat.local.gateway.{name}" for name in ("iam", "invocation", "management", "server")),
    },
    "websockets": {
        "wschat.chat.network.connection",
        *(
            f"wschat.local.gateway.{name}"
            for name in ("admission", "gateway", "iam", "open_connection", "sockets")
        ),
    },
    "prompt_toolkit": {
        *(f"wschat.chat.ui.{name}" for name in ("keys", "prompt", "terminal")),
        "wschat.cli.commands.learn.dialogue.prompt",
    },
    "wcwidth": {"wschat.chat.ui.ansi"},
    "typer": {"wschat.cli"},
    "platformdirs": {"wschat.system.paths"},
}
CATCHERS = {
    "wschat.cli.app",
    "wschat.cli.commands.doctor",
    "wschat.cli.commands.learn.dialogue.loop",
    "wschat.cli.options",
    "wschat.cli.commands.teardown",
    "wschat.doctor.inside",
    "wschat.doctor.outside",
    "wschat.lab.aws.errors",
    "wschat.learn.drills.work",
    "wschat.chat.network.connections",
    "wschat.local.shared",
    "wschat.web.server",
}
"""Where our errors are caught: completed, shown (and gone on from), reported, taken note of, or sent on."""
IN_LAMBDA = sys.stdlib_module_names | {"wschat"}
LONGEST = 320
FULLEST = {"chat": 7}


@cache
def tree(module: str) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse(MODULES[module].read_text())


@cache
def imports(module: str) -> frozenset[str]:
    """Return the full names of all that a module imports at run time, wherever it does so."""
    return frozenset(_imports(tree(module)))


def _imports(node: ast.AST) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, "imports are absolute"
            assert child.module
            names = [f"{child.module}.{alias.name}" for alias in child.names]
            yield from (name if name in MODULES else child.module for name in names)
        elif isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        else:
            yield from _imports(child)


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def assert_none(offenders: Iterable[str]) -> None:
    """Fail with all of them, one a line."""
    if told := "\n".join(offenders):
        pytest.fail(told, pytrace=False)


def is_pure(name: str) -> bool:
    return any(within(name, pure) for pure in PURE)


def is_harmless(name: str) -> bool:
    """Tell whether it is a part of the standard library that does no I/O."""
    top = name.partition(".")[0]
    return top in sys.stdlib_module_names and (name == "urllib.parse" or top not in IMPURE_STANDARD)


def goes_down(module: str, name: str) -> bool:
    """Tell whether an import stays in its part, or leads to one below, or from a fact to another."""
    if not within(name, "wschat") or "wschat" in {name, module}:
        return True  # the package itself says its version, and imports nothing
    one, other = module.split(".")[1], name.split(".")[1]
    return one == other or DEPTH[one] < DEPTH[other] or {one, other} <= LAYERS[-1]


RULES: dict[str, Callable[[str, str], bool]] = {
    "pure modules import what is pure": lambda module, name: (
        not is_pure(module) or is_pure(name) or is_harmless(name)
    ),
    "arrows go downward only": goes_down,
    "functions are packed by name": lambda module, name: (
        within(module, FUNCTIONS) or not within(name, FUNCTIONS)
    ),
    "functions import what Lambda has, and what is packed": lambda module, name: (
        not within(module, FUNCTIONS) or name.partition(".")[0] in IN_LAMBDA
    ),
}
"""Of each import, by the name of who imports and of what is imported: whether it may be."""


@pytest.mark.parametrize("rule", RULES)
def test_imports(rule: str) -> None:
    """Every import, wherever it stands, is as the rule has it."""
    arrows = ((module, name) for module in MODULES for name in sorted(imports(module)))
    assert_none(f"{module} imports {name}" for module, name in arrows if not RULES[rule](module, name))


def test_no_circles() -> None:
    """No module imports, on whatever way, what imports it."""
    TopologicalSorter({module: imports(module) & MODULES.keys() for module in MODULES}).prepare()


def test_one_edge_for_each_library() -> None:
    """Each I/O library is known to its own edge alone."""
    edges: dict[str, set[str]] = {library: set() for library in ONLY_IN}
    for module in MODULES:
        for library, homes in ONLY_IN.items():
            if any(within(name, library) for name in imports(module)):
                edges[library].add(next((home for home in homes if within(module, home)), module))
    assert edges == ONLY_IN


def test_only_cli_catches() -> None:
    """Errors that people read are shown in one place; few others need to know of them."""
    nodes = [(name, node) for name in MODULES for node in ast.walk(tree(name))]
    handlers = [
        (name, node.type) for name, node in nodes if isinstance(node, ast.ExceptHandler) and node.type
    ]
    caught = {name for name, type_ in handlers if "WschatError" in ast.unparse(type_)}
    assert caught == CATCHERS


def test_files_are_short() -> None:
    """Every file is short enough to be read, and each lesson at a glance."""
    lengths = {path: len(path.read_text().splitlines()) for path in (*MODULES.values(), *TESTS.rglob("*.py"))}
    assert_none(f"{path}: {lines} lines" for path, lines in lengths.items() if lines > LONGEST)
    lessons = {spec.module: lengths[MODULES[f"{FUNCTIONS}.{spec.module}"]] for spec in SPECS}
    assert_none(f"{name}: {lines} lines" for name, lines in lessons.items() if not 20 <= lines <= 60)


def test_modules_say_what_they_are() -> None:
    """Every module opens with one line fit for a list of files."""
    assert_none(name for name in MODULES if not said(name).partition("\n")[0].endswith("."))


def said(module: str) -> str:
    return ast.get_docstring(tree(module)) or ""


def test_packages_say_what_is_inside() -> None:
    """Each package names what is in it and where to begin, in some five lines; all that it names is there."""
    packages = {name: path.parent for name, path in MODULES.items() if path.name == "__init__.py"}
    lines = {name: len(said(name).splitlines()) for name in packages}
    assert_none(f"{name}: {number} lines" for name, number in lines.items() if not 4 <= number <= 10)
    assert_none(f"{name}: no place to begin" for name in packages if "egin with" not in said(name))
    named = [(name, word) for name in packages for word in re.findall(r"`([a-z_./]+)`", said(name))]
    assert_none(
        f"{name}: there is no {word}"
        for name, word in named
        if not any((top / f"{word}{end}").exists() for top in (packages[name], TOP) for end in ("", ".py"))
    )


def test_folders_are_small() -> None:
    """A folder that needs a list of its files in somebody's head is two folders."""
    entries = {path if path.name != "__init__.py" else path.parent for path in MODULES.values()} - {ROOT}
    inside = Counter(str(entry.parent.relative_to(ROOT)) for entry in entries)
    assert_none(
        f"{folder}: {number}" for folder, number in inside.items() if number > FULLEST.get(folder, 16)
    )


def test_unit_tests_mirror_the_package() -> None:
    """Each module that has functions has its test file, and each test file in `unit` its module."""
    unit, functions = TESTS / "unit", (ast.FunctionDef, ast.AsyncFunctionDef)
    modules = {
        unit / path.relative_to(ROOT).with_name(f"test_{path.stem.strip('_')}.py"): tree(module)
        for module, path in MODULES.items()
        if path.name != "__init__.py"
    }
    found = set(unit.rglob("test_*.py"))
    behaving = {
        path for path, body in modules.items() if any(isinstance(each, functions) for each in ast.walk(body))
    }
    assert_none(f"{path}: there is no such module" for path in found - modules.keys())
    assert_none(f"{path}: is missing" for path in behaving - found)


def test_chat_loads_neither_boto3_nor_what_provisions() -> None:
    """A chat that is not signed goes as far as the network without the libraries that it does not need."""
    found = loaded("chat", "--url", "ws://127.0.0.1:9/x", "--region", "x", "--profile", "x")
    assert "websockets.asyncio.client" in found
    unneeded = {"boto3", "botocore", "wschat.lab.engine", "wschat.lab.aws", "wschat.recording.redaction"}
    assert found & unneeded == set()
