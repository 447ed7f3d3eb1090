"""The signals that ask a program to end, and what they do here: what Ctrl-C does."""

import signal
from typing import NoReturn

ENDING = tuple(
    signal.Signals[name] for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)
)  # Windows has no SIGHUP, which comes when the terminal goes


def end_as_ctrl_c() -> None:
    """Let them raise KeyboardInterrupt, but for those that are ignored, as `nohup` has it."""
    for number in obeyed():
        signal.signal(number, _interrupt)


def obeyed() -> list[signal.Signals]:
    """Return those that are not ignored."""
    return [number for number in ENDING if signal.getsignal(number) != signal.SIG_IGN]


def _interrupt(_signal: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
