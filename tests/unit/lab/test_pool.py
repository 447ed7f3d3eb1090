"""A worker pool: jobs that run at the same time, and what becomes of each."""

import pytest

from tests.support.plane.clock import VirtualClock
from wschat.lab.pool import Done, Failed, Waiting, WorkerPool, run_all


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


def test_events(clock: VirtualClock, jobs: Jobs) -> None:
    """Each job's events come with its tag: that it waits, and how it ends."""
    pool, error = WorkerPool[str, float](clock), ValueError()

    def waits() -> float:
        pool.report(Waiting("waits", "for nothing", 1.5))
        return jobs.job(1)

    pool.submit("waits", waits)
    pool.submit("fails", lambda: jobs.job(2, error))
    events = [pool.next_event() for _ in range(3)]
    assert events == [Waiting("waits", "for nothing", 1.5), Done("waits", 1), Failed("fails", error)]
    assert pool.running == 0
