"""What can be seen from inside, where credentials allow: of a lab its drift, logs, permissions and quotas."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from wschat.doctor import addressed, drifted, graph, logged, metrics, quotas, routed
from wschat.doctor.causes import BY_NAME
from wschat.doctor.findings import Suspicion
from wschat.doctor.graph import Graph, read_log
from wschat.doctor.metrics import HOUR_S, Counts
from wschat.doctor.visit import Visit
from wschat.errors import WschatError
from wschat.lab import engine, inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.errors import translated
from wschat.lab.aws.tags import Tagged
from wschat.lab.blueprint import FUNCTIONS, Spec, policy, role, role_path
from wschat.lab.logs.cloudwatch import sources, tail
from wschat.lab.logs.lines import LogLine
from wschat.lab.model.actual import Actual
from wschat.lab.model.lab import API, AWS_IAM
from wschat.lab.model.resource import Key
from wschat.lab.plan import Step, Verb

CONNECT = ("route", "$connect")
ELSEWHERE = "the API of {} is not in this account and region: nothing was looked for inside"
HALF = 1 / 3
"""The share of a lab that must be missing for that to be all that there is to say of what is missing."""
QUIET = 0.7
"""How much it says that a log has nothing of what failed."""
AROUND_MS = 2000
"""How far the clocks of those who log may be apart."""


@dataclass(frozen=True)
class Account:
    """What was found of a lab in its account.

    Attributes:
        actual: what exists.
        steps: what differs from what should.
        url: what clients connect to; empty if there is no API.
        at: the URL that is meant; empty if that is none.
        signed: whether it was chosen that the API lets in only who signs.
        age: for how many seconds its stage is as it is; None is since it was made.
        foreign: functions that were made by hand, and run code of somebody else's.
        crowd: who is in it; None if that can't be seen.
        graph: the API of the URL, where that is another one than the lab's.
    """

    actual: Actual
    steps: tuple[Step, ...]
    url: str
    at: str
    signed: bool
    age: float | None
    foreign: frozenset[Key] = frozenset()
    crowd: quotas.Crowd | None = None
    graph: Graph | None = None

    @property
    def api(self) -> str:
        """The id of the lab's API; empty if there is none."""
        return next((which for (kind, _), which in self.actual.ids.items() if kind == "API"), "")

    @property
    def others(self) -> int | None:
        """How many are connected to the URL, as far as that can be seen."""
        return self.crowd.connected if self.crowd and not self.graph else None


def look(cloud: Cloud, url: str) -> Account:
    """Look at what exists of the lab, made by hand or not, and compare it; and at the API of the URL.

    Raises:
        WschatError: AWS could not be asked.
    """
    cloud = replace(cloud, lab=replace(cloud.lab, adopts=True))
    actual = inventory.look(cloud)
    desired, steps = engine.desired(cloud.lab, actual), engine.drift(cloud, actual)
    signed = any(each.key == CONNECT and getattr(each, "authorization", "") == AWS_IAM for each in desired)
    others = (step.resource.key for step in steps if "code" in step.differences)
    own = engine.url(cloud, actual)
    account = Account(
        actual=actual,
        steps=steps,
        url=own,
        at=url or own,
        signed=signed,
        age=engine.settling(cloud, actual) if own else None,
        foreign=actual.by_hand & {*others},
        crowd=quotas.crowd(cloud) if actual.resources else None,
    )
    address = cloud.lab.address(url)
    other = address is not None and address[0] != account.api
    return replace(account, graph=graph.read(cloud, url)) if other else account


def meant(cloud: Cloud, url: str) -> Cloud:
    """Return the clients for the lab that a URL is of, by the tag of its API; else the same.

    Raises:
        WschatError: AWS could not be asked.
    """
    address = cloud.lab.address(url)
    with translated("looking at the API of the URL"):
        api: Any = address and cloud.ask("the API of the URL", cloud.api.get_api, ApiId=address[0])
    prefix = cloud.lab.prefix_of(api.get("Tags", {})) if api else None
    return cloud if prefix is None else replace(cloud, lab=replace(cloud.lab, prefix=prefix))


