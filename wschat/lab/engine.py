"""The story of a lab: look at what exists, plan, carry it out, look again."""

from collections.abc import Callable, Iterator

import boto3

from wschat.errors import AwsError
from wschat.lab import planner
from wschat.lab.blueprint import FUNCTIONS, STAGE, blueprint
from wschat.lab.bundle import code_hash
from wschat.lab.cloud import Cloud, Target, connect, find, translated
from wschat.lab.executor import execute
from wschat.lab.model import Actual, Api, Function, Lab, Progress, Resource, Step
from wschat.lab.observer import observe

LAG = 20
"""Seconds that AWS's reads may lag behind its writes."""
READY = {"Active", "Inactive"}
"""States in which a function can be called; the latter is what weeks without a call lead to."""


def desired(lab: Lab) -> tuple[Resource, ...]:
    """Return all that should exist, with the code of this version."""
    return blueprint(lab, {spec.module: code_hash(spec.module) for spec in FUNCTIONS})


def look(cloud: Cloud) -> Actual:
    """Return what exists of a lab."""
    return observe(cloud, desired(cloud.lab))


def differences(cloud: Cloud, actual: Actual) -> tuple[Step, ...]:
    """Return what is not as it should be."""
    return planner.differences(desired(cloud.lab), actual)


def plan_up(cloud: Cloud, actual: Actual) -> tuple[Step, ...]:
    """Return the steps that make the lab what it should be; none when it is.

    Raises:
        NotOursError: somebody else's resource has a name that the lab needs.
    """
    return planner.plan_up(desired(cloud.lab), actual)


def plan_down(actual: Actual) -> tuple[Step, ...]:
    """Return the steps that remove all of a lab; none when there is nothing."""
    return planner.plan_down(actual)


def provision(cloud: Cloud, plan: tuple[Step, ...], actual: Actual) -> Iterator[Progress]:
    """Carry out a plan, then wait until every function is ready to be called."""
    yield from execute(cloud, plan, actual)
    with translated("waiting for the functions"):
        for resource in desired(cloud.lab):
            if isinstance(resource, Function):
                _wait_for(cloud, resource.name)


def teardown(cloud: Cloud, plan: tuple[Step, ...], actual: Actual) -> Iterator[Progress]:
    """Carry out a plan of `plan_down`; what AWS refuses to delete keeps nothing else from being deleted."""
    return execute(cloud, plan, actual, go_on=True)


def settle(cloud: Cloud) -> tuple[Actual, tuple[Step, ...]]:
    """Look at a lab that was just provisioned until all is seen that was made: AWS's reads lag behind.

    Returns what exists, and what differs all the same, as when somebody else changes it meanwhile.
    """
    deadline = cloud.clock() + LAG
    while True:
        actual = look(cloud)
        left = differences(cloud, actual)
        if not left or cloud.clock() > deadline:
            return actual, left
        cloud.sleep(1)


def _wait_for(cloud: Cloud, function: str) -> None:
    def ready() -> bool:
        found = find(cloud.functions.get_function, FunctionName=function)
        if found is None:
            return False
        now = found["Configuration"]
        if "Failed" in {now.get("State"), now.get("LastUpdateStatus")}:
            reason = now.get("StateReason") or now.get("LastUpdateStatusReason") or "AWS gives no reason"
            hint = "delete the function, then run `wschat provision` again"
            raise AwsError(f"Lambda could not make it: {reason}", where=f"function {function}", hint=hint)
        return now.get("State") in READY and now.get("LastUpdateStatus") != "InProgress"

    cloud.wait(ready, f"function {function}")


def url(cloud: Cloud, actual: Actual) -> str:
    """Return the URL of a lab that exists; an empty one if it has no API."""
    found = next((found for (kind, _), found in actual.ids.items() if kind == Api.kind), None)
    return cloud.lab.url(found, STAGE) if found else ""


def provision_local(endpoint_url: str, on_step: Callable[[str], None]) -> str:
    """Provision the whole lab into an emulator; return its URL.

    The account's root there is called "test"; nothing of the environment is used.
    """
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")  # noqa: S106
    cloud = connect(Target(endpoint_url=endpoint_url), session)
    actual = look(cloud)
    plan = plan_up(cloud, actual)
    for number, progress in enumerate(provision(cloud, plan, actual)):
        if progress.seconds is None:
            on_step(f"{progress.step.task.value} ({number // 2 + 1}/{len(plan)})")
    return url(cloud, settle(cloud)[0])
