"""Carries out a plan, step by step, and tells of each."""

from collections.abc import Iterable, Iterator

from wschat.errors import WschatError
from wschat.lab import api_writer as _api_writer  # noqa: F401  it registers the parts of the API
from wschat.lab import writer
from wschat.lab.cloud import Cloud, translated
from wschat.lab.model import Actual, Progress, Step, Verb


def execute(cloud: Cloud, plan: Iterable[Step], actual: Actual, *, go_on: bool = False) -> Iterator[Progress]:
    """Carry out the steps of a plan in their order; yield each as it begins and as it ends.

    With `go_on` a step that fails ends with its error, and the others are tried all the same.

    Raises:
        WschatError: a step failed; what was done before it stays done, and the next plan starts there.
    """
    pen = writer.Pen(cloud, dict(actual.ids))
    for step in plan:
        start, error = cloud.clock(), None
        yield Progress(step)
        try:
            with translated(f"{step.verb} {step.resource.kind} {step.resource.name}"):
                _carry_out(step, pen)
        except WschatError as failed:
            if not go_on:
                raise
            error = failed
        yield Progress(step, cloud.clock() - start, error)


def _carry_out(step: Step, pen: writer.Pen) -> None:
    if step.verb is Verb.CREATE:
        writer.create(step.resource, pen)
    elif step.verb is Verb.UPDATE:
        writer.update(step.resource, step.found, pen)
    else:
        writer.delete(step.resource, pen)
