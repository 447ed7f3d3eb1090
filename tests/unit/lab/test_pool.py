"""A worker pool: jobs that run at the same time, and what becomes of them."""

import pytest

from tests.support.plane.clock import VirtualClock
from wschat.lab.pool import run_all


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


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def jobs(clock: VirtualClock) -> Jobs:
    return Jobs(clock)


def test_results_in_order(clock: VirtualClock, jobs: Jobs) -> None:
    """Results come in the jobs' order, whichever ends first, and so many run at a time."""
    seconds = [3.0, 1.0, 2.0, 5.0, 4.0]
    assert run_all(clock, [lambda each=each: jobs.job(each) for each in seconds], limit=2) == seconds  # type: ignore[misc]
    assert jobs.most == 2
    assert clock.now() == 8
    assert run_all(clock, []) == []


def test_the_first_error(clock: VirtualClock, jobs: Jobs) -> None:
    """It is raised when those that run have ended; no job is begun after it."""
    first, second = ValueError("first"), ValueError("second")
    work = [lambda: jobs.job(5), lambda: jobs.job(1, first), lambda: jobs.job(2, second), lambda: jobs.job(1)]
    with pytest.raises(ValueError, match="first"):
        run_all(clock, work, limit=3)
    assert (jobs.begun, jobs.running, clock.now()) == (3, 0, 5)
