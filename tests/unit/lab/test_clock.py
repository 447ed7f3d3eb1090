"""Time and threads: what is waited for ends at once when the person asks to stop, or presses Ctrl-C."""

import os
import signal
import sys
import threading
from collections.abc import Iterator

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


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux signals a thread by its number")
def test_a_signal_at_another_thread(number: signal.Signals) -> None:
    """A wait for a channel ends by a signal that interrupts no system call of the main thread."""
    clock = Clock()
    channel, ends = clock.channel(), threading.Timer(PATIENCE, lambda: channel.put("too late"))
    ends.start()

    def signal_when_it_waits() -> None:
        until(lambda: sys._current_frames()[threading.main_thread().ident or 0].f_code.co_name == "get")
        os.kill(threading.get_native_id(), number)

    clock.start(signal_when_it_waits)
    with pytest.raises(Heard):
        channel.get()
    ends.cancel()


def test_stop() -> None:
    """Who sleeps is woken, and nobody sleeps after that."""
    clock = Clock()
    threading.Timer(0.05, clock.stop).start()
    start = clock.now()
    for _ in range(3):
        clock.sleep(PATIENCE)
    assert clock.stopped
    assert clock.now() - start < PATIENCE
