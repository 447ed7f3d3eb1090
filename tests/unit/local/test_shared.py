"""What the processes of the local lab share: a lock, and messages."""

import fcntl
import json
from pathlib import Path

import pytest

from wschat.errors import LocalError
from wschat.local.shared import encode, failed, locked


def test_one_holds_the_lock(tmp_path: Path) -> None:
    """While one holds a lock nobody else gets it, and afterwards they do."""
    path = tmp_path / "lock"
    with path.open("ab") as other, locked(path), pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with locked(path):
        pass


def test_an_error_survives() -> None:
    """An error is the same on the other side, whatever stands in it."""
    error = LocalError("first line\nsecond", where="där", hint="try again")
    line = encode(failed(error))
    assert line.count(b"\n") == 1
    again = LocalError(**json.loads(line)["failed"])
    assert (again.what, again.where, again.hint) == (error.what, error.where, error.hint)
