"""The `aws` program, in an environment of its own: it pins a botocore, as a rule another one than boto3's."""

import json
import os
import subprocess
import sys
import venv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

HOME = Path(sys.prefix) / "aws"
"""Where it is installed: in the folder of this environment."""
SCRIPTS = HOME / "bin"
REQUIRED = bool(os.environ.get("WSCHAT_AWS"))
"""Whether tests that need it fail without it."""
NEEDED = pytest.mark.skipif(
    not (SCRIPTS / "aws").exists() and not REQUIRED,
    reason="needs the `aws` program: python -m tests.studies.commands --install",
)
NOTE = """aws() { printf '%s\\0' "$#" "$@"; }\n"""
"""What notes the words of a command in place of running it."""


def install() -> None:
    """Install it, if it is not there; that takes some ten seconds and the network."""
    if not (SCRIPTS / "aws").exists():
        venv.create(HOME, with_pip=True)
        subprocess.run((SCRIPTS / "pip", "install", "-qq", "awscli<2"), check=True)


def words(typed: Iterable[str], variables: Mapping[str, str]) -> list[list[str]]:
    """Return the words of each command, as bash reads them."""
    bash = ("/usr/bin/env", "bash", "-u", "-c", NOTE + "\n".join(typed))
    done = subprocess.run(
        bash, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, **variables}
    )
    told = iter(done.stdout.split("\0")[:-1])
    return [[next(told) for _ in range(int(count))] for count in told]


def read(commands: list[list[str]], folder: Path) -> list[list[Any]]:
    """Return what the program reads in commands, as `reader` tells it, in a folder that has the zips."""
    done = subprocess.run(
        (SCRIPTS / "python", Path(__file__).with_name("reader.py")),
        input=json.dumps(commands),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
        env={"HOME": str(folder)},
    )
    found: list[list[Any]] = json.loads(done.stdout)
    return found
