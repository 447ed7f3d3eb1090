"""A lab in virtual time, to break and to mend; between two drills all of it is as it should be."""

from collections.abc import Callable
from itertools import count
from typing import NoReturn

import pytest

from tests.studies.account import USER, Account
from tests.studies.drift.house import AN_HOUR, NEVER_REFUSES
from tests.support.labs import provision
from tests.support.plane.backend import Backend
from tests.support.plane.faults import Fault
from tests.support.plane.permissions import Layer
from tests.support.plane.wire import Call
from wschat.errors import AnswerError
from wschat.lab import engine, inventory
from wschat.lab.aws.cloud import AWS_PACING
from wschat.lab.aws.session import connect
from wschat.lab.model.actual import Actual
from wschat.lab.permissions.user_policy import user_policy
from wschat.learn.drills import work
from wschat.learn.drills.drill import Drill
from wschat.target import Target


class Killed(BaseException):
    """The process ended there."""


class Place(Account):
    """An account with one lab in it, and a person who has `wschat policy`, and what is allowed."""

    def __init__(self, ministack: Backend) -> None:
        super().__init__(ministack, times=NEVER_REFUSES)
        self.root = self.lab("drill-")
        provision(self.root)
        self.allow()
        there = Target(prefix=self.root.lab.prefix, endpoint_url=self.url)
        self.cloud = connect(there, self.plane.session("ann", "x"), self.clock, AWS_PACING)

    def allow(self, *needs: str) -> None:
        """Let the person do these actions besides, and no others."""
        more = {"Effect": "Allow", "Action": [*needs], "Resource": "*"}
        policy = user_policy(self.root.lab)
        self.plane.admit("ann", [Layer({**policy, "Statement": [*policy["Statement"], more]})], USER)

    def look(self) -> Actual:
        """Look, when AWS shows all."""
        self.clock.sleep(AN_HOUR)
        return inventory.look(self.cloud)

    def begin(self, drill: Drill) -> None:
        """Break what a drill is about."""
        work.begin(self.cloud, self.look(), drill)

    def mend(self) -> None:
        """Mend what there is to mend."""
        work.mend(self.cloud, self.look())

    def why_not(self, drill: Drill, actual: Actual, *says: Exception) -> str | None:
        """Return what the check says, where a trial of the lab raises this or nothing."""

        def trial() -> None:
            for error in says:
                raise error

        return work.why_not_mended(self.cloud, actual, drill, trial)

    def left(self) -> str:
        """Return what is left of a drill: what differs, its tag, its policy."""
        actual = self.look()
        policies = self.root.iam.list_policies(Scope="Local")["Policies"]
        found = [*engine.drift(self.cloud, actual), *(each["Arn"] for each in policies)]
        return ", ".join(map(str, [*found, *([work.running(actual)] if work.running(actual) else [])]))

    def try_drill(self, drill: Drill) -> str:
        """Break, look, check, mend and check; return what was not as it should be."""
        self.allow(*drill.needs)
        self.begin(drill)
        actual = self.look()
        wrong = [] if work.running(actual) == work.Running(drill) else ["the lab is in no drill"]
        wrong += [] if engine.drift(self.cloud, actual) else ["nothing differs"]
        wrong += [] if self.why_not(drill, actual, AnswerError("it fails")) else ["the check sees nothing"]
        self.mend()
        wrong += [f"still: {why}"] if (why := self.why_not(drill, self.look())) else []
        return "; ".join([*wrong, *filter(None, [self.left()])])

    def kill_at(self, write: int, run: Callable[[], None]) -> None:
        """Let a run end before one of its writes, counted from 1."""
        numbers = count(1)

        def fault(call: Call) -> Fault | None:
            return Fault.KILL_BEFORE if call.write and next(numbers) == write else None

        def die() -> NoReturn:
            raise Killed

        self.plane.fault, self.plane.on_kill = fault, die
        with pytest.raises(Killed):
            run()
        self.plane.fault = lambda _: None
