"""Carries out a plan: as many steps at a time as AWS and the plan allow, and reports each."""

import math
from collections.abc import Generator, Iterable
from dataclasses import replace
from functools import partial

from wschat.errors import NotOursError, WschatError
from wschat.lab import inventory
from wschat.lab.aws.cloud import Cloud, OutcomeUnknown
from wschat.lab.aws.errors import translated
from wschat.lab.aws.roles import Role
from wschat.lab.aws.tags import Tagged
from wschat.lab.blueprint import blueprint
from wschat.lab.clock import Channel, Stopped
from wschat.lab.inventory import Snapshot
from wschat.lab.model.actual import Actual
from wschat.lab.model.resource import Resource
from wschat.lab.plan import Phase, Progress, Step, Verb, sorter, unmanaged_error
from wschat.retry import POLICIES, Failure

Event = tuple[Progress, BaseException | None]
"""How far a step has come, and the error that is to end the plan."""
GRACE_S = 20.0
"""Seconds that others may still wait after a step failed: a new role is known by then, as a rule."""


def execute(
    cloud: Cloud, plan: Iterable[Step], actual: Actual, *, go_on: bool = False
) -> Generator[Progress, None, Snapshot]:
    """Carry out the steps of a plan; yield each as it begins, while it waits, and as it ends.

    Returns what its checks have seen.

    Steps with one lock key come one after another, in the plan's order; a step comes after those that it
    names. After a step that fails none is begun, and those under way may wait for `GRACE_S` more; with
    `go_on` the others are tried all the same.

    Raises:
        WschatError: a step failed; what was done before it stays done, and the next plan starts there.
        Stopped: the person asked to stop.
    """
    cloud, observed = replace(cloud, ids=dict(actual.ids)), Snapshot()
    events: Channel[Event] = cloud.clock.channel()
    failed, deadline = None, math.inf

    def work(step: Step) -> None:
        def on_wait(why: str, seconds: float) -> None:
            if cloud.clock.now() > deadline:
                raise Stopped
            events.put((Progress(step, Phase.WAITING, seconds, why), None))

        events.put(_end(step, replace(cloud, on_wait=on_wait), observed, go_on=go_on))

    steps, ready, under_way = sorter(plan), list[Step](), 0
    steps.prepare()
    while True:
        ready += steps.get_ready()
        while ready and not failed and not cloud.clock.stopped and under_way < cloud.workers:
            step = ready.pop(0)
            yield Progress(step, Phase.BEGUN)
            cloud.clock.start(partial(work, step))
            under_way += 1
        if not under_way:
            break
        progress, error = events.take()
        if progress.phase is not Phase.WAITING:
            steps.done(progress.step)
            under_way -= 1
        if error and not failed:
            failed, deadline = error, cloud.clock.now() + GRACE_S
        yield progress
    if failed or cloud.clock.stopped:
        raise failed or Stopped
    return observed


def _end(step: Step, cloud: Cloud, observed: Snapshot, *, go_on: bool) -> Event:
    """Carry out a step; return how it ended."""
    start = cloud.clock.now()
    try:
        with translated(str(step)):
            carry_out(step, cloud, observed)
    except Stopped:
        return Progress(step, Phase.STOPPED), None
    except BaseException as error:  # noqa: BLE001  raised again by who waits for it
        if go_on and isinstance(error, WschatError):
            return Progress(step, Phase.GIVEN_UP, error=error), None
        return Progress(step, Phase.FAILED), error
    return Progress(step, Phase.DONE, cloud.clock.now() - start), None


def carry_out(step: Step, cloud: Cloud, observed: Snapshot) -> None:
    """Do one step. What a create may have made is looked for, and adopted if it is there."""
    if step.verb is Verb.CHECK:
        _check(step.resource, cloud, observed)
        return
    if step.verb is Verb.DELETE:
        step.resource.delete(cloud)
        return
    if step.verb is Verb.ADOPT and isinstance(step.resource, Tagged):
        step.resource.tag(cloud, step.resource.all_tags(cloud))
        return
    wanted, found, start, unseen = step.resource, step.found, cloud.clock.now(), False
    while found is None or wanted.differences(found):
        try:
            if found is None:
                wanted.create(cloud)
            else:
                wanted.update(found, cloud)
            return
        except OutcomeUnknown as unknown:
            patience = POLICIES[Failure.CONFLICT if unknown.exists else Failure.NO_ANSWER].patience
            if cloud.clock.now() - start > patience:
                raise unknown.error from None
            if unseen and unknown.exists and isinstance(wanted, Role):
                raise NotOursError(
                    "IAM says that it exists and does not show it, as where somebody has it in other"
                    " capitals",
                    where=str(step),
                    hint="take a --prefix that differs in more than capitals, or run the same command again"
                    " in a minute",
                ) from unknown.error
            found, unseen = _look_for(wanted, cloud, unknown), unknown.exists


def _check(resource: Resource, cloud: Cloud, observed: Snapshot) -> None:
    """Look at what was made, when AWS's reads have caught up with it, and it is ready."""
    for _ in cloud.looks("AWS to show it", cloud.pacing.read_lag):
        observed.update(inventory.read(cloud, resource.read_keys))
        if observed[resource.read_key]:
            return


def _look_for(wanted: Resource, cloud: Cloud, unknown: OutcomeUnknown) -> Resource | None:
    """Look for something that may have been made, as long as AWS's reads may lag behind its writes.

    Raises:
        NotOursError: somebody else made it.
    """
    key, desired, start = wanted.key, blueprint(cloud.lab), cloud.clock.now()
    while True:
        cloud.pause(min(1.0, cloud.pacing.read_lag) or 0.05, "it may have been made: looking")
        so_far = cloud.clock.now() - start  # when the look begins: it may take longer than the lag
        actual = inventory.read(cloud, wanted.read_keys).actual(desired)
        if found := actual.resources.get(key):
            cloud.ids.update({each: which for each, which in actual.ids.items() if each == key})
            return found
        if key in {each.key for each in actual.unmanaged}:
            if so_far >= cloud.pacing.read_lag:  # before, its tags may just not be seen yet
                raise unmanaged_error([wanted], where=f"create {wanted.kind} {wanted.name}")
        elif so_far >= (20 if unknown.exists else cloud.pacing.read_lag):
            return None
