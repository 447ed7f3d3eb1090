"""`wschat chat`: what keeps it from starting, and what does not."""

from pathlib import Path

import pytest

from tests.support.terminal import wschat


@pytest.mark.parametrize("name", ["labs", "chat-secret", "chat-history"])
def test_odd_files_in_the_state_directory(home: Path, name: str) -> None:
    """What can't be read or kept there is done without."""
    (home / "state" / name).mkdir(parents=True)
    done = wschat("chat", "--url", "ws://127.0.0.1:9/development", "--name", "ann")
    assert (done.returncode, done.stdout) == (5, "")
    assert "Traceback" not in done.stderr
