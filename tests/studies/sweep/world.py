"""A world for one trial: an empty account, AWS before it, a time of its own, and who works in it."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import boto3

from tests.studies.sweep.account import Account
from tests.support.labs import drain
from tests.support.plane.clock import VirtualClock
from tests.support.plane.faults import Fault
from tests.support.plane.plane import Plane
from tests.support.plane.rates import Times
from tests.support.plane.wire import Call
from wschat.errors import WschatError
from wschat.lab import engine, inventory
from wschat.lab.aws.cloud import AWS_PACING, Cloud
from wschat.lab.aws.session import connect
from wschat.lab.clock import Clock
from wschat.lab.plan import Progress, plan_down
from wschat.target import Target

PREFIX = "sweep-"
LONGEST_S = 40 * 60.0
"""Seconds of the virtual clock that a run may take."""
TIMES = Times(table_creating=3, table_deleting=3, role_assumable=3)
"""AWS's, but for waits in which the same call is only made again and again."""
LAG_S = 3.0
"""Seconds after which every read shows every write."""


class EndlessError(AssertionError):
    """A run takes too long."""


class Death(BaseException):
    """Comes over each thread of a run as it speaks to AWS: the process is gone."""


class Bounded(VirtualClock):
    """Virtual time that ends."""

    end = float("inf")

    def sleep(self, seconds: float) -> None:
        if self.now() + seconds > self.end:
            raise EndlessError(f"not done after {LONGEST_S:.0f} s")
        super().sleep(seconds)


@dataclass(frozen=True)
class End:
    """How a run ended: with success, or with what it told; `left` is what it says is still to be done."""

    told: tuple[WschatError, ...] = ()
    left: tuple[str, ...] = ()

    def must_be_clean(self) -> None:
        """Check that nothing went wrong."""
        assert self == End(), self


def provision(cloud: Cloud) -> End:
    """Do what the command does."""
    actual = inventory.look(cloud)
    plan = engine.plan_up(cloud, actual)
    engine.concurrency(cloud)
    _, left = drain(engine.provision(cloud, plan, actual))
    return End(left=tuple(map(str, left)))


def teardown(cloud: Cloud) -> End:
    """Do what the command does; what fails on the way is told."""
    actual = engine.look_for_rest(cloud)
    told: list[WschatError] = []

    def note(progress: Progress) -> None:
        told.extend([progress.error] if progress.error else [])

    _, left = drain(engine.teardown(cloud, plan_down(actual), actual), note)
    return End(tuple(told), () if told else tuple(map(str, left)))


RUNS: dict[str, Callable[[Cloud], End]] = {"provision": provision, "teardown": teardown}


def log_in(url: str, session: boto3.Session, clock: Clock) -> Cloud:
    """Return the clients of the one lab of these trials, with AWS's pacing and fixed jitter."""
    cloud = connect(Target(prefix=PREFIX, endpoint_url=url), session, clock, AWS_PACING)
    return replace(cloud, jitter=random.Random(0).random)  # noqa: S311


Fails = Callable[[Call], Fault | None]


class World:
    """An account behind a plane; `url` is where the lab is told that AWS is."""

    def __init__(self, account: Account, clock: Clock | None = None, times: Times = TIMES) -> None:
        self.account, self.url = account, account.backend.endpoint
        self.clock = clock or Bounded()
        self.plane = Plane(self.url, self.clock, times=times, backend=account.backend)
        self._cloud: Cloud | None = None

    def cloud(self) -> Cloud:
        """Log in, once: to make clients takes long, and they remember nothing of what they were asked."""
        self._cloud = self._cloud or log_in(self.url, self.plane.session(), self.clock)
        return self._cloud

    def run(self, name: str, fails: Fails = lambda _: None) -> End:
        """Run a command, which fails as `fails` says; return how it ended."""
        if isinstance(self.clock, Bounded):
            self.clock.end = self.clock.now() + LONGEST_S
        self.plane.fault = fails
        try:
            return RUNS[name](self.cloud())
        except WschatError as error:
            return End((error,))
        finally:
            self.plane.fault = lambda _: None
