"""The shape of the package: who may import whom, what is pure, how long a file may be."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

import wschat
from wschat.cli import MODULES as CLI
from wschat.cli_chat import LOCAL_PROVISION
from wschat.lab.blueprint import FUNCTIONS, Spec

ROOT = Path(wschat.__file__).parent
TESTS = Path(__file__).parent
MODULES = {
    ".".join(("wschat", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in sorted(ROOT.rglob("*.py"))
}
PURE = {
    "wschat.errors",
    "wschat.retry",
    "wschat.target",
    *(f"wschat.protocol.{name}" for name in ("events", "names", "reader", "refusals", "requests")),
    "wschat.text",
    "wschat.lab.model",
    "wschat.lab.blueprint",
    "wschat.lab.permits",
    "wschat.lab.planner",
    "wschat.lab.steps",
    *(f"wschat.local.gateway.{name}" for name in ("answers", "api", "events", "limits")),
    *(f"wschat.chat.{name}" for name in ("advice", "commands", "conversation", "events", "hearing")),
    *(f"wschat.chat.{name}" for name in ("link", "render", "requests", "settings", "state")),
    *(f"wschat.chat.{name}" for name in ("update", "urls", "vocabulary")),
}
IMPURE_STANDARD = {
    "asyncio",
    "os",
    "pathlib",
    "random",
    "secrets",
    "shutil",
    "signal",
    "socket",
    "subprocess",
}
IMPURE_STANDARD |= {"sys", "tempfile", "threading", "time", "urllib", "uuid"}
LAYERS = {
    "wschat.functions": {"wschat.functions", "wschat.protocol", "wschat.retry"},
    "wschat.lab": {
        "wschat.lab",
        "wschat.errors",
        "wschat.protocol",
        "wschat.loopback",
        "wschat.retry",
        "wschat.target",
    },
    "wschat.chat": {
        "wschat.chat",
        "wschat.errors",
        "wschat.protocol",
        "wschat.retry",
        "wschat.text",
        "wschat.loopback",
        "wschat.signals",
        "wschat.streams",
        "wschat",
    },
    "wschat.local": {"wschat.local", "wschat.errors", "wschat.loopback"},
    "wschat.web": {"wschat.web", "wschat.errors", "wschat.loopback"},
    "wschat.protocol": {"wschat.protocol"},
    "wschat.text": {"wschat.protocol.names"},
    "wschat.errors": {"wschat.retry"},
    "wschat.retry": set(),
    "wschat.loopback": set(),
    "wschat.signals": set(),
    "wschat.streams": set(),
    "wschat.paths": {"wschat.target"},
    "wschat.target": set(),
    "wschat.console": {
        "wschat.lab.model",
        "wschat.lab.steps",
        "wschat.text",
        "wschat.errors",
        "wschat.streams",
    },
    "wschat.progress": {"wschat.console", "wschat.lab.steps", "wschat.text", "wschat.errors"},
}
ONLY_IN = {
    "boto3": {"wschat.lab.login", "wschat.lab.local"},
    "http.client": {"wschat.functions._post", "wschat.local.emulator"},
    "botocore.auth": {"wschat.lab.signer"},
    "uvicorn": {"wschat.local.gateway.server"},
    "ministack": {"wschat.local.gateway.iam", "wschat.local.gateway.server"},
    "websockets": {"wschat.chat.session", "wschat.local.gateway.sockets"},
    "prompt_toolkit": {"wschat.chat.keys", "wschat.chat.prompt", "wschat.chat.view"},
    "wcwidth": {"wschat.chat.paint"},
    "typer": {
        "wschat.cli",
        "wschat.cli_aws",
        "wschat.cli_chat",
        "wschat.cli_local",
        "wschat.cli_logs",
        "wschat.cli_runs",
        "wschat.cli_web",
    },
    "platformdirs": {"wschat.paths"},
}
CATCHERS = {
    "wschat.cli",
    "wschat.cli_aws",
    "wschat.cli_runs",
    "wschat.lab.refusals",
    "wschat.chat.client",
    "wschat.local.keeper",
    "wschat.web.server",
}
"""Where our errors are caught: shown (and gone on from), put into a report, taken note of, or sent on."""
LONGEST = 320


@cache
def imports(module: str) -> frozenset[str]:
    """Return the full names of all that a module imports at run time, wherever it does so."""
    return frozenset(_imports(ast.parse(MODULES[module].read_text())))


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


@pytest.mark.parametrize("module", sorted(PURE))
def test_pure(module: str) -> None:
    """Pure modules import the standard library, without its I/O, and each other."""
    for name in imports(module):
        top = name.partition(".")[0]
        assert name in PURE or top in sys.stdlib_module_names, f"{module} imports {name}"
        assert name == "urllib.parse" or top not in IMPURE_STANDARD, f"{module} imports {name}"


@pytest.mark.parametrize("layer", sorted(LAYERS))
def test_layers(layer: str) -> None:
    """Arrows go downward only; lab, chat, local and functions never import each other."""
    for module in MODULES:
        if within(module, layer):
            for name in imports(module):
                allowed = any(within(name, low) if low != "wschat" else name == low for low in LAYERS[layer])
                assert allowed or not within(name, "wschat"), f"{module} imports {name}"


def test_functions_are_imported_by_nobody() -> None:
    """The functions are packed by name."""
    for module in MODULES:
        if not within(module, "wschat.functions"):
            assert not any(within(name, "wschat.functions") for name in imports(module)), module


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_one_edge_for_each_library(library: str) -> None:
    """Each I/O library is known to its own edge alone."""
    users = {module for module in MODULES if any(within(name, library) for name in imports(module))}
    assert users == ONLY_IN[library]


def test_function_libraries() -> None:
    """The functions use the standard library, botocore and the protocol: what Lambda has, what is packed."""
    for module in MODULES:
        if within(module, "wschat.functions"):
            for name in imports(module):
                top = name.partition(".")[0]
                assert top in sys.stdlib_module_names | {"botocore", "wschat"}, f"{module} imports {name}"


def test_only_cli_catches() -> None:
    """Errors that people read are shown in one place; few others need to know of them."""
    for module, path in MODULES.items():
        if module not in CATCHERS:
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ExceptHandler) and node.type:
                    assert "WschatError" not in ast.unparse(node.type), module


def test_heavy_imports_are_late() -> None:
    """`wschat --help` imports neither boto3 nor prompt_toolkit nor websockets: see its modules' own."""
    light = {"typer", "wschat", "wschat.errors", "wschat.local.gateway.limits", "wschat.signals"}
    light.add("wschat.target")
    for module in {"wschat.cli", "wschat.cli_runs", *(f"wschat.{name}" for name in CLI.values())}:
        tree = ast.parse(MODULES[module].read_text())
        tops = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        names = {name for node in tops for name in _imports(ast.Module([node], []))}
        others = {name for name in names if name.partition(".")[0] not in sys.stdlib_module_names}
        assert {name for name in others if not name.startswith("wschat.cli")} <= light


