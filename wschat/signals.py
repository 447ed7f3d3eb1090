"""The signals that ask a program to end, and what they do here: what Ctrl-C does.

Only the first does it: a terminal that goes sends SIGHUP twice, and the second must not disturb the end.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

ENDING = tuple(
    signal.Signals[name] for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
)  # Windows has no SIGHUP, which comes when the terminal goes

STOPPING = tuple(
    signal.Signals[name] for name in ("SIGTTIN", "SIGTTOU") if hasattr(signal, name)
)  # what comes to who touches the terminal from the background: it must not keep a job from ending


def end_as_ctrl_c() -> None:
    """Let the first raise KeyboardInterrupt."""
    _at_the_first(_interrupt)


@contextmanager
def ending(end: Callable[[], object]) -> Iterator[None]:
    """Let the first call this meanwhile."""
    before = {number: signal.getsignal(number) for number in _obeyed()}
    _at_the_first(end)
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is not _ignore:
                signal.signal(number, handler)


def _at_the_first(end: Callable[[], object]) -> None:
    def heard(_signal: int, _frame: object) -> None:
        for number in _obeyed():
            signal.signal(number, _ignore)
        for number in STOPPING:
            signal.signal(number, signal.SIG_IGN)
        end()

    for number in _obeyed():
        signal.signal(number, heard)


def _obeyed() -> list[signal.Signals]:
    """Return those that are not ignored from the start, as `nohup` has it."""
    return [number for number in ENDING if signal.getsignal(number) != signal.SIG_IGN]


def _ignore(_signal: int, _frame: object) -> None:  # SIG_IGN would be handed down to other programs
    pass


def _interrupt() -> NoReturn:
    raise KeyboardInterrupt
