"""The story of a lab: look at what exists, plan, carry it out, look again."""

from collections.abc import Generator, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

from wschat.errors import NotOfferedError, UsageError
from wschat.lab import inventory
from wschat.lab import plan as plans
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.errors import translated
from wschat.lab.aws.roles import Role
from wschat.lab.aws.stages import Stage, updated_ago
from wschat.lab.aws.websocket_api import API_NAME, Api
from wschat.lab.blueprint import DESCRIPTIONS, FUNCTIONS, STAGE, X86, blueprint
from wschat.lab.bundle import bundle
from wschat.lab.chosen.choices import OWN_ROLES, Choices
from wschat.lab.executor import execute
from wschat.lab.inventory import Snapshot
from wschat.lab.model.actual import Actual
from wschat.lab.model.lab import OPEN, Lab
from wschat.lab.model.resource import Resource
from wschat.lab.plan import Phase, Progress, Step

SETTLE_S = 20.0
"""Seconds in which AWS must show all that was just made."""
ROUNDS = 3
"""How often it is carried out and looked at again, if somebody else is at work at the same time."""

Outcome = tuple[Actual, tuple[Step, ...]]
"""What exists in the end, and what is still to be done about it."""


def desired(lab: Lab, actual: Actual) -> tuple[Resource, ...]:
    """Return all that should exist, with the code of this version.

    All choices are as the tables' tags have them. Where these do not say who may connect, the API's
    description does, or, if somebody changed that, the API.
    """
    description = getattr(actual.resources.get((Api.kind, lab.name(API_NAME))), "description", None)
    chosen = next((who for who, text in DESCRIPTIONS.items() if text == description), authorization(actual))
    lab = replace(lab, authorization=lab.authorization or chosen, choices=_choices(lab, actual))
    return blueprint(lab, {spec.module: bundle(spec.module) for spec in FUNCTIONS})


def _choices(lab: Lab, actual: Actual) -> Choices:
    """Return what was chosen, now or before; where a role was given, whether the lab had its own before."""
    choices = lab.choices.over(actual.choices)
    had = OWN_ROLES if any(kind == Role.kind for kind, _ in actual.resources) else choices.own_roles
    return replace(choices, own_roles=choices.role and had)


def authorization(actual: Actual) -> str:
    """Return who may connect, by the route of $connect; anyone if there is none."""
    return str(getattr(actual.resources.get(("route", "$connect")), "authorization", OPEN))


def drift(cloud: Cloud, actual: Actual) -> tuple[Step, ...]:
    """Return the steps that mend what is not as it should be."""
    return plans.steps_to(desired(cloud.lab, actual), actual)


def plan_up(cloud: Cloud, actual: Actual) -> tuple[Step, ...]:
    """Return the `drift`, as a plan.

    Raises:
        NotOursError: a resource that is not managed has a name that the lab needs.
        UsageError: a role shows choices that nothing keeps, and that were not given.
    """
    if actual.unmanaged:
        raise plans.unmanaged_error(actual.unmanaged, where="before the first step")
    if lost := " ".join(cloud.lab.choices.lacks(actual.traces).options):
        raise UsageError(
            f"a role of this lab was made with {lost}, and no table keeps what was chosen, as where a run was"
            " killed before it made one",
            where="before the first step",
            hint=f"give it again: `wschat provision` with {lost}, and what else was given; '' takes one back",
        )
    return drift(cloud, actual)


def provision(cloud: Cloud, plan: tuple[Step, ...], actual: Actual) -> Generator[Progress, None, Outcome]:
    """Carry out a plan, then wait until all is seen that was made; again if somebody else interfered.

    Raises:
        AwsError: before the first step, if something can't be changed in place; or a step failed.
        Stopped: the person asked to stop.
    """
    cloud = as_chosen(cloud, actual)
    for _ in range(ROUNDS):
        plans.check_changeable(plan)
        todo = plans.checked(plans.changes(plan), desired(cloud.lab, actual))
        try:
            seen = yield from execute(cloud, todo, actual)
        except NotOfferedError as error:
            cloud = with_other_hardware(cloud, error)
            actual = inventory.look(cloud)
            plan = plan_up(cloud, actual)
            continue
        actual, plan = settle(cloud, seen)
        if not plans.changes(plan):
            break
    return actual, plan


def as_chosen(cloud: Cloud, actual: Actual) -> Cloud:
    """Return the same clients for the lab as it was chosen, now or before."""
    return replace(cloud, lab=replace(cloud.lab, choices=_choices(cloud.lab, actual)))


