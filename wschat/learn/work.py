"""Does one lesson alone, with the engine that provisions; adopts what was made by hand; shows each call."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from wschat.errors import AwsError, NotOfferedError, UsageError
from wschat.lab import engine, inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.roles import Role
from wschat.lab.aws.websocket_api import API_NAME, Api
from wschat.lab.blueprint import DESCRIPTIONS, TRUST, given_role
from wschat.lab.executor import execute
from wschat.lab.model.actual import Actual
from wschat.lab.model.lab import OPEN, Lab
from wschat.lab.model.resource import canonical
from wschat.lab.permissions import preflight
from wschat.lab.plan import Progress, Step, Verb, changes, checked
from wschat.learn.lesson import Lesson
from wschat.learn.progress import Fault, Standing

READS = ("Get", "List", "Describe", "Head")
NAMED_BY = (
    *("TableName", "RoleName", "FunctionName", "logGroupName", "RouteKey", "StageName", "Name"),
    *("Description", "IntegrationType", "RouteResponseKey", "IntegrationResponseKey"),
    *("RouteId", "IntegrationId", "DeploymentId", "ApiId", "ResourceArn", "Resource", "resourceArn"),
)
"""The parameters that may say what a call is about, the first that it has."""


def adopting(cloud: Cloud) -> Cloud:
    """Return the same clients for a lab that counts as its own what was made by hand."""
    return replace(cloud, lab=replace(cloud.lab, adopts=True))


def look(cloud: Cloud, lessons: tuple[Lesson, ...]) -> Standing:
    """Look at what exists, made by hand or not, and at a role that was given; compare it with the lessons."""
    there = _standing(cloud, lessons, inventory.look(adopting(cloud)))
    return replace(there, role=_wrong_with_role(cloud, there.lab))


def _wrong_with_role(cloud: Cloud, lab: Lab) -> Fault | None:
    """Return what is wrong with the role that was given to all functions, if one was."""
    try:
        preflight.with_role(cloud, lab.choices)
    except UsageError as error:
        _, name = given_role(lab)
        return Fault(Role(name=name, trust=canonical(TRUST)), "", error.what, error.hint)
    return None


def _standing(cloud: Cloud, lessons: tuple[Lesson, ...], actual: Actual) -> Standing:
    """Compare what exists with the lessons.

    Anyone may connect unless somebody chose otherwise: of an API that was made by hand nobody did.
    """
    lab = engine.as_chosen(cloud, actual).lab
    api = actual.resources.get((Api.kind, lab.name(API_NAME)))
    if getattr(api, "description", None) not in DESCRIPTIONS.values():
        lab = replace(lab, authorization=lab.authorization or OPEN)
    return Standing(lessons, lab, engine.desired(lab, actual), actual)


def check_possible(there: Standing, lesson: Lesson) -> None:
    """Check that a lesson can be done.

    Raises:
        UsageError: another one comes before it.
        AwsError: something exists that can't be changed in place, or is another lab's.
    """
    if earlier := there.before(lesson):
        fault = there.faults(earlier)[0]
        what = f"{fault.resource.kind} {fault.resource.name}"
        raise UsageError(
            f"lesson {earlier.number} ({earlier.id}) comes before it: {what}: {fault.says}",
            where=f"lesson {lesson.number} ({lesson.id})",
            hint=f"`wschat learn do {earlier.id}` does it, or do it by hand",
        )
    for fault in there.faults(lesson):
        theirs = fault.resource in (*there.actual.unmanaged, *there.actual.unknown)
        if theirs or fault.attribute in fault.resource.fixed:
            what = f"{fault.resource.kind} {fault.resource.name}"
            raise AwsError(fault.says, where=f"{what}, before the first step", hint=fault.mend)


def do(
    cloud: Cloud, there: Standing, lesson: Lesson, steps: Sequence[Step]
) -> Generator[Progress, None, Standing]:
    """Carry out the steps of a lesson, remove what they replaced, and look until all is seen that they made.

    Raises:
        AwsError: a step failed.
        Stopped: the person asked to stop.
    """
    cloud = engine.as_chosen(cloud, there.actual)
    try:
        yield from _execute(cloud, there, lesson, steps)
    except NotOfferedError as error:
        cloud = engine.with_other_hardware(cloud, error)
        there = look(cloud, there.lessons)
        yield from _execute(cloud, there, lesson, changes(there.steps(lesson)))
    for _ in cloud.looks("AWS does not show yet what was made", engine.SETTLE_S):
        there = look(cloud, there.lessons)
        if not (left := there.steps(lesson)):
            break
        if all(step.verb is Verb.DELETE for step in left):
            yield from _execute(cloud, there, lesson, left)
    return there


def _execute(
    cloud: Cloud, there: Standing, lesson: Lesson, steps: Sequence[Step]
) -> Generator[Progress, None, object]:
    return execute(adopting(cloud), checked(tuple(steps), there.wanted(lesson)), there.actual)


@contextmanager
def watched(cloud: Cloud, show: Callable[[str], None]) -> Iterator[None]:
    """Show each call that changes something, as it begins: its service, its operation, what it is about.

    One that is tried again, as until AWS has caught up with itself, is shown once.
    """
    begun = list[tuple[str, Mapping[str, Any]]]()

    def on_call(params: Mapping[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401  botocore's
        if not model.name.startswith(READS) and (model.name, params) not in begun:
            begun.append((model.name, {**params}))
            about = next((str(params[name]) for name in NAMED_BY if params.get(name)), "")
            show(f"{model.service_model.service_name} {model.name} {about}".strip())

    clients = (cloud.dynamodb, cloud.iam, cloud.functions, cloud.logs, cloud.api)
    for client in clients:
        client.meta.events.register("before-parameter-build", on_call)
    try:
        yield
    finally:
        for client in clients:
            client.meta.events.unregister("before-parameter-build", on_call)
