"""What can be seen of a lab from inside, where credentials allow: drift, logs, metrics, permissions."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from wschat.doctor import addressed, drifted, logged
from wschat.doctor.causes import BY_NAME
from wschat.doctor.findings import Suspicion
from wschat.doctor.visit import Visit
from wschat.errors import WschatError
from wschat.lab import engine, inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.errors import translated
from wschat.lab.aws.tags import Tagged
from wschat.lab.blueprint import CLIENTS, FUNCTIONS, Spec, policy, role_path
from wschat.lab.logs.cloudwatch import tail
from wschat.lab.logs.lines import LogLine
from wschat.lab.model import API, AWS_IAM, Actual, Key
from wschat.lab.plan import Step, Verb

CONNECT = ("route", "$connect")
HOUR_S = 3600
HALF = 1 / 3
"""The share of a lab that must be missing for that to be all that there is to say of what is missing."""
QUIET = 0.7
"""How much it says that a log has nothing of what failed: AWS shows it up to 9 s later."""
API_METRICS = {
    "ConnectCount": "connections",
    "MessageCount": "messages",
    "IntegrationError": "integration errors",
    "ClientError": "client errors",
    "ExecutionError": "execution errors",
}
FUNCTION_METRICS = {
    "Invocations": "calls of functions",
    "Errors": "failed calls",
    "Throttles": "throttled calls",
}
"""The metrics that are summed up, each with what it counts."""


@dataclass(frozen=True)
class Account:
    """What was found of a lab in its account.

    Attributes:
        actual: what exists.
        steps: what differs from what should.
        url: what clients connect to; empty if there is no API.
        signed: whether it was chosen that the API lets in only who signs.
        age: for how many seconds its stage is as it is; None is since it was made.
        foreign: functions that were made by hand, and run code of somebody else's.
    """

    actual: Actual
    steps: tuple[Step, ...]
    url: str
    signed: bool
    age: float | None
    foreign: frozenset[Key]


def look(cloud: Cloud) -> Account:
    """Look at what exists, made by hand or not, and compare it.

    Raises:
        WschatError: AWS could not be asked.
    """
    cloud = replace(cloud, lab=replace(cloud.lab, adopts=True))
    actual = inventory.look(cloud)
    desired, steps = engine.desired(cloud.lab, actual), engine.drift(cloud, actual)
    signed = any(each.key == CONNECT and getattr(each, "authorization", "") == AWS_IAM for each in desired)
    others = (step.resource.key for step in steps if "code" in step.differences)
    url = engine.url(cloud, actual)
    age = engine.settling(cloud, actual) if url else None
    return Account(actual, steps, url, signed, age, actual.by_hand & {*others})


def connected(cloud: Cloud) -> int | None:
    """Return how many connections the lab knows; None if that can't be seen."""
    scan = cloud.dynamodb.scan
    ask = partial(
        cloud.ask,
        "who is connected",
        scan,
        TableName=cloud.lab.name(CLIENTS),
        Select="COUNT",
        FilterExpression="attribute_exists(connected)",
    )
    with translated("who is connected"):
        (found,) = cloud.clock.run_all([ask])
    count = found["Count"] if found else None
    return count if isinstance(count, int) else None


def suspicions(cloud: Cloud, account: Account, visit: Visit, url: str, now: float) -> Iterator[Suspicion]:
    """Yield all that the account shows of a URL; what may not be looked at is noted at the cloud.

    `now` is in seconds since 1970.
    """
    yield from addressed.of_a_lab(url, account.url, account.age, signed=account.signed)
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
    for part in (_logs, _metrics, _permissions):
        yield from _seen(cloud, partial(part, cloud, account, unwell, now))


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


def _logs(cloud: Cloud, account: Account, unwell: Iterable[Spec], now: float) -> Iterator[Suspicion]:
    """Yield what the logs of the last hour tell of functions that are not well.

    Where somebody's own code fails, and nothing is logged, it is what it returns.
    """
    for spec in unwell:
        lines = _seen_lines(cloud, spec, int(now - HOUR_S) * 1000)
        found = [*logged.suspicions(spec, lines or (), now * 1000)]
        yield from found
        if lines is not None and not found and ("function", cloud.lab.name(spec.name)) in account.foreign:
            evidence = (f"log of {spec.name}: nothing that failed in the last hour",)
            yield Suspicion(BY_NAME["bad-return"], frozenset(spec.routes), evidence, QUIET, alone=False)


