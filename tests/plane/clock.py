"""Time for tests: virtual, which jumps when all wait, and real, but faster."""

import threading
import time
from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from queue import SimpleQueue
from typing import Any, Protocol, TypeVar

from wschat.lab import clock

T = TypeVar("T")
NOTICE = 0.2
"""Seconds after which a signal is noticed that came just before its thread began to block."""


class Channel(Protocol[T]):
    """What one worker puts in, another gets out; `get` blocks."""

    def put(self, item: T) -> None: ...
    def get(self) -> T: ...


class Clock(Protocol):
    """All waiting and threading; seconds."""

    def now(self) -> float: ...
    def sleep(self, seconds: float) -> None: ...
    def channel(self) -> Channel[Any]: ...
    def start(self, work: Callable[[], None]) -> None: ...


class Deadlock(RuntimeError):  # noqa: N818  it is one
    """All workers wait for each other."""


class VirtualClock(clock.Clock):
    """One time for the creating thread and all that `start` began; it jumps when all of them wait.

    One worker runs at a time, until it sleeps or waits for a channel: so a run is the same each time,
    and a worker must wait through the clock alone. Those that are due at one time go on in the order in
    which they fell asleep. Where nobody can go on, all who wait for a channel get a Deadlock.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._now = 0.0
        self._sleeps = 0
        self._busy = 1
        self._workers = {threading.get_ident()}
        self._ready: deque[_Turn] = deque()
        self._sleepers: list[tuple[float, int, _Turn]] = []
        self._getters: list[_Turn] = []

    def now(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        turn = self._turn()

        def lie_down() -> bool:
            self._sleeps += 1
            heappush(self._sleepers, (self._now + max(seconds, 0.0), self._sleeps, turn))
            return True

        self._wait(turn, lie_down)

    def channel(self) -> "Channel[Any]":
        return _VirtualChannel(self)

    def start(self, work: Callable[[], None]) -> None:
        turn = _Turn()

        def run() -> None:
            turn.gate.acquire()
            with self._lock:
                self._workers.add(threading.get_ident())
            try:
                work()
            finally:
                with self._lock:
                    self._workers.discard(threading.get_ident())
                    self._busy -= 1
                    self._next()

        with self._lock:
            self._ready.append(turn)
        threading.Thread(target=run, daemon=True).start()

    def _turn(self) -> "_Turn":
        if threading.get_ident() not in self._workers:
            raise RuntimeError("this thread is none of the clock's: begin it with clock.start")
        return _Turn()

    def _wait(self, turn: "_Turn", queue: Callable[[], bool]) -> None:
        """Queue up, if there is need to, and let others go on until it is this worker's turn again."""
        try:
            with self._lock:
                if not queue():
                    return
                turn.waits = True
                self._busy -= 1
                self._next()
            while not turn.gate.acquire(timeout=NOTICE):
                pass
        except BaseException:  # as Ctrl-C
            with self._lock:
                if turn.waits and not turn.called:
                    self._forget(turn)
                    self._busy += 1
            raise
        if turn.error:
            raise turn.error

    def _forget(self, turn: "_Turn") -> None:
        self._sleepers = sorted(each for each in self._sleepers if each[2] is not turn)
        self._getters = [each for each in self._getters if each is not turn]
        self._ready = deque(each for each in self._ready if each is not turn)

    def _next(self) -> None:
        """Call the next worker, if none is busy; the time jumps if none is ready."""
        if self._busy:
            return
        if not self._ready and self._sleepers:
            due, _, turn = heappop(self._sleepers)
            self._now = max(self._now, due)
            self._ready.append(turn)
        if not self._ready:
            for turn in self._getters:
                turn.error = Deadlock("all workers wait for a channel, and nobody is left to put anything in")
            self._ready.extend(self._getters)
            self._getters = []
        if self._ready:
            self._busy += 1
            self._ready.popleft().call()


class _Turn:
    """One wait of one worker; its gate opens when it is called."""

    def __init__(self) -> None:
        self.waits = self.called = False
        self.error: Deadlock | None = None
        self.gate = threading.Lock()
        self.gate.acquire()

    def call(self) -> None:
        self.called = True
        self.gate.release()


class _VirtualChannel:
    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._items: deque[Any] = deque()
        self._waiting: deque[_Turn] = deque()

    def put(self, item: Any) -> None:  # noqa: ANN401
        """Put in an item; whoever has waited longest for one is ready from this moment."""
        clock = self._clock
        with clock._lock:
            self._items.append(item)
            while self._waiting:
                turn = self._waiting.popleft()
                if turn in clock._getters:
                    clock._getters.remove(turn)
                    clock._ready.append(turn)
                    break

    def get(self) -> Any:  # noqa: ANN401
        got: list[Any] = []
        while not got:
            turn = self._clock._turn()
            self._clock._wait(turn, lambda turn=turn: self._take(turn, got))  # type: ignore[misc]
        return got[0]

    def _take(self, turn: _Turn, got: list[Any]) -> bool:
        """Take an item if there is one; else queue up, and return that."""
        if self._items:
            got.append(self._items.popleft())
            return False
        self._waiting.append(turn)
        self._clock._getters.append(turn)
        return True


class ScaledClock(clock.Clock):
    """Real time, but `factor` times faster."""

    def __init__(self, factor: float = 1.0) -> None:
        super().__init__()
        self._factor = factor

    def now(self) -> float:
        return time.monotonic() * self._factor

    def sleep(self, seconds: float) -> None:
        time.sleep(max(seconds, 0.0) / self._factor)

    def channel(self) -> "Channel[Any]":
        return SimpleQueue()

    def start(self, work: Callable[[], None]) -> None:
        threading.Thread(target=work, daemon=True).start()
