"""Carrying out a plan: what waits for what, and what a step that fails means for the others."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Self

import pytest

from tests.support.plane.clock import VirtualClock
from wschat.errors import AwsError
from wschat.lab.aws.cloud import Cloud
from wschat.lab.clock import Stopped
from wschat.lab.executor import GRACE_S, execute
from wschat.lab.model.actual import Actual, Observed
from wschat.lab.model.lab import Lab
from wschat.lab.model.resource import Key, Resource, Task
from wschat.lab.plan import Phase, Step, Verb

NOBODY: Any = None
"""In the place of a client: nothing is asked of AWS here."""


@dataclass(frozen=True, kw_only=True)
class Thing(Resource):
    """A kind of resource whose changes only take their time, second by second, or fail at the end of it."""

    kind = "thing"
    task = Task.TABLES
    seconds: int = 1
    fails: bool = False
    lock: str = ""
    after: tuple[str, ...] = ()

    @property
    def depends_on(self) -> tuple[Key, ...]:
        return tuple((self.kind, each) for each in self.after)

    @property
    def lock_key(self) -> Key:
        return (self.kind, self.lock or self.name)

    @classmethod
    def read(cls, _cloud: Cloud, _name: str) -> Iterator[Observed]:
        return iter(())

    def create(self, cloud: Cloud) -> None:
        for second in range(self.seconds):
            cloud.pause(1, "nothing", second)
        if self.fails:
            raise AwsError(f"{self.name} failed")

    def update(self, _found: Self, cloud: Cloud) -> None:
        self.create(cloud)

    def delete(self, cloud: Cloud) -> None:
        self.create(cloud)


@pytest.fixture
def cloud() -> Cloud:
    """Clients that nobody uses, on a clock that jumps."""
    lab = Lab(account="123456789012", region="us-east-1")
    return Cloud(lab, NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, clock=VirtualClock(), workers=4)


def create(name: str, *after: str, **how: Any) -> Step:  # noqa: ANN401  what a Thing takes
    """Return a step, which comes after those of other things."""
    return Step(Verb.CREATE, Thing(name=name, after=after, **how))


def run(cloud: Cloud, plan: Iterable[Step], *, go_on: bool = False) -> dict[tuple[str, Phase], float]:
    """Carry out a plan; return when each step came to each phase, and at the end the error that it raised."""
    reached, steps = dict[tuple[str, Phase], float](), execute(cloud, plan, Actual(), go_on=go_on)
    try:
        for progress in steps:
            reached.setdefault((progress.step.resource.name, progress.phase), cloud.clock.now())
    except (AwsError, Stopped) as error:
        reached[str(error) or "stopped", Phase.FAILED] = cloud.clock.now()
    return reached


def test_what_waits_for_what(cloud: Cloud) -> None:
    """Steps go on at the same time, but for those of one lock, and those that come after others."""
    plan = [
        create("a", seconds=3),
        create("b", lock="l"),
        create("c", lock="l"),
        create("d", "a"),
        create("e", "nobody"),
    ]
    reached = run(cloud, plan)
    assert {name: when for (name, phase), when in reached.items() if phase is Phase.BEGUN} == {
        "a": 0,
        "b": 0,
        "e": 0,
        "c": 1,
        "d": 3,
    }
    assert sum(phase is Phase.DONE for _, phase in reached) == 5


def test_so_many_at_a_time(cloud: Cloud) -> None:
    """There are no more threads than there may be."""
    reached = run(cloud, [create(str(number)) for number in range(9)])
    assert sorted(when for (_, phase), when in reached.items() if phase is Phase.BEGUN) == [0] * 4 + [
        1
    ] * 4 + [2]


def test_a_step_fails(cloud: Cloud) -> None:
    """None is begun after it; those under way may end, or wait for a while; then the error is raised."""
    plan = [
        create("bad", seconds=2, fails=True),
        create("short", seconds=5),
        create("long", seconds=99),
        create("next", "short"),
        create("after", "bad"),
    ]
    reached = run(cloud, plan)
    assert reached["bad", Phase.FAILED] == 2
    assert reached["short", Phase.DONE] == 5
    assert 2 + GRACE_S <= reached["long", Phase.STOPPED] <= 2 + GRACE_S + 1
    assert not {("next", Phase.BEGUN), ("after", Phase.BEGUN)} & reached.keys()
    assert ("bad failed", Phase.FAILED) in reached


def test_going_on(cloud: Cloud) -> None:
    """Where a teardown goes on, what fails is reported, and the others are tried, those after it too."""
    reached = run(
        cloud, [create("bad", fails=True), create("other", seconds=40), create("after", "bad")], go_on=True
    )
    assert [phase for name, phase in reached if name == "bad"] == [Phase.BEGUN, Phase.WAITING, Phase.GIVEN_UP]
    assert {("other", Phase.DONE), ("after", Phase.DONE)} <= reached.keys()


def test_stopped(cloud: Cloud) -> None:
    """When the person asks to stop, what waits stops, and nothing is begun."""

    def stop() -> None:
        cloud.clock.sleep(1.5)
        cloud.clock.stop()

    cloud.clock.start(stop)
    reached = run(cloud, [create("long", seconds=99), create("next", "long")])
    assert reached["long", Phase.STOPPED] == 2
    assert ("stopped", Phase.FAILED) in reached
    assert ("next", Phase.BEGUN) not in reached
