"""The virtual time jumps only when all workers wait, and a run is the same each time."""

import pytest

from tests.support.plane.clock import Deadlock, VirtualClock


def test_workers_share_one_time(clock: VirtualClock) -> None:
    """Three workers that sleep side by side take as long as the slowest, and wake in order."""
    seen: list[tuple[str, float]] = []
    done = clock.channel()

    def worker(name: str, naps: list[float]) -> None:
        for nap in naps:
            clock.sleep(nap)
            seen.append((name, clock.now()))
        done.put(None)

    clock.start(lambda: worker("a", [1, 1, 1]))
    clock.start(lambda: worker("b", [2]))
    clock.start(lambda: worker("c", [0.5, 2]))
    for _ in range(3):
        done.get()
    assert seen == [("c", 0.5), ("a", 1), ("b", 2), ("a", 2), ("c", 2.5), ("a", 3)]
    assert clock.now() == 3


def test_items_come_in_order(clock: VirtualClock) -> None:
    """A channel is first in, first out, for those who wait too."""
    channel = clock.channel()
    got: list[tuple[str, int]] = []

    def getter(name: str) -> None:
        got.append((name, channel.get()))

    for name in "ab":
        clock.start(lambda name=name: getter(name))  # type: ignore[misc]
    clock.sleep(1)
    for item in (1, 2, 3):
        channel.put(item)
    clock.sleep(1)
    assert got == [("a", 1), ("b", 2)]
    assert channel.get() == 3


def test_a_deadlock_says_so(clock: VirtualClock) -> None:
    """Where all wait for each other, each gets an error instead of hanging."""
    found: list[str] = []

    def getter() -> None:
        try:
            clock.channel().get()
        except Deadlock as error:
            found.append(str(error))

    clock.start(getter)
    with pytest.raises(Deadlock, match="nobody is left"):
        clock.channel().get()
    clock.sleep(0)
    assert len(found) == 1
