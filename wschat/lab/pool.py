"""A worker pool: jobs in threads of their own, and the events of how each one goes."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from wschat.lab.clock import Channel, Clock

K = TypeVar("K")
T = TypeVar("T")
WORKERS = 24
"""Threads at the same time: enough for all that can go on at once in a lab, most of them waiting."""


@dataclass(frozen=True)
class Waiting(Generic[K]):
    """A job waits for something, and for how many seconds already."""

    tag: K
    why: str
    seconds: float


@dataclass(frozen=True)
class Done(Generic[K, T]):
    """A job has ended, with a result."""

    tag: K
    result: T


@dataclass(frozen=True)
class Failed(Generic[K]):
    """A job has ended, with an error."""

    tag: K
    error: BaseException


class WorkerPool(Generic[K, T]):
    """Runs jobs in threads of their own; `next_event` hands over what each one leads to.

    Attributes:
        running: how many jobs have begun and not ended.
        deadline: the time after which a job that waits should give up.
    """

    def __init__(self, clock: Clock) -> None:
        self.running = 0
        self.deadline = math.inf
        self._clock = clock
        self._events: Channel[Waiting[K] | Done[K, T] | Failed[K]] = clock.channel()

    def submit(self, tag: K, job: Callable[[], T]) -> None:
        """Begin a job; `tag` comes back with what it leads to."""
        self.running += 1

        def work() -> None:
            try:
                event: Done[K, T] | Failed[K] = Done(tag, job())
            except BaseException as error:  # noqa: BLE001  raised again in the thread that waits
                event = Failed(tag, error)
            self._events.put(event)

        self._clock.start(work)

    def report(self, waiting: Waiting[K]) -> None:
        """Hand over, from within a job, that it waits."""
        self._events.put(waiting)

    def next_event(self) -> Waiting[K] | Done[K, T] | Failed[K]:
        """Wait for the next event of any job."""
        event = self._events.get()
        self.running -= not isinstance(event, Waiting)
        return event


def run_all(clock: Clock, jobs: Iterable[Callable[[], T]], limit: int = WORKERS) -> list[T]:
    """Run jobs in at most `limit` threads; return their results in the jobs' order.

    The first error is raised when those that run have ended; no further job is begun after it.
    """
    waiting, results = dict(enumerate(jobs)), dict[int, T]()
    pool, problem = WorkerPool[int, T](clock), None
    while pool.running or (waiting and not problem):
        while waiting and not problem and pool.running < limit:
            number = min(waiting)
            pool.submit(number, waiting.pop(number))
        match pool.next_event():
            case Done(number, result):
                results[number] = result
            case Failed(_, error):
                problem = problem or error
    if problem:
        raise problem
    return [results[number] for number in sorted(results)]


def run_in_thread(clock: Clock, job: Callable[[], T]) -> T:
    """Run a job in a thread of its own: Ctrl-C ends the wait for it at once, whatever it is doing."""
    return run_all(clock, [job])[0]
