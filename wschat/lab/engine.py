"""The story of a lab: look at what exists, plan, carry it out, look again."""

from collections.abc import Generator
from dataclasses import replace

from wschat.lab import planner
from wschat.lab.blueprint import FUNCTIONS, STAGE, blueprint
from wschat.lab.bundle import code_hash
from wschat.lab.cloud import Cloud
from wschat.lab.executor import execute
from wschat.lab.found import Seen, assemble, part
from wschat.lab.model import AWS_IAM, DESCRIPTIONS, OPEN, Api, Lab, Resource, Route
from wschat.lab.observer import observe
from wschat.lab.refusals import translated
from wschat.lab.steps import Actual, Moment, Progress, Step

SETTLE_S = 20.0
"""Seconds in which AWS must show all that was just made."""
ROUNDS = 3
"""How often it is carried out and looked at again, if somebody else is at work at the same time."""

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
    told = next((who for who, text in DESCRIPTIONS.items() if api and api.description == text), None)
    return told or (connect_route.authorization if isinstance(connect_route, Route) else OPEN)


def look(cloud: Cloud) -> Actual:
    """Return what exists of a lab."""
    return assemble(_look(cloud))


def look_to_remove(cloud: Cloud) -> Actual:
    """Return what exists of a lab that has to be removed: what is inside the API goes with it."""
    whole = desired(cloud.lab, Actual())
    return assemble(
        observe(cloud, (part(each) for each in whole if isinstance(each, planner.TEARDOWN_ORDER)))
    )


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
            cloud.pause(pause, "AWS does not show yet what was made", so_far)
        differ = (*actual.strangers, *(step.resource for step in left))
        seen, pause = observe(cloud, map(part, differ), seen), 0.5


def teardown(cloud: Cloud, plan: tuple[Step, ...], actual: Actual) -> Generator[Progress, None, Outcome]:
    """Carry out a plan of `plan_down`, and look until nothing is seen; again if something came up meanwhile.

    What AWS refuses to delete keeps nothing else from being deleted.
    """
    for _ in range(ROUNDS):
        failed = False
        for progress in execute(cloud, plan, actual, go_on=True):
            failed = failed or progress.moment is Moment.GIVEN_UP
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
        actual = look_to_remove(cloud)
        so_far = cloud.clock.now() - start
        enough = so_far >= patience if actual.resources else empty or not cloud.manners.lag
        if enough:
            return actual
        empty = not actual.resources
        why = "AWS may not show yet what was made or deleted"
        cloud.pause(cloud.manners.lag if empty else 1, why, so_far)


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
