"""SIGTERM and SIGHUP, handled once: a terminal that closes sends SIGHUP twice, and the end goes on.

Where the end hangs, a later SIGTERM ends the program all the same.
"""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from wschat.errors import ExitCode

TERMINATION = (signal.SIGTERM, signal.SIGHUP)
"""What asks a program to end; SIGHUP comes when its terminal closes."""
JOB_CONTROL = (signal.SIGTTIN, signal.SIGTTOU)
"""What stops a background job that touches the terminal; once it is to end, that must not keep it."""

SIGNAL_POLL_S = 0.2
"""How often a wait looks for signals: one that comes just before it, or elsewhere, ends none."""
HANGS_AFTER_S = 2.0  # the end of every command takes less
Handler = Callable[[int, FrameType | None], object]


def wait() -> NoReturn:
    """Wait for ever, for a signal.

    It looks for one again and again: one that arrives just before a wait, or at another thread, does not
    interrupt that wait.
    """
    while True:
        time.sleep(SIGNAL_POLL_S)


def interrupt_on_termination() -> None:
    """Let the first raise KeyboardInterrupt, as Ctrl-C does."""
    _handle_first(signal.default_int_handler)


@contextmanager
def on_termination(callback: Callable[[], object]) -> Iterator[None]:
    """Let the first call this meanwhile, in the main thread."""
    before = {number: signal.getsignal(number) for number in _not_ignored()}
    first = _handle_first(lambda *_: callback())
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is first:
                signal.signal(number, handler)


def _handle_first(handler: Handler) -> Handler:
    """Let the first call this; later ones do nothing, but SIGTERM ends a program that still has not ended."""

    def first(number: int, frame: FrameType | None) -> None:
        begun = time.monotonic()

        def later(number: int, _frame: FrameType | None) -> None:
            if number == signal.SIGTERM and time.monotonic() - begun > HANGS_AFTER_S:
                os._exit(ExitCode.INTERRUPTED)

        for each in _not_ignored():
            signal.signal(each, later)
        for each in JOB_CONTROL:
            signal.signal(each, signal.SIG_IGN)
        handler(number, frame)

    for number in _not_ignored():
        signal.signal(number, first)
    return first


def _not_ignored() -> list[signal.Signals]:
    """Return those that were not ignored from the start, as by `nohup`."""
    return [number for number in TERMINATION if signal.getsignal(number) != signal.SIG_IGN]
