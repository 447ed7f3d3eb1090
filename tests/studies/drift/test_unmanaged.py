"""What has a name of the lab and not its tag: it is named, and neither changed nor deleted."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.studies.drift.hand import Hand
from tests.studies.drift.stops import TAGS_CHANGED
from tests.support.labs import drain, provision, tear_down
from tests.support.plane.clock import VirtualClock
from tests.support.plane.conftest import TRUST, Aws
from tests.support.plane.embedded import Embedded
from tests.support.plane.plane import Plane
from tests.support.plane.rates import Times
from tests.support.plane.wire import Call
from wschat.errors import NotOursError
from wschat.lab import engine, inventory
from wschat.lab.aws.cloud import AWS_PACING, Cloud
from wschat.lab.aws.session import connect
from wschat.lab.executor import execute
from wschat.lab.model import TAG, Actual
from wschat.lab.plan import plan_down
from wschat.target import Target

Tags = dict[str, str]
ROLE = "strange"


@pytest.fixture(scope="module")
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture(scope="module")
def plane(embedded: Embedded, clock: VirtualClock) -> Plane:
    return Plane(embedded.endpoint, clock, times=Times(table_rate=1000), backend=embedded)


@pytest.fixture(scope="module")
def clients(plane: Plane, clock: VirtualClock) -> Cloud:
    """The clients of the plane, for all labs, and a role for strangers' functions."""
    clients = connect(Target(endpoint_url=plane.endpoint), plane.session(), clock, AWS_PACING)
    clients.iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=TRUST)
    clock.sleep(10)
    return clients


@pytest.fixture(autouse=True)
def _nothing_goes_wrong(plane: Plane) -> Iterator[None]:
    yield
    plane.fault = lambda _: None


def names(cloud: Cloud) -> dict[str, str]:
    """Return what each kind of stranger is called."""
    lab = cloud.lab
    return {
        "table": lab.name("client-records"),
        "role": lab.name("ConnectRole"),
        "log group": f"/aws/lambda/{lab.name('Connect')}",
        "function": lab.name("Connect"),
        "API": lab.name("chatroom-websocket"),
    }


def make(cloud: Cloud, plane: Plane, kind: str, tags: Tags) -> None:
    """Make something of a kind as somebody else does, with a name of the lab."""
    aws = Aws(plane.session(), plane.endpoint, names(cloud)[kind])
    listed = [{"Key": key, "Value": value} for key, value in tags.items()]
    calls: dict[str, Callable[[], object]] = {
        "table": lambda: aws.make_table(Tags=listed),
        "role": lambda: aws.make_role(Tags=listed),
        "log group": lambda: aws.logs.create_log_group(logGroupName=aws.name, tags=tags or {"a": "b"}),
        "function": lambda: aws.make_function(cloud.lab.arn("iam", f"role/{ROLE}"), Tags=tags),
        "API": lambda: aws.make_api(Tags=tags),
    }
    calls[kind]()


@pytest.mark.parametrize(
    "tag", ["", "us-east-1/another-", "eu-central-1/{}"], ids=["no tag", "lab", "region"]
)
def test_before(cloud: Cloud, plane: Plane, tag: str) -> None:
    """Something of each kind: provision names all, and stops before its first write; teardown has no step."""
    tags = {TAG: tag.format(cloud.lab.prefix)} if tag else {}
    for kind in names(cloud):
        make(cloud, plane, kind, tags)
    cloud.clock.sleep(10)
    before = len(plane.calls)
    with pytest.raises(NotOursError) as refused:
        provision(cloud)
    assert refused.value.where == "before the first step"
    actual = inventory.look(cloud)
    assert {each.kind: each.name for each in actual.unmanaged} == names(cloud)
    for kind, name in names(cloud).items():
        assert f"{kind} {name}" in refused.value.what
        assert (kind, name) not in {step.resource.key for step in engine.differences(cloud, actual)}
    assert plan_down(actual) == ()
    assert not any(call.write for call in plane.calls[before:])


