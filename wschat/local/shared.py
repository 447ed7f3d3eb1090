"""What the local lab's processes share: its files, a lock on them, and messages, one JSON object a line."""

import fcntl
import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from wschat.errors import LocalError, WschatError
from wschat.system.files import regular

Message = Mapping[str, object]


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
