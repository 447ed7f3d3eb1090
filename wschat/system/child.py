"""A command that is run in the foreground, in one's own place: its input, output, signals and exit code."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType

from wschat.errors import UsageError

PASSED_ON = (
    *(signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP),
    *(signal.SIGUSR1, signal.SIGUSR2),
)
BY_TERMINAL = {signal.SIGINT, signal.SIGQUIT}
"""What a key sends to all that runs in a terminal's foreground, and so to the command, too."""
SIGNALLED = 128


def run(
    command: Sequence[str],
    environment: Mapping[str, str],
    meanwhile: Callable[[Callable[[], bool]], object] = lambda _: None,
) -> int:
    """Run a command, and return its exit code; 128 and the signal's number, as a shell does, if one ended it.

    Signals that are not ignored reach it, whoever of the two they were sent to. What is done `meanwhile` is
    told whether the command has ended, by a function.

    Raises:
        UsageError: there is no such program, or it can't be run.
    """
    with _signals() as passed_on:
        try:
            child = subprocess.Popen(command, env=environment)
        except OSError as error:
            hint = "what follows --run is a program, and its arguments; it is no line for a shell"
            raise UsageError(f"it can't be run: {error.strerror}", where=command[0], hint=hint) from error
        passed_on(child)
        try:
            meanwhile(lambda: child.poll() is not None)
        finally:
            code = child.wait()
    return code if code >= 0 else SIGNALLED - code


class _PassOn:
    """Passes signals on to a child, once there is one."""

    def __init__(self) -> None:
        self._early: list[int] = []
        self._child: subprocess.Popen[bytes] | None = None

    def __call__(self, child: subprocess.Popen[bytes]) -> None:
        self._child = child
        for number in self._early:
            child.send_signal(number)

    def handle(self, number: int, _frame: FrameType | None) -> None:
        if self._child is None:
            self._early.append(number)
        elif not (number in BY_TERMINAL and _is_in_foreground()):
            self._child.send_signal(number)


@contextmanager
def _signals() -> Iterator[_PassOn]:
    passed_on = _PassOn()
    before = {number: signal.getsignal(number) for number in PASSED_ON}
    handled = [number for number, handler in before.items() if handler != signal.SIG_IGN]
    for number in handled:
        signal.signal(number, passed_on.handle)
    try:
        yield passed_on
    finally:
        for number in handled:
            signal.signal(number, before[number])


def _is_in_foreground() -> bool:
    """Tell whether this process is among those to which its terminal sends the signals of keys."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
