"""File descriptors: as many as the system grants; that none are left is told once a minute."""

import errno
import logging
import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from wschat.errors import LocalError

WANTED = 10_240
FEW = 1_000
SPARE = 256
"""How many are kept free for functions, whose processes take three each, and one or two sockets."""
LEAST = 208
"""Twelve people who talk at once, in a room or in six, take up to 170; at 144 functions lack some.

Those that are kept come besides, and thirty people waited long for the last of 176.
"""
KEPT = 16
"""How many nobody gets until the lab ends: its lock is a file, and to remove files takes some."""
SCARCE = (errno.EMFILE, errno.ENFILE)
FULL = "refused: too few descriptors are left for another connection"
MARKS = (FULL, *map(os.strerror, SCARCE))
"""What is told once a minute."""
PAUSE_S = 60.0
MORE = f"`ulimit -n {WANTED}`"
log = logging.getLogger("wschat.gateway")


def raise_limit() -> int:
    """Let this process and its children have as many descriptors as the system grants; return how many.

    Where less than `FEW` are granted, that stands in the log.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED if hard == resource.RLIM_INFINITY else min(hard, WANTED)
    while wanted > soft:
        with suppress(ValueError, OSError):  # macOS takes no more than some limit of its own
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
        wanted //= 2
    if soft < FEW:
        log.warning("%s", shortage(soft))
    return soft


def keep_some() -> None:
    """Keep some for the lab's end, of as many as this process has now."""
    _allow(-KEPT)


@contextmanager
def kept() -> Iterator[None]:
    """Let what is done meanwhile have those, too, that are kept."""
    _allow(KEPT)
    try:
        yield
    finally:
        _allow(-KEPT)


def _allow(more: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # none are kept yet
        if soft != resource.RLIM_INFINITY:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft + more, hard))


def check_enough() -> None:
    """Check that the system grants a lab as many descriptors as it takes.

    Raises:
        LocalError: it does not.
    """
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard != resource.RLIM_INFINITY and hard < LEAST:
        what = f"the system grants {hard} open files and sockets, and a local lab takes {LEAST} at least"
        raise LocalError(what, where="ulimit -n", hint=f"start it from a shell where {MORE} is not refused")


def shortage(limit: int) -> str:
    """Return what it means that there are so few descriptors, and what to do; empty: there are enough."""
    if limit >= FEW:
        return ""
    return (
        f"the system grants the lab {limit} open files and sockets, and so less than {limit - spare(limit)} "
        f"connections: {MORE} in the shell that starts it asks for more"
    )


def spare(limit: int) -> int:
    """Return how many descriptors of so many WebSockets must leave free."""
    return min(limit // 4, SPARE)


class OnceAMinute(logging.Filter):
    """Lets what is told of a lack of descriptors into the log once a minute, in one line."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._silent_until = dict.fromkeys(MARKS, 0.0)

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record is to be written; its traceback is taken out."""
        text = record.getMessage()
        error = str(record.exc_info[1]) if record.exc_info else ""
        mark = next((mark for mark in MARKS if mark in text or mark in error), None)
        if mark is None:
            return True
        now = self._clock()
        if now < self._silent_until[mark]:
            return False
        self._silent_until[mark] = now + PAUSE_S
        line = text.partition("\n")[0]
        record.msg, record.args = line if mark in line else f"{line}: {mark}", ()
        record.exc_info = record.exc_text = None
        return True


def tell_sparingly() -> None:
    """Filter all that goes to the log from now on, whoever tells it: asyncio, MiniStack, the gateway.

    What can't be written, as on a full disk, is left out, without a traceback.
    """
    logging.raiseExceptions = False
    once = OnceAMinute()
    for handler in logging.getLogger().handlers:
        handler.addFilter(once)