def test_files_are_short() -> None:
    """Every file is short enough to be read."""
    lengths = {path: len(path.read_text().splitlines()) for path in (*MODULES.values(), *TESTS.rglob("*.py"))}
    assert {str(path): lines for path, lines in lengths.items() if lines > LONGEST} == {}


def test_modules_say_what_they_are() -> None:
    """Every module opens with one line fit for a list of files."""
    opening = {name: ast.get_docstring(ast.parse(path.read_text())) for name, path in MODULES.items()}
    assert [name for name, said in opening.items() if not (said and said.splitlines()[0].endswith("."))] == []


@pytest.mark.parametrize("spec", FUNCTIONS, ids=lambda spec: spec.name)
def test_lessons_are_one_screen(spec: Spec) -> None:
    """Each function is read at a glance."""
    assert 20 <= len(MODULES[f"wschat.functions.{spec.module}"].read_text().splitlines()) <= 60


def test_what_the_local_lab_is_made_by() -> None:
    """The one arrow that no import shows: the local lab is told by name who provisions it."""
    module, _, function = LOCAL_PROVISION.partition(":")
    assert callable(getattr(import_module(module), function))


def test_chat_loads_neither_boto3_nor_what_provisions() -> None:
    """A chat that is not signed goes as far as the network without the libraries that it does not need."""
    heavy = {"boto3", "botocore", "wschat.lab.engine", "wschat.lab.signer"}
    code = f"""if True:
        import sys, wschat.chat.probe, wschat.cli
        sys.argv = ["wschat", "chat", "--url", "ws://127.0.0.1:9/x", "--region", "x", "--profile", "x"]
        try:
            wschat.cli.main()
        except SystemExit as end:
            print(end.code, {heavy} & set(sys.modules))
    """
    done = subprocess.run(
        [sys.executable, "-c", code], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
    )
    assert done.stdout == "5 set()\n"
