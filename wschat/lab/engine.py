"""The story of a lab: look at what exists, plan, carry it out, look again."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace

import boto3

from wschat.lab import planner
from wschat.lab.blueprint import AWS_IAM, FUNCTIONS, STAGE, blueprint
from wschat.lab.bundle import code_hash
from wschat.lab.cloud import Cloud
from wschat.lab.executor import execute
from wschat.lab.found import Seen, assemble, part
from wschat.lab.login import Target, connect
from wschat.lab.model import ANYONE, SIGNED, Api, Lab, Resource, Route
from wschat.lab.observer import observe
from wschat.lab.refusals import translated
from wschat.lab.steps import Actual, Moment, Progress, Step, Verb

SETTLE_S = 20.0
"""Seconds in which AWS must show all that was just made."""
ROUNDS = 3
"""How often it is carried out and looked at again, if somebody else is at work at the same time."""
FEW = 10
"""Functions of a new account that may run at once; a room needs about one for each person who acts."""

Outcome = tuple[Actual, tuple[Step, ...]]
"""What exists in the end, and what is still to be done about it."""


def desired(lab: Lab, actual: Actual) -> tuple[Resource, ...]:
    """Return all that should exist, with the code of this version; who may connect is as it was chosen."""
    lab = replace(lab, authorization=lab.authorization or _chosen(actual))
    return blueprint(lab, {spec.module: code_hash(spec.module) for spec in FUNCTIONS})


def is_signed(actual: Actual) -> bool:
    """Tell whether only who signs may connect."""
    connect_route = actual.resources.get((Route.kind, "$connect"))
    return isinstance(connect_route, Route) and connect_route.authorization == AWS_IAM


def _chosen(actual: Actual) -> str:
    """Return who may connect, as the API's description tells, or, if somebody changed that, as it is."""
    api = next((each for each in actual.resources.values() if isinstance(each, Api)), None)
    connect_route = actual.resources.get((Route.kind, "$connect"))
    told = {ANYONE: "NONE", SIGNED: AWS_IAM}.get(api.description if api else ANYONE)
    return told or (connect_route.authorization if isinstance(connect_route, Route) else "NONE")


def look(cloud: Cloud) -> Actual:
    """Return what exists of a lab."""
    return assemble(_look(cloud))


def _look(cloud: Cloud, seen: Seen | None = None) -> Seen:
    parts = map(part, desired(cloud.lab, Actual()))
    return observe(cloud, (each for each in parts if each not in (seen or {})), seen)


def differences(cloud: Cloud, actual: Actual) -> tuple[Step, ...]:
    """Return what is not as it should be."""
    return planner.differences(desired(cloud.lab, actual), actual)


def plan_up(cloud: Cloud, actual: Actual) -> tuple[Step, ...]:
    """Return the steps that make the lab what it should be; none when it is.

    Raises:
        NotOursError: somebody else's resource has a name that the lab needs.
    """
    return planner.plan_up(desired(cloud.lab, actual), actual)


def plan_down(actual: Actual) -> tuple[Step, ...]:
    """Return the steps that remove all of a lab; none when there is nothing."""
    return planner.plan_down(actual)


def provision(cloud: Cloud, plan: tuple[Step, ...], actual: Actual) -> Generator[Progress, None, Outcome]:
    """Carry out a plan, then wait until all is seen that was made; again if somebody else interfered.

    Raises:
        AwsError: before the first step, if something can't be changed in place; or a step failed.
        Stopped: the person asked to stop.
    """
    for _ in range(ROUNDS):
        planner.check(plan)
        seen = yield from execute(cloud, planner.checked(plan, desired(cloud.lab, actual)), actual)
        actual, plan = settle(cloud, seen)
        if not plan:
            break
    return actual, plan


def settle(cloud: Cloud, seen: Seen | None = None) -> Outcome:
    """Look at a lab that was just provisioned until all is seen that was made: AWS's reads lag behind.

    What was `seen` since is not looked at once more, unless it differs: that is, for `SETTLE_S`.

    Raises:
        NotOursError: somebody else made something of that name meanwhile.
    """
    seen, start, pause = _look(cloud, seen), cloud.clock.now(), 0.0
    while True:
        actual = assemble(seen)
        left = planner.differences(desired(cloud.lab, actual), actual)
        so_far = cloud.clock.now() - start
        if not (left or actual.strangers):
            return actual, left
        if so_far > SETTLE_S:
            if actual.strangers:
                raise planner.not_ours(actual.strangers, where="looking at what was made")
            return actual, left
        if pause:  # the first look at it may have been long ago
            cloud.pause(pause, "AWS to show what was made", so_far)
        differ = (*actual.strangers, *(step.resource for step in left))
        seen, pause = observe(cloud, map(part, differ), seen), 0.5


def teardown(cloud: Cloud, plan: tuple[Step, ...], actual: Actual) -> Generator[Progress, None, Outcome]:
    """Carry out a plan of `plan_down`, and look until nothing is seen; again if something came up meanwhile.

    What AWS refuses to delete keeps nothing else from being deleted.
    """
    for _ in range(ROUNDS):
        failed = False
        for progress in execute(cloud, plan, actual, go_on=True):
            failed = failed or progress.moment is Moment.FAILED
            yield progress
        actual = look_for_rest(cloud, cloud.manners.lag if failed else SETTLE_S)
        plan = plan_down(actual)
        if not plan or failed:
            break
    return actual, plan


def look_for_rest(cloud: Cloud, patience: float = 0) -> Actual:
    """Look for so many seconds whether anything is left: what was deleted is still seen for a while.

    When nothing is seen, a second look makes sure: what was made a moment ago, as by a run that was
    killed, may not be seen yet.
    """
    start, empty = cloud.clock.now(), False
    while True:
        actual = look(cloud)
        so_far = cloud.clock.now() - start
        enough = so_far >= patience if actual.resources else empty or not cloud.manners.lag
        if enough:
            return actual
        empty = not actual.resources
        cloud.pause(cloud.manners.lag if empty else 1, "AWS to show what is left", so_far)


def url(cloud: Cloud, actual: Actual) -> str:
    """Return the URL of a lab that exists; an empty one if it has no API."""
    found = next((found for (kind, _), found in actual.ids.items() if kind == Api.kind), None)
    return cloud.lab.url(found, STAGE) if found else ""


def concurrency(cloud: Cloud) -> int:
    """Return how many functions may run at once in the whole account.

    Raises:
        WschatError: AWS could not be asked.
    """
    with translated("the account's limits"):
        found = cloud.call(cloud.functions.get_account_settings)
    return found["AccountLimit"]["ConcurrentExecutions"]


def provision_local(endpoint_url: str, on_step: Callable[[str], None]) -> str:
    """Provision the whole lab into an emulator; return its URL.

    The account's root there is called "test"; nothing of the environment is used.
    """
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")  # noqa: S106
    cloud = connect(Target(endpoint_url=endpoint_url), session)
    actual = look(cloud)
    plan = plan_up(cloud, actual)
    steps: Iterator[Progress] = provision(cloud, plan, actual)
    done = 0
    for progress in steps:
        done += progress.moment is Moment.DONE and progress.step.verb is not Verb.CHECK
        on_step(f"{progress.step.task.value} ({done}/{len(plan)})")
    return url(cloud, settle(cloud)[0])
