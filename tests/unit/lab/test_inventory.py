"""Every lab of an account: those that are there, if only in part, and nothing else."""

from dataclasses import replace
from itertools import count

import boto3
import pytest

from tests.support.labs import drain, tear_down
from tests.support.plane.clock import VirtualClock
from tests.support.plane.embedded import Embedded
from tests.support.plane.faults import Fault
from tests.support.plane.plane import Plane
from tests.support.plane.rates import NO_DELAY
from tests.support.plane.wire import Call
from tests.support.terminal import terminal, wschat
from wschat.lab import engine, inventory
from wschat.lab.aws.cloud import AWS_PACING, Cloud
from wschat.lab.aws.log_groups import LogGroup
from wschat.lab.aws.roles import Role
from wschat.lab.aws.session import connect
from wschat.lab.aws.tables import Table
from wschat.lab.aws.websocket_api import Api
from wschat.lab.clock import Clock
from wschat.lab.executor import execute
from wschat.lab.model import Actual, Resource
from wschat.local.join import LocalLab
from wschat.target import Target

REGIONS = (f"eu-test-{number}" for number in count(1))
FOREIGN = "some/other/"


def make(cloud: Cloud, prefix: str, *kinds: type[Resource]) -> Cloud:
    """Make the first of each of these kinds of a lab, as a run that was stopped then; return the lab."""
    cloud = replace(cloud, lab=replace(cloud.lab, prefix=prefix))
    plan = engine.plan_up(cloud, Actual())
    for kind in kinds:
        step = next(step for step in plan if isinstance(step.resource, kind))
        drain(execute(cloud, [step], Actual()))
    return cloud


def test_what_is_left_of_labs(embedded: Embedded) -> None:
    """A lab of which one thing is left is found, in lists of many pages, the oldest first; no stranger is."""
    clock = VirtualClock()
    plane = Plane(embedded.endpoint, clock, backend=embedded)
    here = Target(endpoint_url=embedded.endpoint)
    cloud = connect(here, plane.session(region=next(REGIONS)), clock, AWS_PACING)
    there = connect(here, plane.session(region=next(REGIONS)), clock, AWS_PACING)
    renamed = make(cloud, "api-", Api)
    make(there, "far-", Role)
    for prefix, kind in (("role-", Role), ("table-", Table), ("log-", LogGroup)):
        make(cloud, prefix, kind)
    (api,) = inventory.look_to_remove(renamed).ids.values()
    cloud.api.update_api(ApiId=api, Name="renamed")
    for name in ("Connect", "strange-Connect", f"{FOREIGN}Connect"):
        cloud.logs.create_log_group(logGroupName=f"/aws/lambda/{name}")
    clock.sleep(5)
    before, told = len(plane.calls), list[str]()
    labs, _ = inventory.find_labs(cloud, told.append)
    assert {each.lab.prefix: len(actual.resources) for each, actual in labs} == {
        "api-": 1,
        "role-": 1,
        "table-": 1,
        "log-": 1,
    }
    order = [each.lab.prefix for each, _ in labs]
    assert order.index("api-") < order.index("role-")
    assert {"prefix api-", "prefix far-"} < {line.partition(" (")[0] for line in told}
    assert not any(FOREIGN in call.resource for call in plane.calls[before:] if call.service != "logs")


@pytest.fixture
def region(account: None, monkeypatch: pytest.MonkeyPatch) -> str:  # noqa: ARG001
    """A region in which nobody has anything yet, where the person works."""
    region = next(REGIONS)
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    return region


def test_teardown_of_all(emulator: LocalLab, cloud: Cloud, region: str) -> None:
    """All labs of the region are listed, and removed when their number is typed, and not before."""
    here = connect(Target(endpoint_url=emulator.endpoint), boto3.Session(region_name=region))
    elsewhere = make(cloud, "b-", Role)
    make(here, "a-", Table, LogGroup)
    make(here, "c-", Role)
    question = f"Remove all from account 000000000000, region {region}? Type how many:"
    for answer, code in (("\x03", 130), ("3\r", 0)):
        with terminal("teardown", "--all") as person:
            person.until(question)
            person.press(answer)
            assert person.end() == code
            assert "Nothing was changed." in person.text.replace("\n", "")
    with terminal("teardown", "--all") as person:
        shown = person.until(question)
        assert "to delete" in shown, "as the plan of each will call it"
        rows = [line.split(maxsplit=2) for line in shown.splitlines() if line[1:3] == "- "]
        assert sorted(rows) == [["a-", "2", "less than a minute"], ["c-", "1", "less than a minute"]]
        person.type("2")
        assert person.end() == 0
        assert str(person).count("Looked again: nothing is left.") == 2
    assert inventory.find_labs(here) == ([], [])
    assert inventory.look_to_remove(elsewhere).resources


def test_some_that_cannot_be_removed(emulator: LocalLab, cloud: Cloud, region: str) -> None:
    """What goes wrong with a lab, before or in the middle, is told with its name; the next one is removed."""
    plane = Plane(emulator.endpoint, Clock(), times=NO_DELAY)
    here = connect(Target(endpoint_url=emulator.endpoint), boto3.Session(region_name=region))
    kinds: dict[str, type[Resource]] = {"closed": LogGroup, "kept": LogGroup, "left": Role, "open": Role}
    labs = [make(here, f"{cloud.lab.prefix}{name}-", kind) for name, kind in kinds.items()]
    closed, kept, left, opened = (lab.lab.prefix for lab in labs)

    def forbid(call: Call) -> Fault | None:
        denied = {("ListTagsForResource", closed), ("DeleteLogGroup", kept)}
        if any(each.operation == "DeleteRole" and left in each.resource for each in plane.calls):
            denied.add((call.operation, left))
        is_denied = any(call.operation == operation and of in call.resource for operation, of in denied)
        return Fault.DENIED if is_denied else None

    plane.fault = forbid
    with plane.listening() as url:
        done = wschat("teardown", "--all", "--yes", AWS_ENDPOINT_URL=url)
    assert done.returncode == 4
    assert f"Error: prefix {closed}, looking at what exists: " in done.stderr
    assert "logs:ListTagsForResource" in done.stderr
    for prefix, told in (
        (kept, "Looked again: this is left."),
        (left, "Error: looking at what exists: "),
        (opened, "Looked again: nothing is left."),
    ):
        assert told in done.stderr.partition(f"Prefix {prefix}")[2].partition("Prefix ")[0]
    assert {each.lab.prefix for each, _ in inventory.find_labs(here)[0]} == {closed, kept, left}
    for lab in labs:
        tear_down(lab)
