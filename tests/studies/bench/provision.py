"""How long a first provision takes, beside its critical path and beside one step after another.

`python -m tests.studies.bench.provision [--seeds N]` runs on the AWS-like control plane, in virtual time,
with the times that AWS is known to take, and exits with 1 if it takes longer than it may.
"""

import argparse
import sys
from collections import Counter
from dataclasses import dataclass, replace

from tests.studies.account import Account
from tests.studies.bench.critical import critical_path, writes
from tests.support.labs import plan, provisioning, tearing_down
from tests.support.plane.backend import Backend
from tests.support.plane.embedded import Embedded
from wschat.lab import engine
from wschat.lab.aws.cloud import Cloud
from wschat.lab.clock import WORKERS
from wschat.lab.model import Actual
from wschat.lab.plan import Step

OVER_CRITICAL, OF_ONE_BY_ONE = 1.25, 1 / 3
"""What the seconds of a first provision may be of the critical path, and of the same one by one."""


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
