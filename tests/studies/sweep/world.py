"""A world for one trial: an empty account, AWS before it, a time of its own, and who works in it."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import cached_property

from tests.studies.account import Account
from tests.support.labs import drain, provisioning, tearing_down
from tests.support.plane.backend import Backend
from tests.support.plane.faults import Fault
from tests.support.plane.rates import Times
from tests.support.plane.wire import Call
from wschat.errors import WschatError
from wschat.lab import engine
from wschat.lab.aws.cloud import Cloud
from wschat.lab.clock import Clock
from wschat.lab.plan import Progress, Step

PREFIX = "sweep-"
LONGEST_S = 40 * 60.0
"""Seconds of its clock that a run may take."""
TIMES = Times(table_creating=3, table_deleting=3, role_assumable=3)
"""AWS's, but for waits in which the same call is only made again and again."""
LAG_S = 3.0
"""Seconds after which every read shows every write."""


class Death(BaseException):
    """Comes over each thread of a run as it speaks to AWS: the process is gone."""


@dataclass(frozen=True)
class End:
    """How a run ended: with success, or with what it told; `left` is what it says is still to be done."""

    told: tuple[WschatError, ...] = ()
    left: tuple[str, ...] = ()

    def must_be_clean(self) -> None:
        """Check that nothing went wrong."""
        assert self == End(), self


def provision(cloud: Cloud) -> Generator[Progress, None, engine.Outcome]:
    """Do what the command does."""
    engine.concurrency(cloud)
    return (yield from provisioning(cloud))


RUNS = {"provision": provision, "teardown": tearing_down}
Fails = Callable[[Call], Fault | None]


class World(Account):
    """An account, and the one lab in it."""

    def __init__(self, backend: Backend, clock: Clock | None = None, times: Times = TIMES) -> None:
        super().__init__(backend, times=times, clock=clock)

    @cached_property
    def cloud(self) -> Cloud:
        """The clients, made once: that takes long, and they remember nothing of what they were asked."""
        return self.lab(PREFIX)

    def run(self, name: str, fails: Fails = lambda _: None) -> End:
        """Run a command, which fails as `fails` says; return how it ended. What fails on the way is told."""
        start, told = self.clock.now(), list[WschatError]()
        self.plane.fault = fails

        def note(progress: Progress) -> None:
            told.extend([progress.error] if progress.error else [])

        left: tuple[Step, ...] = ()
        try:
            _, left = drain(RUNS[name](self.cloud), note)
        except WschatError as error:
            told = [error]
        finally:
            self.plane.fault = lambda _: None
        assert self.clock.now() - start <= LONGEST_S, f"not done after {LONGEST_S:.0f} s"
        return End(tuple(told), () if told else tuple(map(str, left)))
