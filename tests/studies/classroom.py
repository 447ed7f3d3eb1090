"""A class: many people provision a lab each, at once, in one throttled account; one looks; all remove it.

`python -m tests.studies.classroom [--labs N] [--seed S]` runs on the AWS-like control plane, in virtual time,
with the rates that AWS is known to have, and exits with 1 unless all succeed.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from greenlet import getcurrent, greenlet

from tests.studies.account import AS_LISTED, Account
from tests.support.labs import drain, provisioning, tearing_down
from tests.support.plane.backend import Backend
from tests.support.plane.clock import at_once
from tests.support.plane.embedded import Embedded
from tests.support.plane.rates import Times
from wschat.lab import labs
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.errors import THROTTLED
from wschat.lab.engine import Outcome
from wschat.lab.plan import Progress

MINUTE = 60.0
Work = Callable[[Cloud], Generator[Progress, None, Outcome]]
"""What somebody does with a lab, from the first look to the last."""


@dataclass
class Figures:
    """What one phase of a class was like; times in seconds of the account."""

    seconds: float = 0.0
    calls: Counter[str] = field(default_factory=Counter)
    throttled: Counter[str] = field(default_factory=Counter)
    longest_wait: float = 0.0
    longest_silence: float = 0.0
    failed: list[str] = field(default_factory=list)


class Person:
    """Somebody with a lab of their own, and what they see."""

    def __init__(self, account: Account, prefix: str) -> None:
        self.figures = Figures()
        self._clock = account.clock
        self._heard = 0.0
        self._refused: dict[greenlet, float] = {}
        self.cloud = replace(account.lab(prefix), on_wait=lambda *_: self._hear())
        cloud = self.cloud
        for client in (cloud.dynamodb, cloud.iam, cloud.functions, cloud.logs, cloud.api):
            client.meta.events.register("after-call", self._after_call)

    def do(self, work: Work, figures: Figures) -> None:
        """Provision or tear down, and see what comes of it."""
        self.figures, self._heard = figures, self._clock.now()
        _, left = drain(work(self.cloud), lambda _: self._hear())
        self._hear()
        assert not left, f"not as it should be: {', '.join(map(str, left))}"

    def _hear(self) -> None:
        now = self._clock.now()
        self.figures.longest_silence = max(self.figures.longest_silence, now - self._heard)
        self._heard = now

    def _after_call(self, parsed: dict[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401
        """Count a call; one that is refused is tried again by the same worker, until it is not."""
        service, worker, now = model.service_model.service_name, getcurrent(), self._clock.now()
        self.figures.calls[service] += 1
        if parsed.get("Error", {}).get("Code") in THROTTLED.split():
            self.figures.throttled[service] += 1
            self._refused.setdefault(worker, now)
        elif worker in self._refused:
            self.figures.longest_wait = max(self.figures.longest_wait, now - self._refused.pop(worker))


class Class:
    """So many people in one account."""

    def __init__(self, ministack: Backend, labs: int, seed: int, times: Times = AS_LISTED) -> None:
        self.account = Account(ministack, seed, times)
        self.people = [Person(self.account, f"class{seed}-{number}-") for number in range(1, labs + 1)]

    def do(self, work: Work) -> Figures:
        """Let everybody do the same at the same time."""
        figures, start = Figures(), self.account.clock.now()
        ended = at_once(self.account.clock, *(partial(person.do, work, figures) for person in self.people))
        figures.seconds = self.account.clock.now() - start
        for person, error in zip(self.people, ended, strict=True):
            figures.failed += [f"{person.cloud.lab.prefix}: {getattr(error, 'where', '')} {error!r}"] * (
                error is not None
            )
        return figures


def look(teacher: Cloud) -> tuple[float, int]:
    """Look at all labs, as `wschat status --all` does; return the seconds, and how many are all there."""
    start = teacher.clock.now()
    found, refused = labs.overview(teacher)
    assert not refused
    return teacher.clock.now() - start, sum(not lab.steps for lab in found)


def report(what: str, figures: Figures, real: float) -> Iterator[str]:
    """Tell what a phase was like, in lines."""
    yield f"{what}: {figures.seconds:.0f} s ({real:.0f} s of real time)"
    for service, calls in sorted(figures.calls.items()):
        rate, throttled = calls / figures.seconds, figures.throttled[service] / calls
        yield f"  {service:<13} {calls:>6} calls, {rate:>5.1f} a second, {throttled:>4.0%} throttled"
    yield f"  longest wait of one call: {figures.longest_wait:.0f} s"
    yield f"  longest time without a message: {figures.longest_silence:.0f} s"
    for each in figures.failed:
        yield f"  FAILED {each}"


def main() -> int:
    """Let a class provision and tear down; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.studies.classroom", description=__doc__)
    parser.add_argument("--labs", type=int, default=30, metavar="N", help="how many (default: 30)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of all chance (default: 0)")
    asked = parser.parse_args()
    failed = False
    school = Class(Embedded(), asked.labs, asked.seed)
    for what, work in (("provision", provisioning), ("teardown", tearing_down)):
        start = time.monotonic()
        figures = school.do(work)
        for line in report(f"{what} of {asked.labs} labs", figures, time.monotonic() - start):
            sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
        failed = failed or bool(figures.failed)
        if work is provisioning:
            school.account.clock.sleep(MINUTE)
            seconds, whole = look(school.account.lab("teacher-"))
            sys.stdout.write(f"status --all: {seconds:.0f} s; all there: {whole} labs\n")
            failed = failed or seconds >= MINUTE or whole != asked.labs
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