def counted(cloud: Cloud, account: Account, now: float) -> Counts:
    """Return what was counted in the last hour of the API that is meant; nothing, and a note, if refused."""
    own = account.graph
    names = [each.name for each in own.functions.values()] if own else _names(cloud)
    try:
        return metrics.read(cloud, own.id if own else account.api, names, now)
    except WschatError as error:
        cloud.unseen("metrics", error.what)
        return Counts()


def suspicions(
    cloud: Cloud, account: Account, visit: Visit, counts: Counts, now: float
) -> Iterator[Suspicion]:
    """Yield all that the account shows of the URL; what may not be looked at is noted at the cloud.

    `now` is in seconds since 1970.
    """
    if account.graph:
        yield from routed.suspicions(account.graph)
        yield from _seen(cloud, partial(_own_logs, cloud, account.graph, visit, now))
        return
    yield from addressed.of_a_lab(account.at, account.url, account.age, signed=account.signed)
    if addressed.is_elsewhere(account.at, account.url):
        cloud.notes[ELSEWHERE.format(account.at)] = None
        return
    missing = [step for step in account.steps if step.verb is Verb.CREATE]
    there = len(account.actual.resources)
    if not there and not account.actual.unmanaged:
        where = f"account {cloud.lab.account}, region {cloud.lab.region}"
        yield Suspicion(BY_NAME["no-lab"], frozenset(), (f"there is nothing of it in {where}",))
        return
    half = len(missing) > (there + len(missing)) * HALF
    if half:
        first = missing[0].resource
        lacks = f"{len(missing)} of {there + len(missing)} parts are missing, first {first.kind} {first.name}"
        yield Suspicion(BY_NAME["half-a-lab"], frozenset(), (lacks,))
    steps = [step for step in account.steps if not (half and step.verb is Verb.CREATE)]
    yield from drifted.suspicions(cloud.lab, steps, account.foreign)
    if account.foreign:
        names = ", ".join(name for _, name in sorted(account.foreign))
        evidence = f"made by hand, with other code than this program's: {names}"
        yield Suspicion(BY_NAME["foreign-functions"], frozenset(), (evidence,), alone=False)
        yield Suspicion(BY_NAME["own-refusal"], frozenset({"$connect"}), (evidence,), alone=False)
    for key in (*(each.key for each in account.actual.unmanaged), *_stray(account)):
        yield Suspicion(BY_NAME["somebody-elses"], frozenset(), (f"{' '.join(key)} has no tag of it",))
    unwell = [spec for spec in FUNCTIONS if not all(map(visit.went_well, spec.routes))]
    changed = {step.resource.name for step in steps if step.resource.kind == "role"}
    doubted = [spec for spec in FUNCTIONS if spec in unwell or role(cloud.lab, spec) in changed]
    parts: tuple[Callable[[], Iterable[Suspicion]], ...] = (
        partial(_logs, cloud, account, unwell, visit, now),
        partial(quotas.suspicions, cloud, counts, account.crowd or quotas.Crowd()),
        partial(_permissions, cloud, account, doubted),
    )
    for part in parts:
        yield from _seen(cloud, part)


def _names(cloud: Cloud) -> list[str]:
    return [cloud.lab.name(spec.name) for spec in FUNCTIONS]


def _stray(account: Account) -> Collection[Key]:
    """Return what the lab needs and was made by hand, where most has a tag: one made by hand has none."""
    tagged = [key for key, each in account.actual.resources.items() if isinstance(each, Tagged)]
    extra = {step.resource.key for step in account.steps if step.verb is Verb.DELETE}
    by_hand = account.actual.by_hand - extra
    return by_hand if len(by_hand) < len(tagged) / 2 else ()


