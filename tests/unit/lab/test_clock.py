"""Time and threads: what is waited for ends at once when the person asks to stop, or presses Ctrl-C."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from types import FrameType

import pytest

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
@pytest.mark.parametrize("where", ["get", "sleep"])
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
    wait: Callable[[], object] = channel.get if where == "get" else partial(clock.sleep, PATIENCE)
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
