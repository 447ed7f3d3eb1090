"""Work in a copy of this process: what it does to all that is in here, MiniStack too, is forgotten."""

import os
import pickle
import signal
import traceback
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def forked(work: Callable[[], T], longest: float) -> T:
    """Do something in a copy of this process; return what it returns.

    Args:
        work: returns what can be pickled.
        longest: seconds of a core that it may take, however busy the machine is.

    Raises:
        EOFError: the work raised, which is printed, or it died or did not end in that time.
    """
    read, write = os.pipe()
    if child := os.fork():
        os.close(write)
        try:
            with os.fdopen(read, "rb") as pipe:
                told: T = pickle.load(pipe)  # noqa: S301  our own
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        return told
    signal.setitimer(signal.ITIMER_PROF, longest)
    try:
        with os.fdopen(write, "wb") as pipe:
            pickle.dump(work(), pipe)
    except BaseException:  # noqa: BLE001  nothing may get out of the copy
        traceback.print_exc()
    finally:
        os._exit(0)
