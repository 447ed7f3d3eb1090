"""A function's zip holds what the function imports and nothing else, and is the same everywhere."""

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import wschat
from wschat.lab.blueprint import FUNCTIONS
from wschat.lab.bundle import bundle

PACKAGE = Path(wschat.__file__).parent
MODULES = [spec.module for spec in FUNCTIONS]
SITE = """
import importlib, importlib.abc, json, os, sys

class NoLibraries(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names and top != "wschat":
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, NoLibraries())
for name in sys.argv[1:]:
    if not os.fork():
        sys.path.insert(0, os.path.abspath(name))
        assert callable(importlib.import_module(f"wschat.functions.{name}").handler)
        ours = [module.__file__ for known, module in sys.modules.items() if known.startswith("wschat")]
        print(json.dumps([name, [os.path.relpath(path, name) for path in ours]]))
        sys.exit()
    os.wait()
"""


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """The files that each function loads from its own zip, in an interpreter without libraries."""
    place = tmp_path_factory.mktemp("zips")
    for module in MODULES:
        with zipfile.ZipFile(io.BytesIO(bundle(module))) as archive:
            archive.extractall(place / module)
    command, environment = [sys.executable, "-P", "-c", SITE, *MODULES], {"PATH": os.environ["PATH"]}
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=place, env=environment)
    assert done.stderr == ""
    return {module: set(files) for module, files in map(json.loads, done.stdout.splitlines())}


def test_complete_and_nothing_spare(loaded: dict[str, set[str]]) -> None:
    """Each zip alone can be imported, and holds no file that this does not load."""
    for module in MODULES:
        with zipfile.ZipFile(io.BytesIO(bundle(module))) as archive:
            assert set(archive.namelist()) == loaded[module]


def test_who_carries_the_table_of_look_alikes(loaded: dict[str, set[str]]) -> None:
    """Only who takes a name or makes a room does: whoever gives one back knows its keys by then."""
    carry = {module for module, files in loaded.items() if "wschat/protocol/confusables.py" in files}
    assert carry == {"create_room", "register_user"}


def test_an_edit_redeploys_those_that_import_it(loaded: dict[str, set[str]], tmp_path: Path) -> None:
    """An edit of any module changes the zips of the functions that load it; of a package's docstring none."""
    copy = tmp_path / "wschat"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "json.py").touch()  # where it is installed, libraries stand beside it
    before = {module: bundle(module, copy) for module in MODULES}
    assert before == {module: bundle(module) for module in MODULES}
    used = set().union(*loaded.values())
    others = [path for path in copy.rglob("*.py") if str(path.relative_to(tmp_path)) not in used]
    for paths in (others, *([tmp_path / name] for name in used)):
        sources = {path: path.read_bytes() for path in paths}
        for path, source in sources.items():
            path.write_bytes(b'"""Another docstring."""\n' + source)
        changed = {module for module in MODULES if bundle.__wrapped__(module, copy) != before[module]}
        names = {str(path.relative_to(tmp_path)) for path in paths if path.name != "__init__.py"}
        assert changed == {module for module in MODULES if names & loaded[module]}, names
        for path, source in sources.items():
            path.write_bytes(source)


def test_same_bytes() -> None:
    """Packing again gives the same bytes; nothing in it comes from this machine or this day."""
    again = bundle.__wrapped__("connect")
    assert again == bundle("connect")
    with zipfile.ZipFile(io.BytesIO(again)) as archive:
        entries = archive.infolist()
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
