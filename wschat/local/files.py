"""The local lab's files in the state directory, and the lock under which it starts and ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class LabFiles:
    """The names of the local lab's files.

    Attributes:
        state_dir: holds them; an absolute path.
        lock: held by whoever starts, joins or ends the lab, and only while doing so.
        socket: where the lab listens for its users; there is one while it runs.
        log: what the lab printed since its start.
        temporary: MiniStack's temporary directory; a lab that was killed leaves it to the next one.
    """

    def __init__(self, state_dir: Path) -> None:
        self.state_dir = state_dir
        self.lock = state_dir / "local.lock"
        self.socket = state_dir / "local.sock"
        self.log = state_dir / "local.log"
        self.temporary = state_dir / "local.tmp"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock on a file, which is created if need be; the kernel releases it when its holder dies."""
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
