"""The input line of the first moment: the terminal echoes what is typed until what reads it is loaded.

The keys stay with the terminal until prompt_toolkit reads them, one by one, so none is lost.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

SHOW, TAKE_AWAY = "\x1b7> ", "\x1b8\x1b[J"  # the cursor's place is kept, however much is typed


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
    inputs, outputs, control, local, *rest = before
    inputs &= ~termios.ICRNL  # so that Enter is Enter to who reads it later
    local &= ~termios.ICANON
    echoing, silent = local | termios.ECHO | termios.ECHOCTL, local & ~termios.ECHO
    is_shown = True

    def give_way() -> str:
        nonlocal is_shown
        is_shown = False
        termios.tcsetattr(keyboard, termios.TCSANOW, [inputs, outputs, control, silent, *rest])
        return TAKE_AWAY

    try:
        termios.tcsetattr(keyboard, termios.TCSANOW, [inputs, outputs, control, echoing, *rest])
        _write(SHOW)
        yield give_way
    finally:
        with suppress(OSError, termios.error):  # the terminal may be gone
            if is_shown:
                _write(TAKE_AWAY)
            termios.tcsetattr(keyboard, termios.TCSANOW, before)


def _is_dumb() -> bool:
    return sys.platform != "win32" and os.environ.get("TERM", "dumb") == "dumb"


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
