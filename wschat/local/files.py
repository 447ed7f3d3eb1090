"""The local lab's files in the state directory, and the lock under which it starts and ends."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO


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
        """Where the lab listens for its users; there is one while it runs."""
        return self.state_dir / "local.sock"

    @property
    def log(self) -> Path:
        """What the lab printed since its start."""
        return self.state_dir / "local.log"

    @property
    def temporary(self) -> Path:
        """MiniStack's temporary directory; a lab that was killed leaves it to the next one."""
        return self.state_dir / "local.tmp"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock on a file, which is created if need be; the kernel releases it when its holder dies."""
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def open_log(path: Path) -> BinaryIO:
    """Open a log to append to, readable by its owner only."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
