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
