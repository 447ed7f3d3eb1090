"""A world for one trial: an account with one lab, and what there is in it, seen in MiniStack's own memory."""

import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module

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
SERVICES = ("dynamodb", "iam", "cloudwatch_logs", "lambda_svc", "apigateway")
NAMED_BY = {"apiId": "name", "routeId": "routeKey", "integrationId": "description", "deploymentId": ""}
"""What tells of a thing with such an id which one it is."""
VOLATILE = re.compile(
    r"creat.*|last(Modified|Update.*)|state|stateReason.*|(revision|role|table)Id", re.IGNORECASE
)
"""What no two runs have in common."""
ID = re.compile(r"\b[0-9a-f]{8}\b")
ANSWERS = {"_route_responses", "_integration_responses"}
"""What MiniStack keeps, though nobody sees it, when what it was a part of is gone."""
Leaf = tuple[tuple[str, ...], object]
"""A value, and the keys of all that it is in."""


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


def contents(url: str = "") -> list[str]:
    """Return all that there is in the account, one line for each value, as every clean run leaves it.

    Ids are replaced by names, and so is `url`, at which the lab was told that AWS is.
    """
    leaves = list(_leaves())
    names = dict(_names(leaves))
    lines = []
    for path, value in leaves:
        is_orphan = path[1] in ANSWERS and not {*path[5:6]} <= names.keys()
        if not is_orphan and not VOLATILE.fullmatch(path[-1]):
            line = f"{' '.join(path)}: {value}".replace(url or "{url}", "{url}")
            lines.append(ID.sub(lambda which: names.get(which[0], "{id}"), line))
    return sorted(lines)


def _names(leaves: list[Leaf]) -> Iterator[tuple[str, str]]:
    """Yield each id with the name that stands for it."""
    values = dict(leaves)
    for path, value in leaves:
        if path[-1] in NAMED_BY:
            yield str(value), f"{{{values.get((*path[:-1], NAMED_BY[path[-1]]), path[-1])}}}"


def _leaves() -> Iterator[Leaf]:
    for name in SERVICES:
        module = import_module(f"ministack.services.{name}")
        for store, kept in vars(module).items():
            if type(kept).__name__ in {"AccountScopedDict", "AccountRegionScopedDict"}:
                yield from _within((name, store), kept._data)


def _within(path: tuple[str, ...], value: object) -> Iterator[Leaf]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _within((*path, *(key if isinstance(key, tuple) else (str(key),))), each)
    elif isinstance(value, list | tuple | set):
        for each in value:
            yield from _within(path, each)
    elif value is not None and not isinstance(value, bytes):  # the code has its hash beside it
        yield path, value
