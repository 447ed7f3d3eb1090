"""The entry of the program: its version, and what keeps it from saying so."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.terminal import WSCHAT, loaded


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_a_full_disk(option: str) -> None:
    """What can't be written is said once, with its exit code."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [WSCHAT, option], env=env, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (1, "Error: the system refused: No space left on device\n")


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_without_stdout(option: str) -> None:
    """Where nothing can be written, nothing is."""
    done = subprocess.run(["/bin/sh", "-c", f"{WSCHAT} {option} >&-"], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_version_needs_no_command_line() -> None:
    """`wschat --version` loads nothing that reads a command line."""
    assert loaded("--version") & {"typer", "wschat.cli"} == set()
