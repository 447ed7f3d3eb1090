"""What the local lab's processes share: its files, a lock on them, and messages, one JSON object a line."""

import errno
import fcntl
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from wschat.errors import LocalError, WschatError
from wschat.system.files import regular

Message = Mapping[str, object]
ROOM_BYTES = 10_000_000
LEAST_ROOM_BYTES = 500_000
"""With less, a function's worker may not start: it takes up to a third of that, and the log some."""


class LabFiles:
    """The names of the local lab's files.

    Attributes:
        state_dir: holds them; an absolute path.
        lock: held by whoever starts, joins or ends the lab, and only while doing so.
        socket: where the lab listens for its users; there is one while it runs.
        log: what the lab printed since its start.
        temporary: MiniStack's temporary directory; a lab that was killed leaves it to the next one. Its
            owner's alone, and so where the root's key is.
        home: the home directory of its functions.
    """

    def __init__(self, state_dir: Path) -> None:
        self.state_dir = state_dir
        self.lock = state_dir / "local.lock"
        self.socket = state_dir / "local.sock"
        self.log = state_dir / "local.log"
        self.temporary = state_dir / "local.tmp"
        self.home = self.temporary / "home"
        self._removed = state_dir / "local.removed"

    def empty_temporary(self) -> None:
        """Make the temporary directory and the home anew.

        Raises:
            OSError: they can't be made.
        """
        for left in (self.temporary, self._removed):
            shutil.rmtree(left, ignore_errors=True)
        self.temporary.mkdir(mode=0o700)
        self.home.mkdir(mode=0o700)

    def remove_temporary(self) -> None:
        """Remove the temporary directory, renamed: a thread that starts a worker may write there."""
        with suppress(OSError):
            self.temporary.rename(self._removed)
        shutil.rmtree(self._removed, ignore_errors=True)


@contextmanager
def holding(state_dir: Path) -> Iterator[None]:
    """Let what can't be written in a state directory, as on a full disk, be told as a LocalError."""
    try:
        yield
    except OSError as error:
        what = f"the state directory can't hold a local lab: {error.strerror}"
        hint = "make room there, or set WSCHAT_STATE_DIR to another directory"
        raise LocalError(what, where=str(error.filename or state_dir), hint=hint) from error


def check_room(
    state_dir: Path, free: Callable[[Path], int] = lambda place: shutil.disk_usage(place).free
) -> None:
    """Check that a state directory has room for a lab's files, those of functions most of all.

    Raises:
        OSError: it has not.
    """
    if (left := free(state_dir)) < ROOM_BYTES:
        room = f"{left / 1e6:.1f} MB are free, and it takes {ROOM_BYTES / 1e6:.0f} MB"
        why = f"{os.strerror(errno.ENOSPC)}: {room}"
        raise OSError(errno.ENOSPC, why, str(state_dir))


def lack_of_room(
    state_dir: Path, free: Callable[[Path], int] = lambda place: shutil.disk_usage(place).free
) -> str:
    """Return what it means that the state directory of a lab that runs is full; empty: it is not."""
    if free(state_dir) >= LEAST_ROOM_BYTES:
        return ""
    return (
        f"{state_dir} is full: functions that are called for the first time fail, and the log stops. "
        "Make room there; the lab goes on."
    )


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock on a file, which is created if need be; the kernel releases it when its holder dies.

    Who can open the file can hold it, so nobody else can.

    Raises:
        UsageError: something else stands there.
        OSError: it can't be opened, or it is a link.
    """
    descriptor = os.open(regular(path), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def encode(message: Message) -> bytes:
    """Write a message as one line."""
    return json.dumps(message).encode() + b"\n"


STOP = encode({"stop": True})
TRACE = encode({"trace": True})


def failed(error: WschatError) -> Message:
    """Put an error into a message."""
    return {"failed": {"what": error.what, "where": error.where, "hint": error.hint}}


def outcome(work: Callable[[], Message], log: Path) -> Message:
    """Return the message that a piece of work comes to; an error is one, too."""
    try:
        return work()
    except WschatError as error:
        return failed(error)
    except Exception as error:
        logging.getLogger(__name__).exception("the local lab failed")
        what = f"the local lab failed: {type(error).__name__}: {error}"
        return failed(LocalError(what, hint=f"its log: {log}"))
