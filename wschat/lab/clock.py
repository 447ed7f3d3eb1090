"""Time and threads: a parameter of the engine, so that tests can make hours pass in seconds."""

import math
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Generic, Protocol, TypeVar

K = TypeVar("K")
T = TypeVar("T")
SIGNALS_EVERY_S = 0.1
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


class _Queue(Generic[T]):
    """A channel at which the main thread can wait and miss no Ctrl-C.

    Python sees to a signal between two steps of the main thread, or when it interrupts a system call of
    that. One that arrives just before such a call, or at another thread, would wait for the call's end.
    """

    def __init__(self) -> None:
        self._items = SimpleQueue[T]()
        self.put = self._items.put

    def get(self) -> T:
        while True:
            with suppress(Empty):
                return self._items.get(timeout=SIGNALS_EVERY_S)


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
        return _Queue()

    def start(self, work: Callable[[], None]) -> None:
        """Do something in a thread of its own, which does not keep the program from ending."""
        threading.Thread(target=work, daemon=True).start()


@dataclass(frozen=True)
class Waits(Generic[K]):
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


class Crew(Generic[K, T]):
    """Does jobs in threads of their own, and hands over what each one leads to as it ends.

    `patience_ends` is the time after which a job that waits should give up.
    """

    def __init__(self, clock: Clock) -> None:
        self.running = 0
        self.patience_ends = math.inf
        self._clock = clock
        self._news: Channel[Waits[K] | Done[K, T] | Failed[K]] = clock.channel()

    def start(self, tag: K, job: Callable[[], T]) -> None:
        """Begin a job; `tag` comes back with what it leads to."""
        self.running += 1

        def work() -> None:
            try:
                news: Done[K, T] | Failed[K] = Done(tag, job())
            except BaseException as error:  # noqa: BLE001  raised again in the thread that waits
                news = Failed(tag, error)
            self._news.put(news)

        self._clock.start(work)

    def tell(self, waits: Waits[K]) -> None:
        """Hand over, from within a job, that it waits."""
        self._news.put(waits)

    def hear(self) -> Waits[K] | Done[K, T] | Failed[K]:
        """Wait for news of any job."""
        news = self._news.get()
        self.running -= not isinstance(news, Waits)
        return news


def at_once(clock: Clock, jobs: Iterable[Callable[[], T]], limit: int) -> list[T]:
    """Do jobs at the same time, at most `limit` of them; return their results in their order.

    The first error is raised when those that run have ended; no further job is begun after it.
    """
    waiting, results = dict(enumerate(jobs)), dict[int, T]()
    crew, problem = Crew[int, T](clock), None
    while crew.running or (waiting and not problem):
        while waiting and not problem and crew.running < limit:
            number = min(waiting)
            crew.start(number, waiting.pop(number))
        match crew.hear():
            case Done(number, result):
                results[number] = result
            case Failed(_, error):
                problem = problem or error
    if problem:
        raise problem
    return [results[number] for number in sorted(results)]


def in_thread(clock: Clock, job: Callable[[], T]) -> T:
    """Run a job in a thread of its own: Ctrl-C ends the wait for it at once, whatever it is doing."""
    return at_once(clock, [job], 1)[0]
