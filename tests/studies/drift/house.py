"""Labs on the plane: one that stands, is changed by hand, and healed; one that two people want at once."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from tests.studies.account import Account
from tests.studies.drift.hand import Case, Do, Hand, called
from tests.support.labs import drain, lab_of, plan, provision, provisioning, tear_down
from tests.support.plane.backend import Backend
from tests.support.plane.clock import at_once
from tests.support.plane.rates import Times
from tests.support.plane.wire import Call
from wschat.errors import WschatError
from wschat.lab import engine, inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.by_hand.calls import Call as ByHand
from wschat.lab.by_hand.calls import calls
from wschat.lab.executor import execute
from wschat.lab.model.actual import Actual
from wschat.lab.model.resource import Key
from wschat.lab.plan import Step

NEVER_REFUSES = Times(role_assumable=0, function_updating=0, lambda_rate=1000, table_rate=1000)
AN_HOUR = 3600.0
"""Seconds, after which AWS takes another change of a time to live, and shows all that was changed."""
IDENTITY = {
    *("TableName", "RoleName", "FunctionName", "Action", "Version"),
    *("ApiId", "RouteId", "IntegrationId", "IntegrationResponseId", "StageName"),
}
"""Parameters that say what is changed, and not in what."""


class House(Account):
    """A lab that stands on a plane which refuses no call, so that each is made once."""

    def __init__(self, ministack: Backend, prefix: str) -> None:
        super().__init__(ministack, times=NEVER_REFUSES)
        self.cloud = self.lab(prefix)
        provision(self.cloud)
        self._hand = Hand(self.cloud)

    def elsewhere(self, case: Case, prefix: str) -> tuple[Step, WschatError]:
        """Make a change in a lab that does not exist; return how it is seen, and what provision says."""
        cloud = lab_of(self.cloud, prefix=prefix)
        hand = Hand(cloud)
        for what in case.by_hand:
            hand.change(case.resource, what)
        self.clock.sleep(10)
        (seen,) = (each for each in _differences(cloud) if each.resource.key == hand.key(case.resource))
        return seen, self.refused(cloud)

    def given_away(self, resource: str, what: Do) -> tuple[str, WschatError]:
        """Change a tag; return the name of what is somebody else's now, and what provision says."""
        self._hand.change(resource, what)
        self.clock.sleep(5)
        return " ".join(self._hand.key(resource)), self.refused(self.cloud)

    def change(self, case: Case) -> None:
        """Make a change by hand."""
        self.clock.sleep(AN_HOUR)
        for what in case.by_hand:
            self._hand.change(case.resource, what)
            self.clock.sleep(5)
        self.clock.sleep(AN_HOUR)

    def healed(self, cloud: Cloud) -> list[str]:
        """Provision what should be; return the calls that it took, in their order.

        They are those that the steps tell, whoever wants to make them by hand.
        """
        actual = inventory.look(cloud)
        steps = engine.plan_up(cloud, actual)
        by_hand = calls(steps, cloud.lab, replace(cloud, ids=dict(actual.ids)))
        with self.writes() as made:
            _, left = drain(engine.provision(cloud, steps, actual))
        assert (left, self.plane.locked_out()) == ((), [])
        done = [_told(call) for call in made]
        assert sorted(done) == sorted(_by_hand(call) for call in by_hand)
        return done

    def heal(self, case: Case) -> tuple[Step, Any, list[str]]:
        """Make a change by hand, and provision.

        Return how it is seen, what it should be seen as, with all that AWS decided put in, and the calls that
        healed it.
        """
        self.change(case)
        key, found = self._hand.key(case.resource), self._hand.put_in(case.found)
        (seen,) = (step for step in _differences(self.cloud) if step.resource.key == key)
        calls = self.healed(self.cloud)
        self._hand.actual = inventory.look(self.cloud)
        return seen, found, calls

    def differences(self) -> dict[Key, Step]:
        """Return how each thing differs."""
        return {step.resource.key: step for step in _differences(self.cloud)}

    def expected(self, case: Case) -> tuple[Key, Any]:
        """Return the key of what a case changes, and what it should be seen as."""
        return self._hand.key(case.resource), self._hand.put_in(case.found)

    def mend(self) -> tuple[Step, ...]:
        """Provision; return what is left."""
        _, left = drain(provisioning(self.cloud))
        self._hand.actual = inventory.look(self.cloud)
        return left

    def tell(self, case: Case) -> tuple[Step, Any, tuple[Step, ...]]:
        """Make a change that is not ours to mend; provision, which does nothing; end the change by hand.

        Return how it is seen, what it should be seen as, and what provision says is left.
        """
        self.change(case)
        found = self._hand.put_in(case.found)
        (seen,) = _differences(self.cloud)
        with self.writes() as calls:
            left = self.mend()
        assert calls == []
        for what in case.undone:
            self._hand.change(case.resource, what)
            self.clock.sleep(5)
        return seen, found, left


class Pair(Account):
    """Two people with clients of their own, who want the same lab."""

    def __init__(self, ministack: Backend, prefix: str, seed: int = 0) -> None:
        super().__init__(ministack, seed, Times(role_assumable=4))
        self.first, self.second = self.lab(prefix), self.lab(prefix)

    def run(self, first: Callable[[Cloud], Any], second: Callable[[Cloud], Any], offset: float) -> list[Any]:
        """Let both work at once; return what each gets, or the error that stops it."""

        def later() -> object:
            self.clock.sleep(offset)
            return second(self.second)

        return at_once(self.clock, lambda: first(self.first), later)

    def begin(self, steps: int) -> None:
        """Do so many steps of a plan, as a run that was stopped then."""
        drain(execute(self.first, engine.plan_up(self.first, Actual())[:steps], Actual()))
        self.clock.sleep(5)

    def wrong(self) -> list[str]:
        """Return what is not as it should be, when AWS shows all."""
        self.clock.sleep(5)
        return list(map(str, plan(self.first)))


def down(cloud: Cloud) -> None:
    """Tear a lab down, and find nothing left."""
    assert tear_down(cloud).resources == {}


def _differences(cloud: Cloud) -> Iterable[Step]:
    return engine.drift(cloud, inventory.look(cloud))


def _told(call: Call) -> str:
    """Return the name of a call; of an update, with what it changes."""
    return _called(call.operation, call.params)


def _by_hand(call: ByHand) -> str:
    """Return the same of a call that is to be made by hand."""
    return _called(call.operation.title().replace("_", ""), call.parameters)


def _called(operation: str, parameters: Iterable[str]) -> str:
    names = {name[0].upper() + name[1:] for name in parameters}
    return called(operation, names - IDENTITY)
