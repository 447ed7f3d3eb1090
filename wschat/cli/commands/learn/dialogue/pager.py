"""Shows a long text by the person's pager, if they have one."""

import os
import signal
import subprocess
from collections.abc import Callable

LESS = "FRX"
"""What less does where nobody says otherwise: a text that fits stays, colours too, on the screen as it is."""
NOT_FOUND = {126, 127}
"""What a shell says of a program that is not there, or can't be run."""


def page(text: str, show: Callable[[str], None]) -> None:
    """Show a text by what `PAGER` names; `show` it where that is empty, or can't be run."""
    command = os.environ.get("PAGER", "").strip()
    if not command or _run(command, text) in NOT_FOUND:
        show(text)


def _run(command: str, text: str) -> int:
    """Return what the pager ends with; Ctrl-C is its own while it runs."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            input=text,
            text=True,
            encoding="utf-8",
            env={"LESS": LESS, **os.environ},
            check=False,
        )
        return done.returncode
    finally:
        signal.signal(signal.SIGINT, before)
