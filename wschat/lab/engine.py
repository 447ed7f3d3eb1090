"""The story of a lab: look at what exists, plan, carry it out, look again."""

from collections.abc import Callable, Iterator

import boto3

from wschat.lab import planner
from wschat.lab.blueprint import FUNCTIONS, STAGE, blueprint
from wschat.lab.bundle import code_hash
from wschat.lab.cloud import Cloud, Target, connect, find, translated
from wschat.lab.executor import Progress, execute
from wschat.lab.model import Actual, Api, Function, Lab, Resource, Step
from wschat.lab.observer import observe
from wschat.lab.planner import plan_down

__all__ = ["connect", "differences", "look", "plan_down", "plan_up", "provision", "teardown", "url"]


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


def provision(cloud: Cloud, plan: tuple[Step, ...], actual: Actual) -> Iterator[Progress]:
    """Carry out a plan, then wait until every function is ready to be called."""
    yield from execute(cloud, plan, actual)
    with translated("waiting for the functions"):
        for resource in desired(cloud.lab):
            if isinstance(resource, Function):
                _wait_for(cloud, resource.name)


def teardown(cloud: Cloud, plan: tuple[Step, ...], actual: Actual) -> Iterator[Progress]:
    """Carry out a plan of `planner.plan_down`."""
    return execute(cloud, plan, actual)


def _wait_for(cloud: Cloud, function: str) -> None:
    def ready() -> bool:
        found = find(cloud.functions.get_function, FunctionName=function)
        if found is None:
            return False
        now = found["Configuration"]
        return now.get("State") == "Active" and now.get("LastUpdateStatus") != "InProgress"

    cloud.wait(ready, f"function {function}")


def url(cloud: Cloud, actual: Actual) -> str | None:
    """Return the URL of a lab that exists, or None."""
    found = next((found for (kind, _), found in actual.ids.items() if kind == Api.kind), None)
    return cloud.lab.url(found, STAGE) if found else None


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
    made = url(cloud, look(cloud))
    assert made  # noqa: S101
    return made
