"""Labs in the emulator, for tests."""

from collections.abc import Callable, Generator
from dataclasses import replace
from typing import Any, TypeVar

from wschat.lab import engine, inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.model.actual import Actual
from wschat.lab.plan import Progress, Step, plan_down

T = TypeVar("T")


def lab_of(cloud: Cloud, **changed: Any) -> Cloud:  # noqa: ANN401  as the lab's fields are
    """Return the same clients for a lab of which something is another: its prefix, or who may connect."""
    return replace(cloud, lab=replace(cloud.lab, **changed), ids={})


def drain(progress: Generator[Progress, None, T], hear: Callable[[Progress], None] = lambda _: None) -> T:
    """Let a run go to its end, and hear what it tells on the way; return what it leads to."""
    while True:
        try:
            hear(next(progress))
        except StopIteration as end:
            outcome: T = end.value
            return outcome


def provisioning(cloud: Cloud) -> Generator[Progress, None, engine.Outcome]:
    """Look, plan, and carry it out, as the command does."""
    actual = inventory.look(cloud)
    return (yield from engine.provision(cloud, engine.plan_up(cloud, actual), actual))


def tearing_down(cloud: Cloud) -> Generator[Progress, None, engine.Outcome]:
    """Look, and remove what there is, as the command does."""
    actual = engine.look_for_rest(cloud)
    return (yield from engine.teardown(cloud, plan_down(actual), actual))


def provision(cloud: Cloud) -> str:
    """Provision a lab, whatever there is of it; return its URL."""
    actual, left = drain(provisioning(cloud))
    assert left == ()
    url = engine.url(cloud, actual)
    assert url
    return url


def tear_down(cloud: Cloud) -> Actual:
    """Tear a lab down; return what is left of it."""
    return drain(tearing_down(cloud))[0]


def plan(cloud: Cloud) -> tuple[Step, ...]:
    """Look, and return what provision would do."""
    return engine.plan_up(cloud, inventory.look(cloud))