def with_other_hardware(cloud: Cloud, refused: NotOfferedError) -> Cloud:
    """Choose the hardware that Lambda has in every region, and note it.

    Raises:
        NotOfferedError: it is chosen already.
    """
    if cloud.lab.choices.architecture:
        raise refused
    cloud.notes[f"the functions are for {X86}, a fifth dearer, since AWS says: {refused.what}"] = None
    choices = replace(cloud.lab.choices, architecture=X86)
    return replace(cloud, lab=replace(cloud.lab, choices=choices))


def settle(cloud: Cloud, seen: Snapshot | None = None) -> Outcome:
    """Look at a lab that was just provisioned until all is seen that was made: AWS's reads lag behind.

    What was `seen` since is not looked at once more, unless it differs: that is, for `SETTLE_S`.

    Raises:
        NotOursError: somebody else made something of that name meanwhile.
    """
    wanted = blueprint(cloud.lab)
    seen = seen or Snapshot()
    unseen = [each.read_key for each in wanted if each.read_key not in seen]
    seen = inventory.read(cloud, unseen, seen)
    looks = cloud.looks("AWS does not show yet what was made", SETTLE_S)
    while True:
        actual = seen.actual(wanted)
        left = drift(cloud, actual)
        wrong = (step.resource for step in plans.changes(left))
        differ = {each.read_key: None for each in (*actual.unmanaged, *actual.unknown, *wrong)}
        if not differ or next(looks, None) is None:
            break
        seen = inventory.read(cloud, differ, seen)
    if actual.unmanaged:
        raise plans.unmanaged_error(actual.unmanaged, where="looking at what was made")
    return replace(actual, choices=cloud.lab.choices), left


def teardown(cloud: Cloud, plan: tuple[Step, ...], actual: Actual) -> Generator[Progress, None, Outcome]:
    """Carry out a plan of `plan_down`, and look until nothing is seen; again if something came up meanwhile.

    What AWS refuses to delete keeps nothing else from being deleted.
    """
    cloud = as_chosen(cloud, actual)
    for _ in range(ROUNDS):
        failed = False
        for progress in execute(cloud, plan, actual, go_on=True):
            failed = failed or progress.phase is Phase.GIVEN_UP
            yield progress
        actual = look_for_rest(cloud, cloud.pacing.read_lag if failed else SETTLE_S)
        plan = plans.plan_down(actual)
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
        actual = inventory.look(cloud, to_remove=True)
        so_far = cloud.clock.now() - start
        enough = so_far >= patience if actual.resources else empty or not cloud.pacing.read_lag
        if enough:
            return actual
        empty = not actual.resources
        why = "AWS may not show yet what was made or deleted"
        cloud.pause(cloud.pacing.read_lag if empty else 1, why, so_far)


def url(cloud: Cloud, actual: Actual) -> str:
    """Return the URL of a lab that exists; an empty one if it has no API."""
    found = actual.ids.get((Api.kind, cloud.lab.name(API_NAME)))
    return cloud.lab.url(found, STAGE) if found else ""


def serves_the_same(plan: Iterable[Step]) -> bool:
    """Tell whether a plan updates the stage, and of it only the throttle: it serves what it did before."""
    return any(isinstance(step.resource, Stage) and step.resource.throttles(step.found) for step in plan)


def settling(cloud: Cloud, actual: Actual) -> float | None:
    """Return for how many seconds a lab's stage has been as it is; None where only that can be served.

    That is so where it was never updated, and in an emulator, which serves an update at once.

    Raises:
        WschatError: AWS could not be asked.
    """
    if not cloud.pacing.read_lag:
        return None
    with translated("looking at the stage"):
        (age,) = cloud.clock.run_all([partial(updated_ago, replace(cloud, ids=dict(actual.ids)), STAGE)])
    return age


FEW = 10
"""Concurrent executions of a new account; a room needs about one for each person who acts."""


def account_settings(cloud: Cloud) -> Any:  # noqa: ANN401  as AWS answers it
    """Return Lambda's limits of the whole account, and what is used of them; nothing if nobody may look.

    Raises:
        WschatError: AWS could not be asked.
    """
    what = "the account's limits"
    with translated(what):
        (found,) = cloud.clock.run_all([partial(cloud.ask, what, cloud.functions.get_account_settings)])
    return found


def concurrency(cloud: Cloud) -> int | None:
    """Return how many functions may run at once in the whole account; None if that can't be seen.

    Raises:
        WschatError: AWS could not be asked.
    """
    found = account_settings(cloud)
    limit = found and found["AccountLimit"]["ConcurrentExecutions"]
    return limit if isinstance(limit, int) else None