def _seen(cloud: Cloud, part: Callable[[], Iterable[Suspicion]]) -> Iterable[Suspicion]:
    """Return what a part tells; what is refused costs a line."""
    try:
        return [*part()]
    except WschatError as error:
        cloud.unseen(error.where or "a part of it", error.what)
        return []


def _logs(
    cloud: Cloud, account: Account, unwell: Iterable[Spec], visit: Visit, now: float
) -> Iterator[Suspicion]:
    """Yield what the logs of the last hour tell of functions that are not well.

    Where somebody's own code fails, and logs nothing of it, it is what it returns.
    """
    since = _since(cloud, visit, now)
    for spec in unwell:
        lines = _seen_lines(cloud, spec, int(now - HOUR_S) * 1000)
        found = [*logged.suspicions(spec.name, spec.routes, lines or (), since)]
        yield from found
        fresh = any(each.strength == logged.FRESH for each in found)
        if lines is not None and not fresh and ("function", cloud.lab.name(spec.name)) in account.foreign:
            evidence = (f"log of {spec.name}: nothing of what just failed",)
            yield Suspicion(BY_NAME["bad-return"], frozenset(spec.routes), evidence, QUIET, alone=False)


def _own_logs(cloud: Cloud, graph: Graph, visit: Visit, now: float) -> Iterator[Suspicion]:
    """Yield what the functions of any API have logged in the last hour, though not all were tried."""
    since = _since(cloud, visit, now)
    for function in graph.functions.values():
        lines = read_log(cloud, function, int(now - HOUR_S) * 1000, now)
        for each in logged.suspicions(function.name, graph.routes_to(function), lines, since):
            yield replace(each, strength=routed.LIKELY, alone=True)


def _since(cloud: Cloud, visit: Visit, now: float) -> float:
    """Wait until the logs show what was just tried, if anything failed; return when that began, in ms."""
    if visit.failed and cloud.pacing.log_lag:
        cloud.pause(cloud.pacing.log_lag, "the logs to show what was just tried")
    return (now - sum(each.seconds for each in visit.tries)) * 1000 - AROUND_MS


def _seen_lines(cloud: Cloud, spec: Spec, since: int) -> list[LogLine] | None:
    """Return the lines of one function; None, and a note, where they can't be read."""
    try:
        return [*tail(cloud, sources(cloud, [spec]), since)]
    except WschatError as error:
        cloud.unseen("the functions' logs", error.what)
        return None


def _permissions(cloud: Cloud, account: Account, doubted: Iterable[Spec]) -> Iterator[Suspicion]:
    """Yield what IAM's simulation says that the roles of these functions may not do."""
    lab, api = cloud.lab, account.api or "*"
    what = "what the roles may do"
    asked = [
        (
            spec,
            lab.arn("iam", f"role/{role_path(lab, spec)}"),
            each["Action"],
            each["Resource"].replace(API, api),
        )
        for spec in doubted
        for each in policy(lab, spec)["Statement"]
    ]
    ask, simulate = cloud.ask, cloud.iam.simulate_principal_policy
    with translated(what):
        answers: list[Any] = cloud.clock.run_all(
            partial(ask, what, simulate, PolicySourceArn=arn, ActionNames=actions, ResourceArns=[resource])
            for _spec, arn, actions, resource in asked
        )
    for (spec, arn, _actions, resource), found in zip(asked, answers, strict=True):
        results: Any = found["EvaluationResults"] if found else ()
        refused = {each["EvalActionName"]: each["EvalDecision"] for each in results}
        refused = {action: why for action, why in refused.items() if why != "allowed"}
        if refused:
            cause = "denied" if "explicitDeny" in refused.values() else "lacks-permission"
            cause = "may-not-post" if drifted.POST in refused and cause != "denied" else cause
            evidence = f"IAM's simulation: {arn} may not {', '.join(refused)} on {resource}"
            yield Suspicion(BY_NAME[cause], frozenset(spec.routes), (evidence,), 0.9)
