"""Marks in a Python function's log where an invocation ends; runs before the function's code.

MiniStack reads the answers from one pipe, and the log from another: it can't tell when it has all of it.
"""

import os
import sys


class MarkedAnswers:
    """What the worker's program takes for stdout: one write and one flush for each answer.

    The first answer says that the function is loaded, and is none to an invocation.
    """

    def __init__(self, mark: str) -> None:
        self._answers, self._mark = sys.stdout, f"{mark}\n".encode()
        self._loaded = False

    def write(self, answer: str) -> int:
        """Mark the end of the log so far, and answer."""
        if self._loaded:
            sys.stderr.flush()
            os.write(2, self._mark)
        self._loaded = True
        return self._answers.write(answer)

    def flush(self) -> None:
        """Send the answer."""
        self._answers.flush()


def mark_ends(mark: str) -> None:
    """Write a mark into the log, as the end of a line, before each answer to an invocation."""
    sys.stdout = MarkedAnswers(mark)
