"""What was read adds up to what exists: of one lab, and of every lab of an account, and nothing else."""

from dataclasses import replace
from itertools import count

import boto3
import pytest

from tests.support.labs import tear_down
from tests.support.plane.clock import VirtualClock
from tests.support.plane.embedded import Embedded
from tests.support.plane.faults import Fault
from tests.support.plane.plane import Plane
from tests.support.plane.rates import NO_DELAY
from tests.support.plane.wire import Call
from tests.support.terminal import terminal, wschat
from tests.unit.lab.conftest import make
from wschat.lab import inventory
from wschat.lab.aws.cloud import AWS_PACING, Cloud
from wschat.lab.aws.functions import ROLE_DELETED, Function
from wschat.lab.aws.log_groups import LogGroup
from wschat.lab.aws.roles import Policy, Role
from wschat.lab.aws.routes import Integration, Route
from wschat.lab.aws.session import connect
from wschat.lab.aws.tables import Table
from wschat.lab.aws.websocket_api import Api
from wschat.lab.blueprint import blueprint
from wschat.lab.clock import Clock
from wschat.lab.inventory import Snapshot
from wschat.lab.model import Lab, Observed, Resource
from wschat.local.join import LocalLab
from wschat.target import Target

REGIONS = (f"eu-test-{number}" for number in count(1))
FOREIGN = "some/other/"
LAB = Lab(account="0" * 12, region="us-east-1")
DESIRED = blueprint(LAB)


def test_what_is_left_of_labs(embedded: Embedded) -> None:
    """A lab of which one thing is left is found, in lists of many pages, the oldest first; no stranger is."""
    clock = VirtualClock()
    plane = Plane(embedded.endpoint, clock, backend=embedded)
    here = Target(endpoint_url=embedded.endpoint)
    cloud = connect(here, plane.session(region=next(REGIONS)), clock, AWS_PACING)
    there = connect(here, plane.session(region=next(REGIONS)), clock, AWS_PACING)
    renamed = make(cloud, Api, prefix="api-")
    make(there, Role, prefix="far-")
    for prefix, kind in (("role-", Role), ("table-", Table), ("log-", LogGroup)):
        make(cloud, kind, prefix=prefix)
    (api,) = inventory.look(renamed, to_remove=True).ids.values()
    cloud.api.update_api(ApiId=api, Name="renamed")
    for name in ("Connect", "strange-Connect", f"{FOREIGN}Connect"):
        cloud.logs.create_log_group(logGroupName=f"/aws/lambda/{name}")
    clock.sleep(5)
    before, told = len(plane.calls), list[str]()
    labs, _ = inventory.find_labs(cloud, told.append)
    order = [each.lab.prefix for each, _ in labs]
    assert sorted(order) == ["api-", "log-", "role-", "table-"]
    assert {len(actual.resources) for _, actual in labs} == {1}
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
    elsewhere = make(cloud, Role, prefix="b-")
    make(here, Table, LogGroup, prefix="a-")
    make(here, Role, prefix="c-")
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
    assert inventory.look(elsewhere, to_remove=True).resources


def test_some_that_cannot_be_removed(emulator: LocalLab, cloud: Cloud, region: str) -> None:
    """What goes wrong with a lab, before or in the middle, is told with its name; the next one is removed."""
    plane = Plane(emulator.endpoint, Clock(), times=NO_DELAY)
    here = connect(Target(endpoint_url=emulator.endpoint), boto3.Session(region_name=region))
    kinds: dict[str, type[Resource]] = {
        "closed": LogGroup,
        "hidden": LogGroup,
        "kept": LogGroup,
        "left": Role,
        "open": Role,
    }
    labs = [make(here, kind, prefix=f"{cloud.lab.prefix}{name}-") for name, kind in kinds.items()]
    closed, hidden, kept, left, opened = (lab.lab.prefix for lab in labs)

    def forbid(call: Call) -> Fault | None:
        denied = {("DescribeLogGroups", closed), ("ListTagsForResource", hidden), ("DeleteLogGroup", kept)}
        if any(each.operation == "DeleteRole" and left in each.resource for each in plane.calls):
            denied.add((call.operation, left))
        is_denied = any(call.operation == operation and of in call.resource for operation, of in denied)
        return Fault.DENIED if is_denied else None

    plane.fault = forbid
    with plane.listening() as url:
        done = wschat("teardown", "--all", "--yes", AWS_ENDPOINT_URL=url)
    assert done.returncode == 4
    assert f"Error: prefix {closed}, looking at what exists: " in done.stderr
    tags = f"tags of log group /aws/lambda/{hidden}Connect: not allowed to logs:ListTagsForResource\n"
    assert f"Note: could not look at the {tags}" in done.stderr.replace("\n", " ").replace(
        "ListTagsForResource ", "ListTagsForResource\n"
    )
    for prefix, told in (
        (kept, "Looked again: this is left."),
        (left, "Error: looking at what exists: "),
        (opened, "Looked again: nothing is left."),
    ):
        assert told in done.stderr.partition(f"Prefix {prefix}")[2].partition("Prefix ")[0]
    assert {each.lab.prefix for each, _ in inventory.find_labs(here)[0]} == {closed, hidden, kept, left}
    for lab in labs:
        tear_down(lab)