def _seen_lines(cloud: Cloud, spec: Spec, since: int) -> list[LogLine] | None:
    """Return the lines of one function; None, and a note, where they can't be read."""
    try:
        return [*tail(cloud, [spec], since)]
    except WschatError as error:
        cloud.unseen("the functions' logs", error.what)
        return None


def _metrics(cloud: Cloud, account: Account, _: Iterable[Spec], now: float) -> Iterator[Suspicion]:
    """Yield throttles of the last hour, and how many functions may run at once; note what was counted."""
    counts = metrics(cloud, account, now)
    sums = Counter[str]()
    for (_who, name), count in counts.items():
        sums[(API_METRICS | FUNCTION_METRICS)[name]] += round(count)
    if told := ", ".join(f"{count} {what}" for what, count in sums.items() if count):
        cloud.notes[f"in the last hour: {told}"] = None
    for spec in FUNCTIONS:
        if throttled := counts.get((spec.name, "Throttles")):
            evidence = f"metric Throttles of {spec.name}: {throttled:.0f} in the last hour"
            yield Suspicion(
                BY_NAME["account-concurrency"], frozenset(spec.routes), (evidence,), 0.6, alone=False
            )
    limit = engine.concurrency(cloud)
    if limit is not None and limit <= engine.FEW:
        evidence = f"the account runs at most {limit} functions at once"
        yield Suspicion(BY_NAME["account-concurrency"], frozenset(), (evidence,), 0.6, alone=False)


def metrics(cloud: Cloud, account: Account, now: float) -> dict[tuple[str, str], float]:
    """Return the sums of the last hour, by the function's name, or an empty one, and the metric.

    The metrics: https://docs.aws.amazon.com/apigateway/latest/developerguide/
    apigateway-websocket-api-logging.html, https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html.
    """
    api = next((which for (kind, _), which in account.actual.ids.items() if kind == "API"), "")
    asked = [("", name, "AWS/ApiGateway", {"ApiId": api}) for name in API_METRICS if api]
    asked += [
        (spec.name, name, "AWS/Lambda", {"FunctionName": cloud.lab.name(spec.name)})
        for spec in FUNCTIONS
        for name in FUNCTION_METRICS
    ]
    queries: Any = [
        {
            "Id": f"m{number}",
            "MetricStat": {
                "Metric": {
                    "Namespace": namespace,
                    "MetricName": name,
                    "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
                },
                "Period": HOUR_S,
                "Stat": "Sum",
            },
        }
        for number, (_, name, namespace, dimensions) in enumerate(asked)
    ]
    ask = partial(
        cloud.ask,
        "metrics",
        cloud.metrics.get_metric_data,
        MetricDataQueries=queries,
        StartTime=datetime.fromtimestamp(now - HOUR_S, UTC),
        EndTime=datetime.fromtimestamp(now, UTC),
    )
    with translated("metrics"):
        (found,) = cloud.clock.run_all([ask])
    results: Any = found["MetricDataResults"] if found else ()
    sums = {each["Id"]: sum(each.get("Values", ())) for each in results}
    return {(who, name): sums.get(f"m{number}", 0.0) for number, (who, name, *_) in enumerate(asked)}


def _permissions(cloud: Cloud, account: Account, unwell: Iterable[Spec], _: float) -> Iterator[Suspicion]:
    """Yield what IAM's simulation says that the roles of functions that are not well may not do."""
    lab, api = cloud.lab, next((i for (kind, _), i in account.actual.ids.items() if kind == "API"), "*")
    what = "what the roles may do"
    asked = [
        (
            spec,
            lab.arn("iam", f"role/{role_path(lab, spec)}"),
            each["Action"],
            each["Resource"].replace(API, api),
        )
        for spec in unwell
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
