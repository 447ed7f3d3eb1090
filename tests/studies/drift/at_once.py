"""Two runs at once on one lab, by two people."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import product
from typing import Any

from tests.studies.account import Account
from tests.support.labs import drain, plan, provision, tear_down
from tests.support.plane.backend import Backend
from tests.support.plane.rates import Times
from wschat.errors import WschatError
from wschat.lab import engine
from wschat.lab.aws.cloud import Cloud
from wschat.lab.executor import execute
from wschat.lab.model import Actual

OFFSETS = (0.0, 0.1, 1.0, 5.0, 12.0)
"""Seconds by which the second run begins later."""
DONE = (0, 8, 25, 45)
"""Steps of the plan that were done before both began."""


class Pair(Account):
    """Two people with clients of their own, who want the same lab."""

    def __init__(self, ministack: Backend, prefix: str, seed: int = 0) -> None:
        super().__init__(ministack, seed, Times(role_assumable=4))
        self.first, self.second = self.lab(prefix), self.lab(prefix)

    def run(self, first: Callable[[Cloud], Any], second: Callable[[Cloud], Any], offset: float) -> list[Any]:
        """Let both work at once; return what each gets, or the error that stops it."""

        def later() -> object:
            self.clock.sleep(offset)
            return second(self.second)

        return self.at_once(lambda: first(self.first), later)

    def begin(self, steps: int) -> None:
        """Do so many steps of a plan, as a run that was stopped then."""
        drain(execute(self.first, engine.plan_up(self.first, Actual())[:steps], Actual()))
        self.clock.sleep(5)

    def wrong(self) -> list[str]:
        """Return what is not as it should be, when AWS shows all."""
        self.clock.sleep(5)
        return list(map(str, plan(self.first)))


def down(cloud: Cloud) -> None:
    """Tear a lab down, and find nothing left."""
    assert tear_down(cloud).resources == {}


def outcomes(ministack: Backend) -> Iterator[tuple[str, ...]]:
    """Try every pair of two provisions, and of a provision and a teardown; tell how each ends."""
    today = datetime.now(UTC).date().toordinal()
    for number, (offset, done) in enumerate(product(OFFSETS, DONE), start=today):
        both = Pair(ministack, f"both{number}-", number)
        both.begin(done)
        ended = " and ".join(map(_told, both.run(provision, provision, offset)))
        wrong = ", ".join(both.wrong()) or "one lab"
        other = Pair(ministack, f"other{number}-", number)
        other.begin(done)
        torn = " and ".join(map(_told, other.run(provision, down, offset)))
        other.clock.sleep(5)
        down(other.second)
        yield f"{offset:g} s", str(done), f"{ended}: {wrong}", f"{torn}; torn down again: nothing left"


def _told(outcome: object) -> str:
    if isinstance(outcome, WschatError):
        return f"stopped at {outcome.where}"
    if isinstance(outcome, BaseException):
        raise outcome
    return "done"
