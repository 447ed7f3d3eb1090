"""Time for tests: virtual, which jumps when all wait, and real, but faster; what is done in it at once."""

import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from heapq import heappop, heappush
from typing import Any

from greenlet import getcurrent, greenlet

from wschat.lab.clock import Channel, Clock


class Deadlock(RuntimeError):  # noqa: N818  it is one
    """All workers wait for a channel, and nobody is left to put anything in."""


class VirtualClock(Clock):
    """One time for who creates it and all that `start` began; it jumps when all of them wait.

    The workers are greenlets of one thread: one runs until it sleeps or waits for a channel, so a run is
    the same each time, and a worker must wait through the clock alone. Those that are due at one time go
    on in the order in which they fell asleep. Where nobody can go on, all who wait for a channel get a
    Deadlock.
    """

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        self._sleeps = 0
        self._creator = getcurrent()
        self._hub = greenlet(self._go_on)
        self._ready: deque[Callable[[], object]] = deque()
        self._sleepers: list[tuple[float, int, greenlet]] = []

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._sleeps += 1
        heappush(self._sleepers, (self._now + max(seconds, 0.0), self._sleeps, self._me()))
        self._hub.switch()

    def channel(self) -> Channel[Any]:
        return _VirtualChannel(self)

    def start(self, work: Callable[[], None]) -> None:
        self._ready.append(greenlet(work, self._hub).switch)

    def _me(self) -> greenlet:
        me = getcurrent()
        if me is not self._creator and me.parent is not self._hub:
            raise RuntimeError("this is none of the clock's workers: begin it with clock.start")
        return me

    def _go_on(self) -> None:
        """Let each go on whose turn it is; the time jumps if none is ready."""
        while True:
            if not self._ready and self._sleepers:
                due, _, sleeper = heappop(self._sleepers)
                self._now = max(self._now, due)
                self._ready.append(sleeper.switch)
            if not self._ready:
                raise Deadlock
            self._ready.popleft()()


class _VirtualChannel(Channel[Any]):
    def __init__(self, clock: VirtualClock) -> None:
        super().__init__()
        self._clock = clock
        self._waiting: deque[greenlet] = deque()

    def put(self, item: Any, *_: object, **__: object) -> None:  # noqa: ANN401
        """Put in an item; whoever has waited longest for one is ready from this moment."""
        super().put(item)
        if self._waiting:
            self._clock._ready.append(self._waiting.popleft().switch)

    def take(self) -> Any:  # noqa: ANN401
        while self.empty():
            self._waiting.append(self._clock._me())
            self._clock._hub.switch()
        return super().take()


class ScaledClock(Clock):
    """Real time, but `factor` times faster."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self._factor = factor

    def now(self) -> float:
        return super().now() * self._factor

    def sleep(self, seconds: float) -> None:
        time.sleep(max(seconds, 0.0) / self._factor)


class Dates:
    """A clock's times as AWS writes them, counted from the real time at which this was made."""

    def __init__(self, clock: Clock) -> None:
        self._start = time.time() - clock.now()

    def second(self, now: float) -> str:
        """Write a time as IAM and API Gateway do, in whole seconds."""
        return f"{self._at(now):%Y-%m-%dT%H:%M:%SZ}"

    def millisecond(self, now: float) -> str:
        """Write a time as Lambda does."""
        when = self._at(now)
        return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03}+0000"

    def header(self, now: float) -> str:
        """Write a time as HTTP does."""
        return format_datetime(self._at(now), usegmt=True)

    def _at(self, now: float) -> datetime:
        return datetime.fromtimestamp(self._start + now, UTC)


def at_once(clock: Clock, *works: Callable[[], Any]) -> list[Any]:
    """Let all work at the same time; return what each gets, or the error that stops it."""
    outcomes: list[Any] = [None] * len(works)
    done = clock.channel()

    def begin(number: int, work: Callable[[], Any]) -> None:
        try:
            outcomes[number] = work()
        except BaseException as error:  # noqa: BLE001  it is what this work led to
            outcomes[number] = error
        done.put(None)

    for each in enumerate(works):
        clock.start(lambda each=each: begin(*each))  # type: ignore[misc]
    for _ in works:
        done.take()
    return outcomes
