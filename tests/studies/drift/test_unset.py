"""What decides how a lab works, changed by hand all at once: it is seen, mended or told, and torn down.

`python -m tests.studies.drift` changes one after another, with the calls that each takes.
"""

import re

import pytest

from tests.studies.drift.house import House
from tests.studies.drift.unset import ADMINISTRATOR, MENDED, TOLD, at_once
from tests.support.labs import tear_down
from tests.support.plane.embedded import Embedded
from tests.support.plane.faults import Fault
from wschat.cli import report
from wschat.lab import engine, inventory
from wschat.lab.plan import Verb


@pytest.fixture(scope="module")
def house(embedded: Embedded) -> House:
    embedded.empty()
    return House(embedded, "decides-")


def test_what_nobody_may_see(house: House) -> None:
    """It is one note for each list, whatever there are of roles and functions, and hides nothing else."""
    attached, reserved = (
        next(each for each in MENDED if each.found == found) for found in ((ADMINISTRATOR,), 5)
    )
    for case in (attached, reserved):
        house.change(case)
    hidden = {"ListAttachedRolePolicies", "ListFunctionUrlConfigs", "ListEventSourceMappings"}
    house.plane.fault = lambda call: Fault.DENIED if call.operation in hidden else None
    try:
        assert house.differences().keys() == {house.expected(reserved)[0]}
    finally:
        house.plane.fault = lambda _: None
    assert [note.rpartition(":")[2] for note in sorted(house.cloud.notes)] == sorted(hidden, key=str)
    assert house.differences().keys() == {house.expected(case)[0] for case in (attached, reserved)}
    assert house.mend() == ()


def test_at_once(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """All of them are seen, in words; what is ours is mended, and only what is not is left."""
    cases = at_once((*MENDED, *TOLD))
    for case in cases:
        house.change(case)
    seen, actual = house.differences(), inventory.look(house.cloud)
    report.show_status(engine.desired(house.cloud.lab, actual), tuple(seen.values()), actual)
    said = " ".join(capsys.readouterr().out.split())
    for case in cases:
        key, found = house.expected(case)
        assert seen[key].differences[case.attribute][1] == found, case.words
        of_a_route = r"(\w+ throttling_\w+ )?"
        assert re.search(f"{case.attribute}: {of_a_route}is ", said), case.words
    assert "AdministratorAccess" in said
    left = house.mend()
    assert {step.verb for step in left} == {Verb.LEAVE}
    assert [sorted(step.differences) for step in left] == [
        sorted(case.attribute for case in TOLD if house.expected(case)[0] == step.resource.key)
        for step in left
    ]
    start = house.clock.now()
    assert house.mend() == left
    assert house.clock.now() - start < engine.SETTLE_S, "it is not waited for to go away"
    for case in at_once(MENDED):
        house.change(case)
    assert tear_down(house.cloud).resources == {}
    assert house.cloud.functions.list_event_source_mappings()["EventSourceMappings"] == []
