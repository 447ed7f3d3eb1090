"""What is worth retrying, for how long and after which pauses: the one retry policy.

It has no clock and no randomness of its own: they are the caller's. Two callers differ, and say why beside
their numbers: the chat's reconnect, for which a person is waiting, takes the back-off alone from here; a
function's transaction, which must end before its caller gives up, takes nothing, since whatever a function
imports is a part of its deployment package.
"""

from dataclasses import dataclass
from enum import Enum


class Failure(Enum):
    """Why something failed, by what may be done about it. The value says so while one waits."""

    THROTTLED = "AWS takes no more calls for now"
    CONFLICT = "AWS still changes it"
    NEW_ROLE = "the new role is not known to Lambda yet"
    NOT_FOUND = "what it belongs to is not seen everywhere yet"
    NOT_SERVED = "the lab is not served everywhere yet"
    NO_ANSWER = "AWS did not answer"
    OFFLINE = "this machine has no network"
    EXISTS = "it exists already"
    NOT_OFFERED = "this region does not offer it"
    QUOTA = "a quota is used up"
    PERMANENT = "AWS refused it"


@dataclass(frozen=True)
class Backoff:
    """Exponential back-off with jitter, in seconds.

    Attributes:
        first: the longest that the pause before the first retry may be.
        longest: the longest that any may be.
        factor: by how much they grow.
        jitter: the share of a pause that is left to chance: 0.5 is known as equal jitter, 1 as full jitter.
    """

    first: float
    longest: float
    factor: float = 2.0
    jitter: float = 0.5

    def pause(self, attempt: int, chance: float = 0.0) -> float:
        """Return how long to wait after a failed attempt, counted from 0; `chance` is from 0 to 1."""
        return min(self.first * self.factor**attempt, self.longest) * (1 - self.jitter * chance)


@dataclass(frozen=True)
class Policy:
    """How a kind of failure is retried: for so many seconds, with these pauses."""

    patience: float
    backoff: Backoff


POLL = Backoff(first=0.8, longest=5.0, factor=1.03)
"""Something takes its time, and its end should not be missed by much."""
POLICIES = {
    Failure.THROTTLED: Policy(900.0, Backoff(0.7, 24.0)),  # thirty labs at one deployment per 5 s take 150 s
    Failure.NEW_ROLE: Policy(900.0, POLL),  # AWS Support: up to 15 minutes; nearly all take 15 seconds
    Failure.CONFLICT: Policy(300.0, POLL),
    Failure.NOT_FOUND: Policy(60.0, POLL),  # what was just made is not always found at once
    Failure.NOT_SERVED: Policy(120.0, Backoff(1.0, 5.0, 1.5)),  # each look at it is a whole conversation
    Failure.NO_ANSWER: Policy(60.0, Backoff(0.7, 15.0)),
}
"""What is worth retrying. The others stay as they are: whoever retries only wastes time."""
LONGEST_S = max(policy.patience for policy in POLICIES.values())
"""Seconds for which anything is retried, whatever the kinds of failure."""


class Attempts:
    """The attempts at one thing, from a time in seconds on: whether there is another, and when."""

    def __init__(self, start: float) -> None:
        self._start = self._since = start
        self._failure: Failure | None = None
        self._count = 0

    def pause(self, failure: Failure, now: float, chance: float) -> float | None:
        """Return how long to wait after a failure before the next attempt; None if there should be none.

        A failure of another kind than the one before has the whole patience for its kind: what was waited
        for has passed, and something else is in the way.
        """
        if failure is not self._failure:
            self._failure, self._since, self._count = failure, now, 0
        policy = POLICIES.get(failure)
        if policy is None or now - self._since >= policy.patience or now - self._start >= LONGEST_S:
            return None
        self._count += 1
        return policy.backoff.pause(self._count - 1, chance)
