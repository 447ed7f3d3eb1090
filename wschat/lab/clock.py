"""Time and threads: a parameter of the engine, so that tests can make hours pass in seconds."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from wschat.system.signals import SIGNAL_POLL_S

T = TypeVar("T")
WORKERS = 24
"""Threads at the same time: enough for all that can go on at once in a lab, most of them waiting."""


class Stopped(Exception):  # noqa: N818  it is no error that somebody wants to stop
    """The person asked to stop; the call in flight has ended, and nothing was begun after it."""


class Channel(SimpleQueue[T]):
    """What threads hand things to each other through; the main thread can wait at it and miss no Ctrl-C.

    Python sees to a signal between two steps of the main thread, or when it interrupts a system call of
    that. One that arrives just before such a call, or at another thread, would wait for the call's end.
    """

    def take(self) -> T:
        """Wait for something, and take it."""
        while True:
            with suppress(Empty):
                return self.get(timeout=SIGNAL_POLL_S)


class Clock:
    """Real time and real threads. `stopped` is set when the person asks to stop."""

    def __init__(self) -> None:
        self._stop = threading.Event()

    @property
    def stopped(self) -> bool:
        """Whether the person has asked to stop."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Let all who wait stop waiting, and nothing new begin."""
        self._stop.set()

    def now(self) -> float:
        """Return a time in seconds, which never goes back."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait, but no longer than until the person asks to stop; a signal is heeded as in `Channel`."""
        end = self.now() + seconds
        while (left := end - self.now()) > 0 and not self._stop.wait(min(left, SIGNAL_POLL_S)):
            pass

    def channel(self) -> Channel[Any]:
        """Make a channel between threads."""
        return Channel()

    def start(self, work: Callable[[], None]) -> None:
        """Run something in a thread of its own, which does not keep the program from ending."""
        threading.Thread(target=work, daemon=True).start()

    def run_all(self, jobs: Iterable[Callable[[], T]], limit: int = WORKERS) -> list[T]:
        """Run jobs in at most `limit` threads; return their results in the jobs' order.

        The first error is raised when those that run have ended; no further job is begun after it. Ctrl-C
        ends the wait for them at once, whatever they are doing.
        """
        waiting, results = deque(enumerate(jobs)), dict[int, T]()
        ended, errors, workers = self.channel(), list[BaseException](), range(min(limit, len(waiting)))

        def work() -> None:
            with suppress(IndexError):  # the last one has been taken
                while not errors:
                    number, job = waiting.popleft()
                    try:
                        results[number] = job()
                    except BaseException as error:  # noqa: BLE001  raised again in the thread that waits
                        errors.append(error)
            ended.put(None)

        for _ in workers:
            self.start(work)
        for _ in workers:
            ended.take()
        if errors:
            raise errors[0]
        return [results[number] for number in sorted(results)]
