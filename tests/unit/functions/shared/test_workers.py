"""The worker pool."""

from threading import Barrier

from wschat.functions.shared.workers import WORKERS, pool


def test_pool() -> None:
    """As many as there are workers are at it at the same time; the results come in the items' order."""
    together = Barrier(WORKERS, timeout=10)
    done = pool().map(lambda number: (together.wait(), number)[1], range(2 * WORKERS))
    assert [*done] == [*range(2 * WORKERS)]
