"""`wschat local`: what of the lab on this machine one can choose, and where it is kept."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.terminal import wschat


@pytest.mark.parametrize("command", [["local"], ["chat", "--local"], ["web", "--local", "--no-open"]])
def test_no_place_for_state(tmp_path: Path, command: list[str]) -> None:
    """A state directory that can't be made is named; a URL in the environment is no conflict."""
    (tmp_path / "file").write_text("")
    done = wschat(*command, WSCHAT_STATE_DIR=str(tmp_path / "file" / "state"), WSCHAT_URL="ws://127.0.0.1:9/")
    assert done.returncode == 8
    assert "WSCHAT_STATE_DIR" in done.stderr


@pytest.mark.parametrize(("runs", "says"), [(False, "Starting"), (True, "Joining")])
def test_which_lab_it_waits_for(tmp_path: Path, runs: bool, says: str) -> None:  # noqa: FBT001
    """One that runs is joined, and not said to be started."""
    place = tmp_path / ("too long for a socket" * 6)
    place.mkdir()
    if runs:
        (place / "local.sock").touch()
    done = wschat("chat", "--local", WSCHAT_STATE_DIR=str(place))
    assert (done.returncode, done.stderr.splitlines()[0]) == (8, f"{says} the local lab")


def test_no_place_for_a_relative_state(tmp_path: Path) -> None:
    """Where the working directory is gone there is no place under it, and no path that could be named."""
    gone = tmp_path / "gone"
    gone.mkdir()
    command = f"cd {gone} && rmdir {gone} && exec {sys.executable} -m wschat local"
    environment = os.environ | {"WSCHAT_STATE_DIR": "state"}
    done = subprocess.run(
        ["/bin/sh", "-c", command], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 8
    assert done.stderr.startswith("Error: the local lab has no place")


def test_json_alone() -> None:
    """`--json` is how `--trace` is written, and nothing without it."""
    done = wschat("local", "--json")
    assert (done.returncode, "--json is how --trace is written" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--run"], "there is nothing to run"),
        (["make"], "it takes no argument: make"),
        (["--run", "--", "no-such-program", "--port"], "there is no program 'no-such-program'"),
    ],
)
def test_what_to_run(tmp_path: Path, words: list[str], told: str) -> None:
    """What can't be run is told before a lab is started."""
    done = wschat("local", *words, WSCHAT_STATE_DIR=str(tmp_path))
    assert (done.returncode, told in done.stderr, done.stdout) == (2, True, "")
    assert [*tmp_path.iterdir()] == []
