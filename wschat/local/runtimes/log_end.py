"""Marks in a Python function's log where an invocation ends; runs before the function's code.

MiniStack reads the answers from one pipe, and the log from another: it can't tell when it has all of it.
Neither is the function's, nor the one by which events come: programs that it starts would have them.
"""

import os
import sys
from contextlib import suppress


class MarkedAnswers:
    """What the worker's program takes for stdout: one write and one flush for each answer.

    The first answer says that the function is loaded, and is none to an invocation. Marks and answers are
    written by descriptors of their own: the function may close its own, have it write to a file, or not wait
    for it; and what a program that it starts writes to stdout is logged.
    """

    def __init__(self, mark: str) -> None:
        self._answers, self._mark = os.fdopen(os.dup(1), "w", encoding="utf-8"), f"{mark}\n".encode()
        self._loaded, self._log = False, os.dup(2)
        os.dup2(2, 1)

    def write(self, answer: str) -> int:
        """Mark the end of the log so far, and answer."""
        if self._loaded:
            os.set_blocking(self._log, True)  # it is one setting for both
            with suppress(Exception):  # whatever the function has made of it
                sys.stderr.flush()
            os.write(self._log, self._mark)
        self._loaded = True
        return self._answers.write(answer)

    def flush(self) -> None:
        """Send the answer."""
        self._answers.flush()


def mark_ends(mark: str) -> None:
    """Write a mark into the log, as the end of a line, before each answer to an invocation."""
    sys.stdin = os.fdopen(os.dup(0), encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.stdout = MarkedAnswers(mark)
