"""The retry policy: what is tried again, for how long, after which pauses."""

from itertools import pairwise

import pytest

from wschat.retry import LONGEST_S, POLICIES, Attempts, Backoff, Failure


def pauses(attempts: Attempts, *failures: Failure, start: float = 0.0, chance: float = 0.5) -> list[float]:
    """Return the pauses until there is no further attempt; the failures come again and again, in turn."""
    found, now = list[float](), start
    while (pause := attempts.pause(failures[len(found) % len(failures)], now, chance)) is not None:
        found.append(pause)
        now += pause
    return found


@pytest.mark.parametrize(
    ("jitter", "shortest"), [(0.0, [1, 2, 4, 5, 5]), (0.5, [0.5, 1, 2, 2.5, 2.5]), (1.0, [0.0] * 5)]
)
def test_backoff(jitter: float, shortest: list[float]) -> None:
    """Pauses double up to the longest; jitter only ever shortens them, by its share."""
    backoff = Backoff(first=1, longest=5, jitter=jitter)
    assert [backoff.pause(attempt) for attempt in range(5)] == [1, 2, 4, 5, 5]
    assert [backoff.pause(attempt, 1.0) for attempt in range(5)] == shortest


@pytest.mark.parametrize("failure", POLICIES)
def test_patience(failure: Failure) -> None:
    """Each kind is retried for its patience, after pauses that grow, and not much longer."""
    policy, found = POLICIES[failure], pauses(Attempts(100), failure, start=100)
    assert policy.patience <= sum(found) < policy.patience + policy.backoff.longest
    assert all(a <= b for a, b in pairwise(found))
    assert len(found) < 400, "nobody is hammered"


def test_what_is_not_worth_it() -> None:
    """What does not pass by itself is not retried."""
    hopeless = [failure for failure in Failure if failure not in POLICIES]
    assert hopeless
    assert not any(pauses(Attempts(0), failure) for failure in hopeless)


def test_another_failure_begins_anew() -> None:
    """What was waited for has passed: the next obstacle has short pauses and a whole patience again."""
    attempts = Attempts(0)
    first = pauses(attempts, Failure.CONFLICT)
    again = pauses(attempts, Failure.NO_ANSWER, start=sum(first))
    assert again == pauses(Attempts(0), Failure.NO_ANSWER)


def test_two_failures_in_turn() -> None:
    """In all nothing is retried longer than the most patient kind is."""
    found = pauses(Attempts(0), Failure.THROTTLED, Failure.CONFLICT)
    assert LONGEST_S <= sum(found) < LONGEST_S + 1
