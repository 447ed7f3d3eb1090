"""What is tried: each call of a clean run, with each fault."""

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tests.studies.sweep.world import LAG_S, PREFIX, World, contents
from tests.support.plane.backend import Backend
from tests.support.plane.faults import AFTER, KILLS, Fault
from tests.support.plane.plane import Plane
from tests.support.plane.wire import Call

ONCE = (Fault.THROTTLED, Fault.SERVER_ERROR, Fault.RESET_BEFORE, Fault.RESET_AFTER, Fault.DENIED)
ALWAYS = {
    "ALWAYS_THROTTLED": Fault.THROTTLED,
    "ALWAYS_BROKEN": Fault.SERVER_ERROR,
    "ALWAYS_RESET": Fault.RESET_AFTER,
}
"""Faults that stay, for all later calls of that operation."""
DEATH = "DEATH"
"""The run ends as if its process were killed, but in virtual time, when this call took effect."""


@dataclass(frozen=True)
class Case:
    """One fault at one call, counted from 1, of a run that is clean but for it."""

    run: str
    call: int
    fault: str

    def __str__(self) -> str:
        return f"{self.run}:{self.call}:{self.fault}"

    @classmethod
    def read(cls, text: str) -> "Case":
        """Read the form in which a case is written."""
        run, call, fault = text.split(":")
        return cls(run, int(call), fault)

    @property
    def kind(self) -> Fault:
        """What goes wrong with the call."""
        return Fault.KILL_AFTER if self.dies else ALWAYS.get(self.fault) or Fault[self.fault]

    @property
    def dies(self) -> bool:
        return self.fault == DEATH

    @property
    def kills(self) -> bool:
        """Whether a real process is killed."""
        return self.kind in KILLS and not self.dies


@dataclass(frozen=True)
class Asked:
    """A call without what differs from run to run; `write` if it takes effect, so not if AWS refuses it."""

    operation: str
    resource: str
    write: bool

    def __str__(self) -> str:
        return f"{self.operation} {self.resource}"


@dataclass(frozen=True)
class Reference:
    """What clean runs are like: their calls, and the lines of the account after a provision."""

    calls: dict[str, list[Asked]]
    lines: list[str] = field(repr=False)

    def asked(self, case: Case) -> Asked:
        """Return the call that fails."""
        return self.calls[case.run][case.call - 1]

    def occurrence(self, case: Case) -> int:
        """Return the how manyth of its like it is: in real time the order of unlike calls may change."""
        return self.calls[case.run][: case.call].count(self.asked(case))


def reference(backend: Backend) -> Reference:
    """Provision a lab and tear it down, without a fault.

    Raises:
        AssertionError: not even that succeeds.
    """
    world, lines = World(backend), list[str]()
    calls: dict[str, list[Asked]] = {"provision": [], "teardown": []}
    for run, asked in calls.items():
        world.run(run, lambda call, asked=asked: asked.append(ask(world.plane, call))).must_be_clean()  # type: ignore[misc]
        lines = lines or contents(world.url)
        world.clock.sleep(LAG_S)
    assert contents() == []
    return Reference(calls, lines)


def ask(plane: Plane, call: Call) -> Asked:
    """Return what a call asks; of an API's parts the ids are left out."""
    resource = re.sub(r"(?<=/)[0-9a-f]{8}\b", "…", call.resource).removeprefix(PREFIX)
    return Asked(f"{call.service}.{call.operation}", resource, call.write and not _refuses(plane, call))


def _refuses(plane: Plane, call: Call) -> bool:
    """Tell whether AWS will refuse a write when it gets to it, as a function with a role that is too new."""
    service = plane._services.get(call.service)
    with plane._lock:
        return bool(service and service.refuse(call, call.time + plane._times.latency))


def cases(known: Reference) -> Iterator[Case]:
    """Yield all cases: the faults that pass, then, for each kind of call, those that stay, and the kills.

    What takes no effect can't fail after it did.
    """
    for run, calls in known.calls.items():
        for number, asked in enumerate(calls, 1):
            yield from (Case(run, number, fault.name) for fault in ONCE if asked.write or fault not in AFTER)
            yield from [Case(run, number, DEATH)] * asked.write
    for run, calls in known.calls.items():
        for number in _one_of_each_kind(calls):
            yield from (Case(run, number, name) for name in ALWAYS)
            after = calls[number - 1].write
            yield from (Case(run, number, kill.name) for kill in KILLS if after or kill not in AFTER)


def _one_of_each_kind(calls: list[Asked]) -> Iterable[int]:
    """Return the number of one call of each operation: the one in the middle.

    Those that AWS refuses don't count, where it takes others; nor those that only ask again.
    """
    kinds: dict[str, list[int]] = {}
    effective = {each.operation for each in calls if each.write}
    for number, each in enumerate(calls, 1):
        again = not each.write and each in calls[: number - 1]
        if not again and (each.write or each.operation not in effective):
            kinds.setdefault(each.operation, []).append(number)
    return sorted(numbers[len(numbers) // 2] for numbers in kinds.values())


def sample(among: Iterable[Case], number: int, seed: int) -> list[Case]:
    """Choose so many cases by chance, the same for a seed; among them one of each run, and one kill."""
    order = list(among)
    random.Random(seed).shuffle(order)  # noqa: S311
    firsts = {case.kills or case.run: case for case in reversed(order)}
    return [*firsts.values(), *(case for case in order if case not in firsts.values())][:number]
