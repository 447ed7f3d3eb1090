"""What a case is: something that is broken, and the causes that doctor may name first."""

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import boto3

from tests.studies.drift.house import House
from tests.support.emulator import account_in_emulator
from tests.support.labs import lab_of, provision
from tests.support.plane.embedded import Embedded
from wschat.doctor import addressed, inside
from wschat.doctor.findings import MOST, Finding, diagnose
from wschat.doctor.outside import Timeouts, visit
from wschat.doctor.visit import Visit
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.setup.regions import regions
from wschat.lab.chosen.choices import Choices

SOON = Timeouts(answer=3.0, post=2.0, free=5.0)
BUSY = Choices(throttle="1000/5000")
"""So many visits in so few minutes are more than a lab lets in."""


@dataclass(frozen=True)
class Scene:
    """What doctor is asked to look at.

    Attributes:
        url: of the lab, or of what is taken for it.
        cloud: the account; None if there are no credentials.
        seen: what a client sees, where none can connect here.
    """

    url: str = ""
    cloud: Cloud | None = None
    seen: Visit | None = None

    def findings(self) -> tuple[Finding, ...]:
        """Look, and return what is told."""
        account = inside.look(self.cloud, self.url) if self.cloud else None
        url = self.url or (account.url if account else "")
        seen = self.seen or (asyncio.run(visit(url, talk=True, timeouts=SOON)) if url else Visit())
        seen = addressed.with_region(seen, url, regions())
        suspected = [*addressed.suspicions(seen, url)]
        if self.cloud and account:
            now = time.time()
            counts = inside.counted(self.cloud, account, now)
            suspected += inside.suspicions(self.cloud, account, seen, counts, now)
        return diagnose(seen, suspected)[:MOST]


class Places:
    """Where cases are broken: each is made when it is wanted first, and left as it was by each case."""

    def __init__(self, account: tuple[Cloud, boto3.Session] | None = None) -> None:
        self._ends, self._given = ExitStack(), account

    @cached_property
    def _account(self) -> tuple[Cloud, boto3.Session]:
        return self._given or self._ends.enter_context(account_in_emulator())

    @cached_property
    def here(self) -> Cloud:
        """A lab on this machine, of the account that was given, or of one of its own."""
        cloud = self._account[0]
        provision(lab_of(cloud, choices=BUSY))
        return cloud

    @property
    def environment(self) -> dict[str, str]:
        """What makes the root of that account of who runs in it."""
        cloud, root = self._account
        keys = root.get_credentials()
        assert keys
        return {
            "AWS_ENDPOINT_URL": str(cloud.lab.endpoint),
            "AWS_DEFAULT_REGION": cloud.lab.region,
            "AWS_ACCESS_KEY_ID": str(keys.access_key),
            "AWS_SECRET_ACCESS_KEY": str(keys.secret_key),
        }

    @cached_property
    def house(self) -> House:
        """A lab on the plane, in virtual time, to which nobody can connect."""
        return House(Embedded(), "x-")

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End what was made."""
        self._ends.close()


Break = Callable[[Places], AbstractContextManager[Scene]]
"""Breaks something while the context lasts."""


@dataclass(frozen=True)
class Case:
    """One fault, or more at once.

    Attributes:
        name: what is broken.
        expects: the causes of which one has to be told first; of more faults, those that have to be told.
        broken: breaks it.
        pair: whether there are more.
    """

    name: str
    expects: tuple[str, ...]
    broken: Break
    pair: bool = False

    def held(self, findings: tuple[Finding, ...]) -> bool:
        """Tell whether doctor says what it should."""
        found = [each.cause.name for each in findings]
        return {*self.expects} <= {*found} if self.pair else bool(found) and found[0] in self.expects


def tried(places: Places, case: Case) -> tuple[Finding, ...]:
    """Break something, and return what is found."""
    with case.broken(places) as scene:
        return scene.findings()
