"""Two runs at once on one lab, by two people."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from typing import Any

from tests.support.labs import drain, provision, tear_down
from tests.support.plane.backend import Backend
from tests.support.plane.clock import VirtualClock
from tests.support.plane.plane import Plane
from tests.support.plane.rates import Times
from wschat.errors import WschatError
from wschat.lab import engine, inventory
from wschat.lab.aws.cloud import AWS_PACING, Cloud
from wschat.lab.aws.session import connect
from wschat.lab.executor import execute
from wschat.lab.model import Actual
from wschat.target import Target

OFFSETS = (0.0, 0.1, 1.0, 5.0, 12.0)
"""Seconds by which the second run begins later."""
DONE = (0, 8, 25, 45)
"""Steps of the plan that were done before both began."""


@dataclass(frozen=True)
class Pair:
    """Two people with clients of their own, before one plane."""

    first: Cloud
    second: Cloud
    plane: Plane

    def run(self, first: Callable[[Cloud], Any], second: Callable[[Cloud], Any], offset: float) -> list[Any]:
        """Let both work at once; return what each gets, or the error that stops it."""
        clock, outcomes = self.first.clock, dict[int, Any]()
        done = clock.channel()

        def work(number: int, delay: float, cloud: Cloud, what: Callable[[Cloud], Any]) -> None:
            clock.sleep(delay)
            try:
                outcomes[number] = what(cloud)
            except BaseException as error:  # noqa: BLE001  it is what this run led to
                outcomes[number] = error
            done.put(None)

        for each in ((0, 0.0, self.first, first), (1, offset, self.second, second)):
            clock.start(lambda each=each: work(*each))  # type: ignore[misc]
        for _ in range(2):
            done.get()
        return [outcomes[0], outcomes[1]]

    def begin(self, steps: int) -> None:
        """Do so many steps of a plan, as a run that was stopped then."""
        drain(execute(self.first, engine.plan_up(self.first, Actual())[:steps], Actual()))
        self.first.clock.sleep(5)

    def wrong(self) -> list[str]:
        """Return what is not as it should be, when AWS shows all."""
        self.first.clock.sleep(5)
        return [str(step) for step in engine.differences(self.first, inventory.look(self.first))]


def pair(ministack: Backend, prefix: str, seed: int = 0) -> Pair:
    """Return two people who want the same lab."""
    clock = VirtualClock()
    plane = Plane(ministack.endpoint, clock, seed=seed, times=Times(role_assumable=4), backend=ministack)
    here = Target(prefix, endpoint_url=ministack.endpoint)
    first, second = (connect(here, plane.session(), clock, AWS_PACING) for _ in range(2))
    return Pair(first, second, plane)


def down(cloud: Cloud) -> None:
    """Tear a lab down, and find nothing left."""
    assert tear_down(cloud).resources == {}


def outcomes(ministack: Backend) -> Iterator[tuple[str, ...]]:
    """Try every pair of two provisions, and of a provision and a teardown; tell how each ends."""
    today = datetime.now(UTC).date().toordinal()
    for number, (offset, done) in enumerate(product(OFFSETS, DONE), start=today):
        both = pair(ministack, f"both{number}-", number)
        both.begin(done)
        ended = " and ".join(map(_told, both.run(provision, provision, offset)))
        wrong = ", ".join(both.wrong()) or "one lab"
        other = pair(ministack, f"other{number}-", number)
        other.begin(done)
        torn = " and ".join(map(_told, other.run(provision, down, offset)))
        other.first.clock.sleep(5)
        down(other.second)
        yield f"{offset:g} s", str(done), f"{ended}: {wrong}", f"{torn}; torn down again: nothing left"


def _told(outcome: object) -> str:
    if isinstance(outcome, WschatError):
        return f"stopped at {outcome.where}"
    if isinstance(outcome, BaseException):
        raise outcome
    return "done"
