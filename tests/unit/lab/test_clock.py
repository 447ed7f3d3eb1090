"""Time and threads: waits end at once when the person stops them; jobs that run at the same time."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from types import FrameType

import pytest

from tests.support.plane.clock import VirtualClock
from tests.support.until import PATIENCE, until
from wschat.lab.clock import Clock


class Heard(Exception):  # noqa: N818  no error: a test's signal has arrived
    """A signal has arrived."""


@pytest.fixture
def number() -> Iterator[signal.Signals]:
    """A signal whose handler raises Heard."""

    def hear(*_: object) -> None:
        raise Heard

    before = signal.signal(signal.SIGUSR1, hear)
    yield signal.SIGUSR1
    signal.signal(signal.SIGUSR1, before)


def waits(frame: FrameType | None, where: str) -> bool:
    """Tell whether a function is among those that a thread is in."""
    return frame is not None and (frame.f_code.co_name == where or waits(frame.f_back, where))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux signals a thread by its number")
@pytest.mark.parametrize("where", ["take", "sleep"])
def test_a_signal_at_another_thread(number: signal.Signals, where: str) -> None:
    """A wait ends by a signal that interrupts no system call of the main thread."""
    clock, main, too_late = Clock(), threading.get_ident(), threading.Event()
    channel = clock.channel()

    def end() -> None:
        too_late.set()
        clock.stop()
        channel.put(None)

    def signal_when_it_waits() -> None:
        until(lambda: waits(sys._current_frames()[main], where))
        os.kill(threading.get_native_id(), number)

    ends = threading.Timer(PATIENCE / 2, end)
    ends.start()
    clock.start(signal_when_it_waits)
    wait: Callable[[], object] = channel.take if where == "take" else partial(clock.sleep, PATIENCE)
    with pytest.raises(Heard):
        wait()
    ends.cancel()
    assert not too_late.is_set()


def test_stop() -> None:
    """Who sleeps is woken, and nobody sleeps after that."""
    clock = Clock()
    threading.Timer(0.05, clock.stop).start()
    start = clock.now()
    for _ in range(3):
        clock.sleep(PATIENCE)
    assert clock.stopped
    assert clock.now() - start < PATIENCE


class Jobs:
    """Makes jobs that each take some seconds; counts those that have begun, and that run at the same time."""

    def __init__(self, clock: VirtualClock) -> None:
        self.begun = self.running = self.most = 0
        self._clock = clock

    def job(self, seconds: float, error: Exception | None = None) -> float:
        self.begun += 1
        self.running += 1
        self.most = max(self.most, self.running)
        self._clock.sleep(seconds)
        self.running -= 1
        if error:
            raise error
        return seconds


def test_results_in_order() -> None:
    """Results come in the jobs' order, whichever ends first, and so many run at a time."""
    jobs = Jobs(clock := VirtualClock())
    seconds = [3.0, 1.0, 2.0, 5.0, 4.0]
    assert clock.run_all([lambda each=each: jobs.job(each) for each in seconds], limit=2) == seconds  # type: ignore[misc]
    assert jobs.most == 2
    assert clock.now() == 8
    assert clock.run_all([]) == []


def test_the_first_error() -> None:
    """It is raised when those that run have ended; no job is begun after it."""
    jobs = Jobs(clock := VirtualClock())
    first, second = ValueError("first"), ValueError("second")
    work = [lambda: jobs.job(5), lambda: jobs.job(1, first), lambda: jobs.job(2, second), lambda: jobs.job(1)]
    with pytest.raises(ValueError, match="first"):
        clock.run_all(work, limit=3)
    assert (jobs.begun, jobs.running, clock.now()) == (3, 0, 5)
