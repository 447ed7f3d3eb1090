"""`wschat chat`: what keeps it from starting, and what does not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.late_lab import FAILED, late_lab
from tests.support.terminal import wschat
from wschat.cli.app import load


@pytest.mark.parametrize(("name", "code"), [("labs", 5), ("chat-secret", 2)])
def test_odd_files_in_the_state_directory(home: Path, name: str, code: int) -> None:
    """What can't be read there is done without; a folder in place of the secret is told, and nothing kept."""
    (home / "state" / name / "x").mkdir(parents=True)
    done = wschat("chat", "--url", "ws://127.0.0.1:9/development", "--name", "ann")
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith("Error: ")


def test_what_finds_the_cause() -> None:
    """What is said of a failure ends with the one command that finds its cause, complete with its options."""
    with late_lab(502) as lab:
        kept_out = wschat("chat", "--url", lab.url, "--json", stdin="")
    with late_lab(FAILED) as other:
        failed = wschat("chat", "--url", other.url, "--name", "ann", "--json", stdin="")
    assert f"`wschat doctor --url {lab.url}` finds the cause" in kept_out.stdout + kept_out.stderr
    assert f"`wschat doctor --url {other.url}` finds the cause" in failed.stdout + failed.stderr


@pytest.mark.parametrize(
    ("typed", "wire", "frames", "address"),
    [
        ("--wire", None, True, None),
        ("--wire wss://x/y --name ann", None, True, "wss://x/y"),
        ("--local --wire --plain", None, True, None),
        ("--wire lab --url wss://x/y", "lab", False, None),
        ("--wire=simple", "simple", False, None),
        ("--wire simple --frames", "simple", True, None),
        ("", None, False, None),
    ],
)
def test_a_wire_that_is_not_named(typed: str, wire: str | None, address: str | None, *, frames: bool) -> None:
    """`--wire` alone shows the frames, wherever it stands; with a name it chooses what is spoken."""
    read = load("chat").make_context("chat", typed.split()).params
    assert (read["wire"], read["frames"], read["address"]) == (wire, frames, address)


@pytest.mark.parametrize(("command", "code"), [("chat ws://127.0.0.1:9/", 5), ("local --empty", 8)])
def test_no_room_for_state(command: str, code: int, tmp_path: Path) -> None:
    """Where no file may have a byte, as on a full disk, that is said, with the place; a chat goes on."""
    full = f"trap '' XFSZ; ulimit -f 0; exec {sys.executable} -m wschat {command}"
    environment = os.environ | {"WSCHAT_STATE_DIR": str(place := tmp_path / "state")}
    done = subprocess.run(
        ["/bin/sh", "-c", full],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
    assert f"{place}" in done.stderr
    assert "File too large" in done.stderr
