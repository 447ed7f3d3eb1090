"""Carries out a plan: as many steps at a time as AWS and the plan allow, and tells of each."""

from collections.abc import Callable, Generator, Iterable
from dataclasses import replace
from typing import Any, cast

from wschat.errors import WschatError
from wschat.lab import api_writer as _api_writer  # noqa: F401  it registers the parts of the API
from wschat.lab import function_writer as _function_writer  # noqa: F401  it registers the functions
from wschat.lab import writer
from wschat.lab.clock import Crew, Stopped
from wschat.lab.cloud import PATIENCE, Cloud, Doubt
from wschat.lab.found import Seen, assemble, part
from wschat.lab.model import Api, Resource
from wschat.lab.observer import observe
from wschat.lab.planner import not_ours
from wschat.lab.refusals import Trouble, translated
from wschat.lab.steps import Actual, Moment, Progress, Step, Verb

GRACE_S = 20.0
"""Seconds that others may still wait after a step failed: a new role is known by then, as a rule."""


def execute(
    cloud: Cloud, plan: Iterable[Step], actual: Actual, *, go_on: bool = False
) -> Generator[Progress, None, Seen]:
    """Carry out the steps of a plan; yield each as it begins, while it waits, and as it ends.

    Returns what its checks have seen.

    Steps of one lane come one after another, in the plan's order; a step comes after those that it
    names. After a step that fails none is begun, and those under way may wait for `GRACE_S` more; with
    `go_on` the others are tried all the same.

    Raises:
        WschatError: a step failed; what was done before it stays done, and the next plan starts there.
        Stopped: the person asked to stop.
    """
    waiting, under_way = list(plan), list[Step]()
    failed: BaseException | None = None
    pen, crew = writer.Pen(cloud, dict(actual.ids)), Crew[float](cloud.clock)
    while True:
        while not failed and not cloud.clock.stopped and crew.running < cloud.at_once:
            step = _next(waiting, under_way)
            if step is None:
                break
            waiting.remove(step)
            under_way.append(step)
            yield Progress(step, Moment.BEGUN)
            crew.start(step, _job(step, pen, crew))
        if not crew.running:
            break
        step, ended, news = crew.hear()
        if ended:
            under_way.remove(step)
        progress = _progress(step, news, ended=ended, go_on=go_on)
        yield progress
        if progress.moment is Moment.FAILED and not progress.error:
            failed = failed or cast("BaseException", news)
            crew.patience_ends = min(crew.patience_ends, cloud.clock.now() + GRACE_S)
    if failed:
        raise failed
    if cloud.clock.stopped:
        raise Stopped
    return pen.seen


def _next(waiting: list[Step], under_way: list[Step]) -> Step | None:
    """Return the first step whose lane is free, and nothing that it comes after is still to be done."""
    lanes = {step.resource.lane for step in under_way}
    unfinished = {step.resource.key for step in (*waiting, *under_way) if step.verb is not Verb.CHECK}
    for step in waiting:
        if step.resource.lane not in lanes and not step.after & unfinished:
            return step
        lanes.add(step.resource.lane)
    return None


def _progress(step: Step, news: Any, *, ended: bool, go_on: bool) -> Progress:  # noqa: ANN401  see Crew
    if not ended:
        return Progress(step, Moment.WAITING, seconds=news[1], waiting=news[0])
    if not isinstance(news, BaseException):
        return Progress(step, Moment.DONE, news)
    if isinstance(news, Stopped):
        return Progress(step, Moment.STOPPED)
    return Progress(step, Moment.FAILED, error=news if go_on and isinstance(news, WschatError) else None)


def _job(step: Step, pen: writer.Pen, crew: Crew[float]) -> Callable[[], float]:
    def on_wait(what: str, seconds: float) -> None:
        if pen.cloud.clock.now() > crew.patience_ends:
            raise Stopped
        crew.tell(step, (what, seconds))

    cloud = replace(pen.cloud, on_wait=on_wait)

    def job() -> float:
        start = cloud.clock.now()
        with translated(str(step)):
            carry_out(step, replace(pen, cloud=cloud))
        return cloud.clock.now() - start

    return job


def carry_out(step: Step, pen: writer.Pen) -> None:
    """Do one step. What a create may have made is looked for, and adopted if it is there."""
    if step.verb is Verb.CHECK:
        _check(step.resource, pen)
        return
    if step.verb is Verb.DELETE:
        writer.delete(step.resource, pen)
        return
    wanted, found, start = step.resource, step.found, pen.cloud.clock.now()
    while found != wanted:
        try:
            if found is None:
                writer.create(wanted, pen)
            else:
                writer.update(wanted, found, pen)
            return
        except Doubt as doubt:
            patience = PATIENCE[Trouble.BUSY if doubt.taken else Trouble.UNSURE]
            if pen.cloud.clock.now() - start > patience:
                raise doubt.error from None
            found = _look_for(wanted, pen, doubt)


def _check(resource: Resource, pen: writer.Pen) -> None:
    """Look at what was made, when AWS's reads have caught up with it, and it is ready."""
    cloud = pen.cloud
    until = cloud.clock.now() + cloud.manners.lag
    while True:
        pen.seen.update(
            observe(cloud, pen.parts(resource) if isinstance(resource, Api) else [part(resource)])
        )
        if pen.seen[part(resource)] or cloud.clock.now() >= until:
            return
        cloud.pause(0.5, "AWS to show it")


def _look_for(wanted: Resource, pen: writer.Pen, doubt: Doubt) -> Resource | None:
    """Look for something that may have been made, as long as AWS's reads may lag behind its writes.

    Raises:
        NotOursError: somebody else made it.
    """
    cloud, key, start = pen.cloud, wanted.key, pen.cloud.clock.now()
    while True:
        cloud.pause(min(1.0, cloud.manners.lag) or 0.05, "whether it was made")
        so_far = cloud.clock.now() - start  # when the look begins: it may take longer than the lag
        actual = assemble(observe(cloud, pen.parts(wanted)))
        if found := actual.resources.get(key):
            pen.ids.update({each: which for each, which in actual.ids.items() if each == key})
            return found
        if key in {stranger.key for stranger in actual.strangers}:
            if so_far >= cloud.manners.lag:  # before, its tags may just not be seen yet
                raise not_ours([wanted], where=f"create {wanted.kind} {wanted.name}")
        elif so_far >= (20 if doubt.taken else cloud.manners.lag):
            return None