@pytest.mark.parametrize("kind", ["table", "role", "log group", "function"])
def test_between_look_and_create(cloud: Cloud, plane: Plane, kind: str) -> None:
    """Somebody makes it just before provision does: it is named as theirs, and not touched."""
    name, made = names(cloud)[kind], list[Call]()

    def somebody_was_first(call: Call) -> None:
        if call.write and call.resource == name:
            made.append(call)
            if len(made) == 1:
                make(cloud, plane, kind, {})

    plane.fault = somebody_was_first
    (step,) = (step for step in engine.plan_up(cloud, Actual()) if step.resource.key == (kind, name))
    with pytest.raises(NotOursError, match=f"somebody else has {kind} {name}:") as refused:
        drain(execute(cloud, [step], Actual()))
    assert ("another --region" in refused.value.hint) is (kind == "role")
    assert [call.operation for call in made] == [made[0].operation] * 2
    assert [each.name for each in tear_down(cloud).unmanaged] == [name]
    assert len(made) == 2


def test_in_other_capitals(cloud: Cloud, plane: Plane, clock: VirtualClock) -> None:
    """To IAM names in other capitals are the same: such a lab is named, and so is a role that hides there."""
    theirs = replace(cloud, lab=replace(cloud.lab, prefix=cloud.lab.prefix.upper()))
    make(theirs, plane, "API", theirs.lab.tags)
    clock.sleep(5)
    before = len(plane.calls)
    with pytest.raises(NotOursError, match=f"somebody else has API {theirs.lab.prefix}") as refused:
        provision(cloud)
    assert refused.value.where == "before the first step"
    assert not any(call.write for call in plane.calls[before:])
    assert [each.name for each in tear_down(theirs).unmanaged] == []
    make(theirs, plane, "role", theirs.lab.tags)
    role, start = names(cloud)["role"], clock.now()
    with pytest.raises(NotOursError, match="other capitals") as refused:
        provision(cloud)
    assert refused.value.where == f"create role {role}"
    assert clock.now() - start < 90
    tear_down(cloud)
    assert [kind for kind, _ in inventory.look(theirs).resources] == ["role"]
    tear_down(theirs)


@pytest.fixture
def standing(cloud: Cloud, plane: Plane) -> Cloud:
    """A lab that stands; while it was made, somebody made an API of that name, which is gone again."""

    def somebody_is_quicker(call: Call) -> None:
        if call.operation == "CreateApi":
            plane.fault = lambda _: None
            make(cloud, plane, "API", {})

    plane.fault = somebody_is_quicker
    before = len(plane.calls)
    with pytest.raises(NotOursError, match="somebody else has API") as refused:
        provision(cloud)
    assert refused.value.where == "looking at what was made"
    pages = cloud.api.get_paginator("get_apis").paginate()
    mine = cloud.lab.name("chatroom-websocket")
    (theirs,) = (
        api["ApiId"] for page in pages for api in page["Items"] if api["Name"] == mine and not api.get("Tags")
    )
    assert not any(call.write and call.api == theirs for call in plane.calls[before:])
    cloud.api.delete_api(ApiId=theirs)
    cloud.clock.sleep(5)
    return cloud


def test_tags_taken_away(standing: Cloud, plane: Plane, clock: VirtualClock) -> None:
    """What loses its tag, or gets another's, is ours no longer; teardown removes the rest of the lab.

    Before that an API of our name, which is not unique, was neither changed nor taken for ours.
    """
    cloud = standing
    hand = Hand(cloud, plane.session(), inventory.look(cloud))
    for resource, what in TAGS_CHANGED:
        hand.change(resource, what)
    clock.sleep(5)
    before = len(plane.calls)
    with pytest.raises(NotOursError):
        provision(cloud)
    assert not any(call.write for call in plane.calls[before:])
    left = tear_down(cloud)
    assert {each.key for each in left.unmanaged} == {hand.key(resource) for resource, _ in TAGS_CHANGED}
    assert left.resources == {}
