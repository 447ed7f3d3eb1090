"""A worker pool: jobs in threads of their own, as many at a time as there may be."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from wschat.lab.clock import Channel, Clock

T = TypeVar("T")
WORKERS = 24
"""Threads at the same time: enough for all that can go on at once in a lab, most of them waiting."""


def run_all(clock: Clock, jobs: Iterable[Callable[[], T]], limit: int = WORKERS) -> list[T]:
    """Run jobs in at most `limit` threads; return their results in the jobs' order.

    The first error is raised when those that run have ended; no further job is begun after it.
    """
    ended: Channel[None] = clock.channel()
    waiting, results, errors, running = dict(enumerate(jobs)), dict[int, T](), list[BaseException](), 0

    def work(number: int, job: Callable[[], T]) -> None:
        try:
            results[number] = job()
        except BaseException as error:  # noqa: BLE001  raised again in the thread that waits
            errors.append(error)
        ended.put(None)

    while running or (waiting and not errors):
        while waiting and not errors and running < limit:
            number = min(waiting)
            clock.start(partial(work, number, waiting.pop(number)))
            running += 1
        ended.get()
        running -= 1
    if errors:
        raise errors[0]
    return [results[number] for number in sorted(results)]


def run_in_thread(clock: Clock, job: Callable[[], T]) -> T:
    """Run a job in a thread of its own: Ctrl-C ends the wait for it at once, whatever it is doing."""
    return run_all(clock, [job])[0]
