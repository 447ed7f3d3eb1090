"""`wschat local`: what of the lab on this machine one can choose, and where it is kept."""

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from tests.support.terminal import wschat
from wschat.cli import console
from wschat.cli.commands.local import _wait
from wschat.errors import LocalError

if TYPE_CHECKING:
    from wschat.local.join import LocalLab


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


class Filling:
    """A lab whose directory fills, has room again, and fills; then it ends."""

    state_dir = Path("/state")

    def __init__(self) -> None:
        self.lacks = ["", "full", "full", "", "full"]

    def check(self, _patience: float) -> None:
        """Raise the error that says why it has ended, if it has."""
        if not self.lacks:
            raise LocalError("it has ended")


def test_a_disk_that_fills(capsys: pytest.CaptureFixture[str]) -> None:
    """That there is no room any more is said once, and again after there was some."""
    lab = Filling()
    with pytest.raises(LocalError, match="has ended"):
        _wait(cast("LocalLab", lab), console.stderr(), lambda _: lab.lacks.pop(0))
    assert capsys.readouterr().err.split() == ["full", "full"]


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
