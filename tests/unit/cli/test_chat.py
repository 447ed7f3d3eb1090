"""`wschat chat`: what keeps it from starting, and what does not."""

from pathlib import Path

import pytest

from tests.support.terminal import wschat

HERE = "ws://127.0.0.1:9/"


def test_no_place_for_state(tmp_path: Path) -> None:
    """A state directory that can't be made is named."""
    (tmp_path / "file").write_text("")
    done = wschat("chat", "--local", WSCHAT_STATE_DIR=str(tmp_path / "file" / "state"))
    assert done.returncode == 8
    assert "WSCHAT_STATE_DIR" in done.stderr


@pytest.mark.parametrize("name", ["last-url", "chat-secret", "chat-history"])
def test_odd_files_in_the_state_directory(tmp_path: Path, name: str) -> None:
    """What can't be read or kept there is done without."""
    (tmp_path / "state" / name).mkdir(parents=True)
    done = wschat("chat", "--url", "ws://127.0.0.1:9/development", "--name", "ann")
    assert done.returncode == 5
    assert "Traceback" not in done.stderr
