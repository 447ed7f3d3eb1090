"""A function's zip is complete, and the same everywhere."""

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

from wschat.lab.blueprint import FUNCTIONS
from wschat.lab.bundle import SHARED, bundle, code_hash

MODULES = [spec.module for spec in FUNCTIONS]
SITE = """
import boto3, importlib, importlib.abc, os, sys

class OnlyBoto3(importlib.abc.MetaPathFinder):
    allowed = {"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3"}

    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in self.allowed and top not in sys.stdlib_module_names and top != "wschat":
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, OnlyBoto3())
for name in sys.argv[1:]:
    if not os.fork():
        sys.path.insert(0, os.path.abspath(name))
        module = importlib.import_module(f"wschat.functions.{name}")
        assert module.__file__.startswith(sys.path[0]), module.__file__
        outside = [m.__file__ for n, m in sys.modules.items() if n.startswith("wschat") and m.__file__]
        assert all(path.startswith(sys.path[0]) for path in outside), outside
        print(name, module.handler.__name__)
        sys.exit()
    os.wait()
"""


def test_imports_alone(tmp_path: Path) -> None:
    """Each zip alone, in an interpreter that has only boto3, can be imported."""
    for module in MODULES:
        with zipfile.ZipFile(io.BytesIO(bundle(module))) as archive:
            archive.extractall(tmp_path / module)
    command = [sys.executable, "-P", "-c", SITE, *MODULES]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=tmp_path, env={"PATH": os.environ["PATH"]}
    )
    assert (done.stdout.splitlines(), done.stderr) == ([f"{module} handler" for module in MODULES], "")


def test_same_bytes() -> None:
    """Packing again gives the same bytes; nothing in it comes from this machine or this day."""
    again = bundle.__wrapped__("connect")
    assert again == bundle("connect")
    with zipfile.ZipFile(io.BytesIO(again)) as archive:
        entries = archive.infolist()
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)


def test_each_its_own() -> None:
    """Each function's zip holds that function and what all share, so each has its own hash."""
    assert len({code_hash(module) for module in MODULES}) == len(MODULES)
    with zipfile.ZipFile(io.BytesIO(bundle("join_room"))) as archive:
        names = set(archive.namelist())
    own = {f"wschat/{name}__init__.py" for name in ("", "functions/", "protocol/")}
    own.add("wschat/functions/join_room.py")
    assert names == own | {f"wschat/{path}" for path in SHARED}
