"""Carries out a plan, step by step, and tells of each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from wschat.lab import api_writer as _api_writer  # noqa: F401  it registers the parts of the API
from wschat.lab import writer
from wschat.lab.cloud import Cloud, translated
from wschat.lab.model import Actual, Step, Verb


@dataclass(frozen=True)
class Progress:
    """A step began (`seconds` is None), or ended after so many seconds."""

    step: Step
    seconds: float | None = None


def execute(cloud: Cloud, plan: Iterable[Step], actual: Actual) -> Iterator[Progress]:
    """Carry out the steps of a plan in their order; yield each as it begins and as it ends.

    Raises:
        WschatError: a step failed; what was done before it stays done, and the next plan starts there.
    """
    pen = writer.Pen(cloud, dict(actual.ids))
    for step in plan:
        start = cloud.clock()
        yield Progress(step)
        with translated(f"{step.verb} {step.resource.kind} {step.resource.name}"):
            if step.verb is Verb.CREATE:
                writer.create(step.resource, pen)
            elif step.verb is Verb.UPDATE:
                writer.update(step.resource, step.found, pen)
            else:
                writer.delete(step.resource, pen)
        yield Progress(step, cloud.clock() - start)
