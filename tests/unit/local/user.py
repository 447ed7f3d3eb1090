"""A user of the local lab in a process of its own: it prints what it sees, and leaves at a line of input."""

import sys
from pathlib import Path

from wschat.local.join import join


def show(*words: object) -> None:
    """Print at once."""
    print(*words, flush=True)  # noqa: T201


with join(Path(sys.argv[1]), sys.argv[2], progress=show) as lab:
    show("ready", lab.endpoint, lab.started)
    sys.stdin.readline()
