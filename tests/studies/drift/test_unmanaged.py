"""What has a name of the lab and not its tag: it is named, and neither changed nor deleted."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.studies.account import Account
from tests.studies.drift.cases import TAGS_CHANGED
from tests.studies.drift.hand import Hand
from tests.support.labs import drain, provision, tear_down
from tests.support.plane.conftest import TRUST, Aws
from tests.support.plane.embedded import Embedded
from tests.support.plane.rates import Times
from tests.support.plane.wire import Call
from wschat.errors import NotOursError
from wschat.lab import engine, inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.executor import execute
from wschat.lab.model.actual import Actual
from wschat.lab.model.lab import TAG
from wschat.lab.plan import plan_down

Tags = dict[str, str]
ROLE = "strange"


@pytest.fixture(scope="module")
def aws_account(embedded: Embedded) -> Account:
    return Account(embedded, times=Times(table_rate=1000))


@pytest.fixture(scope="module")
def clients(aws_account: Account) -> Cloud:
    """The clients of the account, for all labs, and a role for strangers' functions."""
    clients = aws_account.lab()
    clients.iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=TRUST)
    clients.clock.sleep(10)
    return clients


@pytest.fixture(autouse=True)
def _nothing_goes_wrong(aws_account: Account) -> Iterator[None]:
    yield
    aws_account.plane.fault = lambda _: None


def names(cloud: Cloud) -> dict[str, str]:
    """Return what each kind of stranger is called."""
    hand = Hand(cloud)
    return dict(hand.key(resource) for resource, _ in TAGS_CHANGED)


def make(cloud: Cloud, account: Account, kind: str, tags: Tags) -> None:
    """Make something of a kind as somebody else does, with a name of the lab."""
    aws = Aws(account.plane.session(), account.url, names(cloud)[kind])
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
def test_before(cloud: Cloud, aws_account: Account, tag: str) -> None:
    """Something of each kind: provision names all, and stops before its first write; teardown has no step."""
    tags = {TAG: tag.format(cloud.lab.prefix)} if tag else {}
    for kind in names(cloud):
        make(cloud, aws_account, kind, tags)
    cloud.clock.sleep(10)
    refused = aws_account.refused(cloud)
    assert isinstance(refused, NotOursError)
    assert refused.where == "before the first step"
    actual = inventory.look(cloud)
    assert {each.kind: each.name for each in actual.unmanaged} == names(cloud)
    for kind, name in names(cloud).items():
        assert f"{kind} {name}" in refused.what
        assert (kind, name) not in {step.resource.key for step in engine.drift(cloud, actual)}
    assert plan_down(actual) == ()


@pytest.mark.parametrize("kind", ["table", "role", "log group", "function"])
def test_between_look_and_create(cloud: Cloud, aws_account: Account, kind: str) -> None:
    """Somebody makes it just before provision does: it is named as theirs, and not touched."""
    name, made = names(cloud)[kind], list[Call]()

    def somebody_was_first(call: Call) -> None:
        if call.write and call.resource == name:
            made.append(call)
            if len(made) == 1:
                make(cloud, aws_account, kind, {})

    aws_account.plane.fault = somebody_was_first
    (step,) = (step for step in engine.plan_up(cloud, Actual()) if step.resource.key == (kind, name))
    with pytest.raises(NotOursError, match=f"somebody else has {kind} {name}:") as refused:
        drain(execute(cloud, [step], Actual()))
    assert ("another --region" in refused.value.hint) is (kind == "role")
    assert [call.operation for call in made] == [made[0].operation] * 2
    assert [each.name for each in tear_down(cloud).unmanaged] == [name]
    assert len(made) == 2


def test_in_other_capitals(cloud: Cloud, aws_account: Account) -> None:
    """To IAM names in other capitals are the same: such a lab is named, and so is a role that hides there."""
    theirs = replace(cloud, lab=replace(cloud.lab, prefix=cloud.lab.prefix.upper()))
    make(theirs, aws_account, "API", theirs.lab.tags)
    cloud.clock.sleep(5)
    assert f"somebody else has API {theirs.lab.prefix}" in aws_account.refused(cloud).what
    assert [each.name for each in tear_down(theirs).unmanaged] == []
    make(theirs, aws_account, "role", theirs.lab.tags)
    role, start = names(cloud)["role"], cloud.clock.now()
    with pytest.raises(NotOursError, match="other capitals") as refused:
        provision(cloud)
    assert refused.value.where == f"create role {role}"
    assert cloud.clock.now() - start < 90
    tear_down(cloud)
    assert [kind for kind, _ in inventory.look(theirs).resources] == ["role"]
    tear_down(theirs)


def test_tags_taken_away(cloud: Cloud, aws_account: Account) -> None:
    """What loses its tag, or gets another's, is ours no longer; teardown removes the rest of the lab.

    Before that an API of our name, which is not unique, was neither changed nor taken for ours.
    """

    def somebody_is_quicker(call: Call) -> None:
        if call.operation == "CreateApi":
            aws_account.plane.fault = lambda _: None
            make(cloud, aws_account, "API", {})

    aws_account.plane.fault = somebody_is_quicker
    with aws_account.writes() as calls, pytest.raises(NotOursError, match="somebody else has API") as refused:
        provision(cloud)
    assert refused.value.where == "looking at what was made"
    mine = cloud.lab.name("chatroom-websocket")
    pages = cloud.api.get_paginator("get_apis").paginate()
    found = [api for page in pages for api in page["Items"] if api["Name"] == mine]
    (theirs,) = (api["ApiId"] for api in found if not api.get("Tags"))
    assert not any(call.api == theirs for call in calls)
    cloud.api.delete_api(ApiId=theirs)
    cloud.clock.sleep(5)
    hand = Hand(cloud)
    for resource, what in TAGS_CHANGED:
        hand.change(resource, what)
    cloud.clock.sleep(5)
    assert isinstance(aws_account.refused(cloud), NotOursError)
    left = tear_down(cloud)
    assert {each.key for each in left.unmanaged} == {hand.key(resource) for resource, _ in TAGS_CHANGED}
    assert left.resources == {}
