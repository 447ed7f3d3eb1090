"""The lock that the processes of the local lab share; their messages are seen where they are sent."""

import fcntl
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

import pytest

from wschat.errors import LocalError
from wschat.local.shared import (
    LEAST_ROOM_BYTES,
    ROOM_BYTES,
    LabFiles,
    check_room,
    holding,
    lack_of_room,
    locked,
)


def test_one_holds_the_lock(tmp_path: Path) -> None:
    """While one holds a lock nobody else gets it, and afterwards they do."""
    path = tmp_path / "lock"
    with locked(path), path.open("ab") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with locked(path):
        pass
    assert path.stat().st_mode & 0o777 == 0o600, "who can open it can hold it"


def test_files_that_are_made_while_a_lab_ends(tmp_path: Path) -> None:
    """Nothing stays of what a worker's start goes on to write, nor of a lab that was killed at its end."""
    files = LabFiles(tmp_path)
    (tmp_path / "local.removed" / "stale").mkdir(parents=True)
    files.empty_temporary()
    begun = threading.Event()

    def start_workers() -> None:
        with suppress(OSError):
            for _ in range(10_000):
                mkdtemp(dir=files.temporary)
                begun.set()

    with ThreadPoolExecutor() as pool:
        pool.submit(start_workers)
        assert begun.wait(10)
        files.remove_temporary()
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk(tmp_path: Path) -> None:
    """Where there is no room, a lab says where, and how much it takes; where there is, nothing."""
    check_room(tmp_path, lambda _: ROOM_BYTES)
    with (
        pytest.raises(LocalError, match=r"No space left on device: 0.4 MB are free") as refusal,
        holding(tmp_path),
    ):
        check_room(tmp_path, lambda _: 400_000)
    assert (refusal.value.where, "make room" in refusal.value.hint) == (str(tmp_path), True)


def test_a_disk_that_is_full_by_now(tmp_path: Path) -> None:
    """A lab that runs goes on without room, and it is said what that means; that there is some, nothing."""
    assert lack_of_room(tmp_path, lambda _: LEAST_ROOM_BYTES) == ""
    assert lack_of_room(tmp_path, lambda _: LEAST_ROOM_BYTES - 1).startswith(f"{tmp_path} is full: functions")
