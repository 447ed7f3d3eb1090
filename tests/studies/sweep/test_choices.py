"""What was chosen for a lab outlives a run that is killed; else the next one says what to type."""

import pytest

from tests.studies.sweep.cases import DEATH, Case
from tests.studies.sweep.trials import Failing, die
from tests.studies.sweep.world import LAG_S, TIMES, Death, Fails, World
from tests.support.labs import drain, lab_of, provision, provisioning
from tests.support.plane.embedded import Embedded
from tests.support.plane.faults import Fault
from tests.support.plane.wire import Call
from wschat.errors import UsageError, WschatError
from wschat.lab import engine, inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.blueprint import TRUST
from wschat.lab.chosen.choices import Choices
from wschat.lab.model.resource import canonical

GIVEN = "arn:aws:iam::000000000000:role/given"
BOUNDED = Choices(boundary="arn:aws:iam::aws:policy/ReadOnlyAccess", tags=(("owner", "ann"),), throttle="1/9")
SHARED = Choices(role=GIVEN, throttle="1/9")
CHOICES = pytest.mark.parametrize("choices", [BOUNDED, SHARED], ids=["own roles", "a given role"])


def stopped(
    ministack: Embedded, choices: Choices, fails: Fails, *, there: bool = False
) -> tuple[Cloud, list[str]]:
    """Let a provision with choices fail; `there`, of a lab without any.

    Returns the lab as a run without options sees it, and what was written.
    """
    ministack.empty()
    world = World(ministack, times=TIMES)
    world.cloud.iam.create_role(RoleName="given", AssumeRolePolicyDocument=canonical(TRUST))
    if there:
        provision(world.cloud)
    world.clock.sleep(LAG_S)
    world.plane.fault, world.plane.on_kill, done = fails, die, len(world.plane.calls)
    with pytest.raises((Death, WschatError)):
        drain(provisioning(lab_of(world.cloud, choices=choices)))
    world.plane.fault = lambda _: None
    world.clock.sleep(LAG_S)
    return world.cloud, [call.operation for call in world.plane.calls[done:] if call.write]


def killed_at(write: int) -> Fails:
    """Return what kills a run at its write of that number."""
    failing = Failing(Case("provision", write, DEATH))
    return lambda call: failing(call) if call.write or failing.caught else None


def test_after_the_first_role(embedded: Embedded) -> None:
    """A role that was made alone shows what was chosen for it; that has to be typed again."""
    cloud, written = stopped(embedded, BOUNDED, killed_at(1))
    assert written == ["CreateRole"]
    with pytest.raises(UsageError, match="ReadOnlyAccess --tag owner=ann, and no table"):
        engine.plan_up(cloud, inventory.look(cloud))


@CHOICES
def test_after_the_first_table(embedded: Embedded, choices: Choices) -> None:
    """The next run goes on as it was chosen."""
    cloud, written = stopped(embedded, choices, killed_at(1 if choices.role else 2))
    assert written[-1] == "CreateTable"
    actual = inventory.look(cloud)
    assert actual.choices.options == choices.options
    assert engine.plan_up(cloud, actual)


@CHOICES
@pytest.mark.parametrize("there", [False, True], ids=["a new lab", "one that was there"])
def test_without_tables(embedded: Embedded, choices: Choices, *, there: bool) -> None:
    """As long as no table keeps what was chosen, nothing is made by it but the role that is tried first."""

    def fails(call: Call) -> Fault | None:
        return Fault.THROTTLED if call.service == "dynamodb" and call.write else None

    cloud, written = stopped(embedded, choices, fails, there=there)
    tried = {"CreateRole"} if choices == BOUNDED and not there else set[str]()
    assert {*written} - {"CreateTable", "TagResource"} == tried
    assert inventory.look(cloud).choices.options == []
