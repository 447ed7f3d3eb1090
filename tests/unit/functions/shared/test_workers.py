"""The worker pool."""

from threading import Barrier

from wschat.functions.shared.workers import WORKERS, in_parallel


def test_in_parallel() -> None:
    """As many as there are workers are at it at the same time; the results come in the items' order."""
    together = Barrier(WORKERS, timeout=10)
    done = in_parallel(lambda number: (together.wait(), number)[1], range(2 * WORKERS))
    assert done == [*range(2 * WORKERS)]
