"""Changes by hand in a lab on the plane, as many at a time as do not touch each other, and their healing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from tests.studies.account import Account
from tests.studies.drift.hand import Case, Do, Hand, called
from tests.support.labs import drain, provision
from tests.support.plane.backend import Backend
from tests.support.plane.rates import Times
from tests.support.plane.wire import Call
from wschat.errors import WschatError
from wschat.lab import engine, inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.model import Key
from wschat.lab.plan import Step

NEVER_REFUSES = Times(role_assumable=0, function_updating=0, lambda_rate=1000, table_rate=1000)
AN_HOUR = 3600.0
"""Seconds, after which AWS takes another change of a time to live, and shows all that was changed."""
IDENTITY = {
    *("TableName", "RoleName", "FunctionName", "Action", "Version"),
    *("ApiId", "RouteId", "IntegrationId", "IntegrationResponseId", "StageName"),
}
"""Parameters that say what is changed, and not in what."""


@dataclass(frozen=True)
class Healed:
    """How a change by hand was seen, and the calls that healed it; calls on other resources name those.

    `found` is what it should be seen as, with all that AWS decided put in.
    """

    case: Case
    seen: Step
    found: object
    calls: tuple[str, ...]


def rounds(cases: Iterable[Case]) -> list[tuple[Case, ...]]:
    """Put cases together that touch different resources."""
    left, found = list(cases), []
    while left:
        touched, together = set[str](), list[Case]()
        for case in left:
            if not touches(case) & touched:
                touched |= touches(case)
                together.append(case)
        left = [case for case in left if case not in together]
        found.append(tuple(together))
    return found


def touches(case: Case) -> set[str]:
    """Return the resources that a case changes, or that its healing changes."""
    others = {heal.partition(" on ")[2] for heal in case.heals} | {what.on for what in case.by_hand}
    return {case.resource, *others} - {""}


class House(Account):
    """A lab that stands on a plane which refuses no call, so that each is made once."""

    def __init__(self, ministack: Backend, prefix: str) -> None:
        super().__init__(ministack, times=NEVER_REFUSES)
        self.cloud = self.lab(prefix)
        provision(self.cloud)
        self._hand = Hand(self.cloud)

    def elsewhere(self, case: Case, prefix: str) -> tuple[Step, WschatError]:
        """Make a change in a lab that does not exist; return how it is seen, and what provision says."""
        cloud = replace(self.cloud, lab=replace(self.cloud.lab, prefix=prefix))
        hand = Hand(cloud)
        for what in case.by_hand:
            hand.change(case.resource, what)
        cloud.clock.sleep(10)
        steps = engine.differences(cloud, inventory.look(cloud))
        error = self.refused(cloud)
        return next(step for step in steps if step.resource.key == hand.key(case.resource)), error

    def given_away(self, resource: str, what: Do) -> tuple[str, WschatError]:
        """Change a tag; return the name of what is somebody else's now, and what provision says."""
        self._hand.change(resource, what)
        self.clock.sleep(5)
        return " ".join(self._hand.key(resource)), self.refused(self.cloud)

    def healed(self, cloud: Cloud) -> list[str]:
        """Provision what should be; return the calls that it took, in their order."""
        with self.writes() as calls:
            provision(cloud)
        return [told(call) for call in calls]

    def change(self, cases: Iterable[Case]) -> None:
        """Make changes by hand."""
        self.clock.sleep(AN_HOUR)
        for case in cases:
            for what in case.by_hand:
                self._hand.change(case.resource, what)
                self.clock.sleep(5)
        self.clock.sleep(AN_HOUR)

    def heal(self, cases: Iterable[Case]) -> Iterator[Healed]:
        """Make changes by hand, look at what differs, and provision; everything must be right then."""
        cloud, hand = self.cloud, self._hand
        self.change(cases)
        actual = inventory.look(cloud)
        steps = engine.differences(cloud, actual)
        with self.writes() as calls:
            after, left = drain(engine.provision(cloud, engine.plan_up(cloud, actual), actual))
        assert left == ()
        assert self.plane.locked_out() == []
        known = (after, actual, hand.actual)
        ids = {which: key for each in known for key, which in each.ids.items()}
        writes = [(subject(call, ids), told(call)) for call in calls]
        for case in cases:
            mine = {hand.key(each): each for each in touches(case)}
            heals = (
                call if mine[key] == case.resource else f"{call} on {mine[key]}"
                for key, call in writes
                if key in mine
            )
            seen = next(step for step in steps if step.resource.key == hand.key(case.resource))
            yield Healed(case, seen, hand.put_in(case.found), tuple(heals))
            writes = [each for each in writes if each[0] not in mine]
        assert not writes, "no case explains them"
        hand.actual = after


def told(call: Call) -> str:
    """Return the name of a call; of an update, with what it changes."""
    names = {name[0].upper() + name[1:] for name in call.params}
    return called(call.operation, names - IDENTITY)


def subject(call: Call, ids: dict[str, Key]) -> Key:
    """Return the key of the resource that a write is about."""
    name, params = call.resource, call.params
    match call.service:
        case "dynamodb":
            return "table", name
        case "iam":
            return "policy" if "PolicyName" in params else "role", name
        case "logs":
            return "log group", name
        case "lambda" if call.operation.endswith("Permission"):
            return "permission", f"{name}:{params['StatementId']}"
        case "lambda":
            return "function", name
    if "/stages" in name:
        return "stage", str(params.get("stageName") or name.rpartition("/")[2])
    parts = name.split("/")
    if len(parts) == 3:
        return parts[2].removesuffix("s"), str(params.get("routeKey") or params["description"])
    return ids[parts[3] if len(parts) > 3 else parts[1]]
