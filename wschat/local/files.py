"""The local lab's files in the state directory, and the locks that its processes take turns by."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

if sys.platform != "win32":
    import fcntl


@dataclass(frozen=True)
class LabFiles:
    """Name every file of the local lab by the state directory, which is an absolute path."""

    state_dir: Path

    @property
    def lock(self) -> Path:
        """Held by whoever starts, joins or ends the lab, and only while doing so."""
        return self.state_dir / "local.lock"

    @property
    def socket(self) -> Path:
        """Where the keeper listens for users; there is one while a lab runs."""
        return self.state_dir / "local.sock"

    @property
    def log(self) -> Path:
        """What the keeper and MiniStack printed, since the last start."""
        return self.state_dir / "local.log"

    @property
    def private(self) -> Path:
        """MiniStack's temporary directory; there is one while a lab runs."""
        return self.state_dir / "local.tmp"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock on a file, which is created if need be; the kernel lets go of it for the dead."""
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def open_log(path: Path) -> BinaryIO:
    """Open a log to append to, readable by its owner only."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
