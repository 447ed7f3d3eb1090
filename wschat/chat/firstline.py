"""The input line of the first moment: the terminal echoes what is typed until what reads it is loaded.

The keys stay with the terminal until prompt_toolkit reads them, one by one, so none is lost. Only Ctrl-C is
not for it: that ends the program.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

PASTES_ON, PASTES_OFF = "\x1b[?2004h", "\x1b[?2004l"  # so that a paste is told from typing, also later
SHOW, TAKE_AWAY = "\x1b[?7l> ", "\x1b[?7h\r\x1b[J"  # one line without a wrap, however much is typed


@contextmanager
def first_line(*, wanted: bool) -> Iterator[Callable[[], str] | None]:
    """Show the line, if it is wanted and somebody sits at a terminal that can; at the end that is as it was.

    Yields what ends the echo, and returns what the next input line has to write before it shows itself;
    None where there is to be no input line.
    """
    is_terminal = bool(sys.stdin and sys.stdin.isatty() and sys.stdout and sys.stdout.isatty())
    if not wanted or not is_terminal or _is_dumb():
        yield None
        return
    if sys.platform == "win32":  # its consoles have no such modes
        yield str
        return
    import termios

    keyboard = sys.stdin.fileno()
    before = termios.tcgetattr(keyboard)
    inputs, outputs, control, local, *speeds, characters = before
    inputs &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON)
    local &= ~(termios.ICANON | termios.IEXTEN)
    waiting = characters.copy()
    for key in (termios.VQUIT, termios.VSUSP):
        waiting[key] = os.fpathconf(keyboard, "PC_VDISABLE")
    is_shown = True

    def become(local: int, characters: list[bytes | int]) -> None:
        modes = [inputs, outputs, control, local, *speeds, characters]
        with suppress(termios.error):  # the terminal may be gone, as who reads it will find
            termios.tcsetattr(keyboard, termios.TCSANOW, modes)

    def give_way() -> str:
        nonlocal is_shown
        is_shown = False
        become(local & ~termios.ECHO, characters)  # as a shell is to have them again after Ctrl-Z
        return TAKE_AWAY

    try:
        become(local | termios.ECHO | termios.ECHOCTL, waiting)
        _write(PASTES_ON + SHOW)
        yield give_way
    finally:
        with suppress(OSError, termios.error):  # the terminal may be gone
            termios.tcsetattr(keyboard, termios.TCSANOW, before)
            if is_shown:
                _write(TAKE_AWAY + PASTES_OFF)


def _is_dumb() -> bool:
    return sys.platform != "win32" and os.environ.get("TERM", "dumb") == "dumb"


def _write(text: str) -> None:
    os.write(sys.stdout.fileno(), text.encode())  # what a terminal that is gone refuses stays in no buffer