def first(kind: type[Resource]) -> Resource:
    return next(each for each in DESIRED if isinstance(each, kind))


def snapshot(*observed: Observed) -> Snapshot:
    keys = dict.fromkeys(each.resource.read_key for each in observed)
    return Snapshot({key: tuple(each for each in observed if each.resource.read_key == key) for key in keys})


def test_what_exists() -> None:
    """What carries the tag is the lab's; the oldest of it tells its age; the rest is unmanaged."""
    table, role = first(Table), first(Role)
    found = snapshot(Observed(table, created=7), Observed(role, managed=False, created=3)).actual(DESIRED)
    assert list(found.resources.values()) == [table]
    assert (found.unmanaged, found.created) == ((role,), 7)


def test_names_for_ids() -> None:
    """The id of the API and that of what is referred to are names in what exists; a lost one is nothing."""
    api, policy = first(Api), next(each for each in DESIRED if "{api}" in getattr(each, "document", ""))
    assert isinstance(policy, Policy)
    integration, route = first(Integration), first(Route)
    assert isinstance(route, Route)
    lost = replace(route, name="lost", integration="gone")
    found = snapshot(
        Observed(api, id="a1b2"),
        Observed(replace(policy, document=policy.document.replace("{api}", "a1b2"))),
        Observed(integration, id="i1"),
        Observed(replace(route, integration="i1"), id="r1"),
        Observed(lost, id="r2"),
    ).actual(DESIRED)
    assert set(found.resources.values()) == {api, policy, integration, route, replace(lost, integration=None)}
    assert found.ids[route.key] == "r1"


def test_made_twice() -> None:
    """What others refer to has the name, else the oldest, else the first id; the others' tells the id."""
    api, integration, route = first(Api), first(Integration), first(Route)
    assert isinstance(route, Route)
    found = snapshot(
        Observed(api, id="c", created=2),
        Observed(api, id="b", created=1),
        Observed(api, id="a", managed=False),
        Observed(integration, id="i1"),
        Observed(integration, id="i2"),
        Observed(replace(route, integration="i2"), id="r"),
    )
    ids = found.actual(DESIRED).ids
    assert found.api_id == ids[api.key] == "b"
    assert ids[api.kind, f"{api.name} (c)"] == "c"
    assert (ids[integration.key], ids[integration.kind, f"{integration.name} (i1)"]) == ("i2", "i1")


@pytest.mark.parametrize(
    ("role_made", "lost"), [((), True), ((10.9,), False), ((11.0,), True), ((None,), False)]
)
def test_a_function_that_lost_its_role(role_made: tuple[float | None, ...], *, lost: bool) -> None:
    """A role that is gone, or younger than the function's last change, is not the one that it is bound to."""
    function = first(Function)
    assert isinstance(function, Function)
    role = Role(name=function.role, trust="{}")
    roles = [Observed(role, created=made) for made in role_made]
    looked = Snapshot({role.read_key: ()} | snapshot(Observed(function, created=10.2), *roles))
    found = looked.actual(DESIRED).resources[function.key]
    assert found == (replace(function, role=function.role + ROLE_DELETED) if lost else function)
