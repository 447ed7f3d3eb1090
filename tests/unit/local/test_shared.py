"""The lock that the processes of the local lab share; their messages are seen where they are sent."""

import fcntl
from pathlib import Path

import pytest

from wschat.local.shared import locked


def test_one_holds_the_lock(tmp_path: Path) -> None:
    """While one holds a lock nobody else gets it, and afterwards they do."""
    path = tmp_path / "lock"
    with locked(path), path.open("ab") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with locked(path):
        pass
    assert path.stat().st_mode & 0o777 == 0o600, "who can open it can hold it"
