"""How long a first provision takes, beside its critical path and beside one step after another.

`python -m tests.studies.bench.provision [--seeds N]` runs on the AWS-like control plane, in virtual time,
with the times that AWS is known to take, and exits with 1 if it takes longer than it may.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from tests.studies.account import Account
from tests.support.labs import plan, provisioning, tearing_down
from tests.support.plane.backend import Backend
from tests.support.plane.embedded import Embedded
from tests.support.plane.rates import Times
from wschat.lab import engine
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.functions import Function
from wschat.lab.aws.log_groups import LogGroup
from wschat.lab.aws.roles import Role
from wschat.lab.aws.routes import Integration, Route
from wschat.lab.aws.tables import Table
from wschat.lab.aws.websocket_api import Api
from wschat.lab.clock import WORKERS
from wschat.lab.model.actual import Actual
from wschat.lab.model.resource import Key, Resource
from wschat.lab.plan import Step, waits_for

OVER_CRITICAL, OF_ONE_BY_ONE = 1.25, 1 / 3
"""What the seconds of a first provision may be of the critical path, and of the same one by one."""


API_LOCK = (Api.kind, "")


def writes(resource: Resource) -> int:
    """Return how many calls that change something it takes to create a resource."""
    match resource:
        case Table():
            return 2 if resource.ttl else 1
        case LogGroup():
            return 2
        case Integration():
            return 2 if resource.answer else 1
        case Route():
            return 2 if resource.two_way else 1
    return 1


def critical_path(plan: Sequence[Step], times: Times, api_calls_a_second: float) -> float:
    """Return the seconds of the longest path through a plan of creates, after a look at nothing.

    What is on it: the look, one call of each part at once; each write, `times.latency` long; a lock's
    writes one after another, those on the API at most so many a second; steps after those that they
    name; and what AWS takes its time for: tables, new roles, functions. Whoever does it looks at nothing
    else, learns of everything at the moment it is so, and has as many hands as there is work.
    """
    ends: dict[Key, float] = {}
    locks: dict[Key, float] = {}
    ready = [times.latency]
    turn = 1 / api_calls_a_second  # the look has had the first one
    for step in plan:
        resource, lock = step.resource, step.resource.lock_key
        before = (ends[other.resource.key] for other in waits_for(step, plan))
        now = max(times.latency, locks.get(lock, 0), *before)
        for number in range(writes(resource)):
            if isinstance(resource, Table) and number:
                now += times.table_creating
            if lock == API_LOCK:
                now = max(now, turn)
                turn = now + 1 / api_calls_a_second
            now += times.latency
        if isinstance(resource, Table) and not resource.ttl:
            ready.append(now + times.table_creating)
        if isinstance(resource, Function):
            now = max(now, ends.get((Role.kind, resource.role), 0) + times.role_assumable)
            ready.append(now + times.function_pending)
        ends[resource.key] = locks[lock] = now
    return max(*ready, *ends.values())


@dataclass(frozen=True)
class First:
    """A lab that was provisioned, in so many seconds from the first look to the last, with these calls."""

    account: Account
    cloud: Cloud
    plan: tuple[Step, ...]
    seconds: float
    calls: Counter[str]

    @property
    def critical(self) -> float:
        """The seconds of the plan's critical path."""
        return critical_path(self.plan, self.account.times, self.cloud.pacing.api_calls_a_second)

    def again(self) -> float:
        """Provision it once more, which has nothing to do; return the seconds."""
        start = self.account.clock.now()
        assert not plan(self.cloud), "a second run has something to do"
        return self.account.clock.now() - start

    def teardown(self) -> float:
        """Remove it; return the seconds."""
        return self.account.seconds(tearing_down(self.cloud))


def first(ministack: Backend, seed: int, workers: int = WORKERS) -> First:
    """Provision a lab in an account of its own, with so many threads."""
    account = Account(ministack, seed)
    cloud = replace(account.lab(), workers=workers)
    account.plane.calls.clear()  # the login's
    steps = engine.plan_up(cloud, Actual())
    with account.writes() as calls:
        seconds = account.seconds(provisioning(cloud))
    wanted = sum(writes(step.resource) for step in steps)
    written = len({(call.operation, call.resource, call.request.body) for call in calls})
    assert written == wanted, f"the critical path is of {wanted} writes, and {written} were made"
    return First(account, cloud, steps, seconds, Counter(call.service for call in account.plane.calls))


COLUMNS = ("seed", "first", "critical", "ratio", "one by one", "share", "again", "teardown", "one by one")


def main() -> int:
    """Measure with several seeds; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.studies.bench.provision", description=__doc__)
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="how many to try (default: 5)")
    seeds = parser.parse_args().seeds
    print("  ".join(COLUMNS))
    ratios, shares = [], []
    ministack = Embedded()
    for seed in range(seeds):
        lab, slow = first(ministack, seed), first(ministack, seed, workers=1)
        ratios.append(lab.seconds / lab.critical)
        shares.append(lab.seconds / slow.seconds)
        times = (lab.seconds, lab.critical, slow.seconds, lab.again(), lab.teardown(), slow.teardown())
        told = [f"{seconds:.1f} s" for seconds in times]
        cells = [f"{seed}", *told[:2], f"{ratios[-1]:.3f}", told[2], f"{shares[-1]:.3f}", *told[3:]]
        print("  ".join(cell.rjust(len(head)) for cell, head in zip(cells, COLUMNS, strict=True)))
    calls = ", ".join(f"{service} {number}" for service, number in lab.calls.most_common())
    print(f"\nCalls of a first provision: {lab.calls.total()} ({calls}), of {len(lab.plan)} steps.")
    print(f"Of the critical path: {max(ratios):.3f} at most; it may be {OVER_CRITICAL:.3f}.")
    print(f"Of one step after another: {max(shares):.3f} at most; it may be {OF_ONE_BY_ONE:.3f}.")
    return 0 if max(ratios) <= OVER_CRITICAL and max(shares) <= OF_ONE_BY_ONE else 1


if __name__ == "__main__":
    sys.exit(main())
