"""Time and threads: a parameter of the engine, so that tests can make hours pass in seconds."""

import math
import threading
import time
from collections.abc import Callable, Iterable
from queue import SimpleQueue
from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T")
AT_ONCE = 24
"""Threads at the same time: enough for all that can go on at once in a lab, most of them waiting."""


class Stopped(Exception):  # noqa: N818  it is no error that somebody wants to stop
    """The person asked to stop; the call in flight has ended, and nothing was begun after it."""


class Channel(Protocol[T]):
    """What threads hand things to each other through."""

    def put(self, item: T) -> None:
        """Hand something over."""

    def get(self) -> T:
        """Wait for something, and take it."""


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
        """Wait, but no longer than until the person asks to stop."""
        self._stop.wait(seconds)

    def channel(self) -> Channel[Any]:
        """Make a channel between threads."""
        return SimpleQueue()

    def start(self, work: Callable[[], None]) -> None:
        """Do something in a thread of its own, which does not keep the program from ending."""
        threading.Thread(target=work, daemon=True).start()


class Crew(Generic[T]):
    """Does jobs in threads of their own, and hands over what each one leads to as it ends.

    `patience_ends` is the time after which a job that waits should give up.
    """

    def __init__(self, clock: Clock) -> None:
        self.running = 0
        self.patience_ends = math.inf
        self._clock = clock
        self._news: Channel[tuple[Any, bool, T | BaseException | Any]] = clock.channel()

    def start(self, tag: object, job: Callable[[], T]) -> None:
        """Begin a job; `tag` comes back with its outcome."""
        self.running += 1

        def work() -> None:
            try:
                outcome: T | BaseException = job()
            except BaseException as error:  # noqa: BLE001  raised again in the thread that waits
                outcome = error
            self._news.put((tag, True, outcome))

        self._clock.start(work)

    def tell(self, tag: object, news: object) -> None:
        """Hand something over from within a job that goes on."""
        self._news.put((tag, False, news))

    def hear(self) -> tuple[Any, bool, T | BaseException | Any]:
        """Wait for news of any job: its tag, whether it has ended, and its outcome, or what it tells."""
        news = self._news.get()
        self.running -= news[1]
        return news


def at_once(clock: Clock, jobs: Iterable[Callable[[], T]], limit: int) -> list[T]:
    """Do jobs at the same time, at most `limit` of them; return their results in their order.

    The first error is raised when those that run have ended; no further job is begun after it.
    """
    waiting, results = dict(enumerate(jobs)), dict[int, T]()
    crew, problem = Crew[T](clock), None
    while crew.running or (waiting and not problem):
        while waiting and not problem and crew.running < limit:
            number = min(waiting)
            crew.start(number, waiting.pop(number))
        number, _, outcome = crew.hear()
        if isinstance(outcome, BaseException):
            problem = problem or outcome
        else:
            results[number] = outcome
    if problem:
        raise problem
    return [results[number] for number in sorted(results)]
