"""Provision, status and teardown against a real emulator."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from tests.support.labs import plan, provision, tear_down
from tests.support.plane.embedded import Embedded
from tests.support.plane.inside import session
from wschat.errors import AccessError, AwsError
from wschat.lab import engine, inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.functions import Function
from wschat.lab.aws.log_groups import LogGroup
from wschat.lab.aws.roles import Policy, Role
from wschat.lab.aws.session import connect
from wschat.lab.aws.tables import Table
from wschat.lab.clock import Clock
from wschat.lab.executor import execute
from wschat.lab.model import Actual
from wschat.lab.plan import Phase, Step, Verb
from wschat.target import Target


class Leaps(Clock):
    """A clock on which every sleep takes seven seconds, at once."""

    time = 0.0

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.time += 7


@pytest.fixture(scope="module")
def clients(embedded: Embedded) -> Cloud:
    return connect(Target(endpoint_url=embedded.endpoint), session(embedded.forward, signed=False))


@pytest.fixture(scope="module")
def standing(clients: Cloud) -> Iterator[Cloud]:
    """A lab that stands; who changes something heals it again."""
    cloud = replace(clients, lab=replace(clients.lab, prefix="standing-"))
    provision(cloud)
    yield cloud
    assert plan(cloud) == ()
    tear_down(cloud)


def test_up_twice_and_down_twice(cloud: Cloud) -> None:
    """What provision made is what should exist; a second run has nothing to do; teardown leaves nothing."""
    url = provision(cloud)
    actual = inventory.look(cloud)
    assert set(actual.resources.values()) == set(engine.desired(cloud.lab, actual))
    assert engine.plan_up(cloud, actual) == ()
    assert provision(cloud) == url
    left = tear_down(cloud)
    assert (left.resources, left.unmanaged) == ({}, ())
    assert engine.plan_down(left) == ()


@pytest.mark.parametrize("steps", [1, 20, 65])
def test_stopped_halfway(cloud: Cloud, steps: int) -> None:
    """A provision that stopped anywhere can be torn down, and goes on from there."""
    for go_on in (tear_down, provision):
        whole = plan(cloud)
        list(execute(cloud, whole[:steps], Actual()))
        assert len(plan(cloud)) == len(whole) - steps
        go_on(cloud)
    actual = inventory.look(cloud)
    assert set(actual.resources.values()) == set(engine.desired(cloud.lab, actual))
    assert tear_down(cloud).resources == {}


def test_changed_by_hand(standing: Cloud) -> None:
    """What somebody changed is healed in place: a function, a policy, a permission, a route, the stage."""
    cloud = standing
    actual, lab = inventory.look(cloud), cloud.lab
    api_id = actual.ids["API", lab.name("chatroom-websocket")]
    cloud.functions.update_function_configuration(
        FunctionName=lab.name("SendMessage"), Timeout=3, MemorySize=128
    )
    anything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    cloud.iam.put_role_policy(
        RoleName=lab.name("ConnectRole"), PolicyName="access", PolicyDocument=json.dumps(anything)
    )
    cloud.functions.remove_permission(FunctionName=lab.name("JoinRoom"), StatementId="join")
    target = f"integrations/{actual.ids['integration', 'CreateRoom']}"
    cloud.api.update_route(ApiId=api_id, RouteId=actual.ids["route", "join"], Target=target)
    spare = cloud.api.create_route(ApiId=api_id, RouteKey="spare", Target=target)["RouteId"]
    by_hand = cloud.api.create_deployment(ApiId=api_id)["DeploymentId"]
    cloud.api.update_stage(ApiId=api_id, StageName="development", DeploymentId=by_hand)
    steps = plan(cloud)
    assert {(step.verb.value, *step.resource.key) for step in steps} == {
        ("update", "function", lab.name("SendMessage")),
        ("update", "policy", lab.name("ConnectRole")),
        ("create", "permission", lab.name("JoinRoom:join")),
        ("update", "route", "join"),
        ("delete", "route", "spare"),
        ("update", "stage", "development"),
        ("delete", "deployment", by_hand),
    }
    provision(cloud)
    assert plan(cloud) == ()
    assert spare not in inventory.look(cloud).ids.values()


def test_tags_that_may_not_be_seen(standing: Cloud) -> None:
    """Lambda answers whom it does not let see a function's tags; that makes the function no stranger."""

    def hide(parsed: dict[str, Any], **_: object) -> None:
        parsed.pop("Tags")
        parsed["TagsError"] = {"ErrorCode": "AccessDeniedException", "Message": "no lambda:ListTags"}

    events, event = standing.functions.meta.events, "after-call.lambda.GetFunction"
    events.register(event, hide)
    try:
        with pytest.raises(AccessError, match="ListTags"):
            inventory.look(standing)
    finally:
        events.unregister(event, hide)


@contextmanager
def told_of(cloud: Cloud, name: str, **status: str) -> Iterator[list[str]]:
    """Let Lambda tell something of one function until both its parts are sent again; yield what was sent."""
    events, sent = cloud.functions.meta.events, list[str]()

    def tell(parsed: dict[str, Any], **_: object) -> None:
        if parsed.get("Configuration", {}).get("FunctionName") == name and set(sent) != UPDATES:
            parsed["Configuration"] |= status

    def hear(model: Any, **_: object) -> None:  # noqa: ANN401  botocore's
        sent.extend({model.name} & UPDATES)

    heard: dict[str, Callable[..., None]] = {
        "after-call.lambda.GetFunction": tell,
        "before-call.lambda": hear,
    }
    for event, handler in heard.items():
        events.register(event, handler)
    try:
        yield sent
    finally:
        for event, handler in heard.items():
            events.unregister(event, handler)


UPDATES = {"UpdateFunctionCode", "UpdateFunctionConfiguration"}


def test_a_change_of_a_function_that_failed(standing: Cloud) -> None:
    """A change that AWS took and could not carry out is told with its reason, and sent again: all of it."""
    name = standing.lab.name("Connect")
    failed = {"LastUpdateStatus": "Failed", "LastUpdateStatusReason": "KMS key is disabled"}
    with told_of(standing, name, **failed) as sent:
        (step,) = plan(standing)
        assert step.differences == {"last_update": ("Successful", "Failed: KMS key is disabled")}
        assert not step.fixed
        provision(standing)
        assert sorted(sent) == sorted(UPDATES)


def test_a_function_that_could_not_be_made(standing: Cloud) -> None:
    """A function that AWS could not make is named with the reason and what to do, and not touched."""
    name = standing.lab.name("Connect")
    failed = {"State": "Failed", "StateReason": "The image is gone"}
    with told_of(standing, name, **failed) as sent:
        with pytest.raises(AwsError, match="Failed: The image is gone") as refused:
            provision(standing)
        assert name in refused.value.where
        assert "delete it" in refused.value.hint
        assert not sent


def test_a_second_api(standing: Cloud) -> None:
    """Names of APIs are not unique: one that was made twice is seen as too much, and removed."""
    cloud = standing
    url = engine.url(cloud, inventory.look(cloud))
    name = cloud.lab.name("chatroom-websocket")
    cloud.api.create_api(
        Name=name,
        ProtocolType="WEBSOCKET",
        RouteSelectionExpression="$request.body.action",
        Tags=cloud.lab.tags,
    )
    (step,) = plan(cloud)
    assert (step.verb, step.resource.kind) == (Verb.DELETE, "API")
    assert step.resource.name.startswith(f"{name} (")
    assert provision(cloud) == url


def test_everything_is_tagged(standing: Cloud) -> None:
    """All that can carry tags carries the lab's: tables, roles, log groups, functions, API and stage."""
    cloud = standing
    tags, lab = cloud.lab.tags, cloud.lab
    api = cloud.api.get_api(ApiId=inventory.look(cloud).ids["API", lab.name("chatroom-websocket")])
    assert api["Tags"] == tags
    assert cloud.api.get_stage(ApiId=api["ApiId"], StageName="development")["Tags"] == tags
    for resource in engine.desired(lab, Actual()):
        if isinstance(resource, Table):
            arn = cloud.dynamodb.describe_table(TableName=resource.name)["Table"]["TableArn"]
            found = {
                tag["Key"]: tag["Value"]
                for tag in cloud.dynamodb.list_tags_of_resource(ResourceArn=arn)["Tags"]
            }
        elif isinstance(resource, Role):
            found = {
                tag["Key"]: tag["Value"] for tag in cloud.iam.get_role(RoleName=resource.name)["Role"]["Tags"]
            }
        elif isinstance(resource, LogGroup):
            found = cloud.logs.list_tags_log_group(logGroupName=resource.name)["tags"]
        elif isinstance(resource, Function):
            found = cloud.functions.get_function(FunctionName=resource.name)["Tags"]
        else:
            continue
        assert found == tags, resource.key


def test_integrations_made_twice(standing: Cloud) -> None:
    """A second integration of a name is too much, and so is a deployment; routes and stage keep theirs."""
    cloud, actual = standing, inventory.look(standing)
    api_id = actual.ids["API", cloud.lab.name("chatroom-websocket")]
    uri = cloud.lab.invoke_arn(cloud.lab.name("JoinRoom"))
    cloud.api.create_integration(
        ApiId=api_id, Description="JoinRoom", IntegrationType="AWS_PROXY", IntegrationUri=uri
    )
    (digest,) = (name for kind, name in actual.resources if kind == "deployment")
    cloud.api.create_deployment(ApiId=api_id, Description=digest)
    steps = plan(cloud)
    assert [(step.verb, step.resource.kind) for step in steps] == [
        (Verb.DELETE, "deployment"),
        (Verb.DELETE, "integration"),
    ]
    provision(cloud)
    assert plan(cloud) == ()


def test_teardown_goes_on(cloud: Cloud) -> None:
    """A role in an instance profile, with policies that somebody added, is deleted all the same."""
    steps = plan(cloud)
    list(execute(cloud, steps[:5], Actual()))
    role = cloud.lab.name("ConnectRole")
    document = next(
        resource.document for resource in engine.desired(cloud.lab, Actual()) if isinstance(resource, Policy)
    )
    cloud.iam.put_role_policy(RoleName=role, PolicyName="more", PolicyDocument=document)
    cloud.iam.create_instance_profile(InstanceProfileName=role)
    cloud.iam.add_role_to_instance_profile(InstanceProfileName=role, RoleName=role)
    assert tear_down(cloud).resources == {}
    cloud.iam.delete_instance_profile(InstanceProfileName=role)


def test_teardown_tells_what_fails(cloud: Cloud) -> None:
    """What AWS refuses to delete is told with its error, and the rest is deleted."""
    steps = plan(cloud)
    list(execute(cloud, steps[:4], Actual()))
    actual = inventory.look(cloud)
    stuck = LogGroup(name="", retention_days=None)
    ended = [
        progress
        for progress in engine.teardown(
            cloud, (Step(Verb.DELETE, stuck, stuck), *engine.plan_down(actual)), actual
        )
        if progress.phase in {Phase.DONE, Phase.GIVEN_UP}
    ]
    assert sorted(bool(progress.error) for progress in ended) == [False] * 4 + [True]
    assert inventory.look(cloud).resources == {}


def test_changed_meanwhile(standing: Cloud) -> None:
    """What somebody else changes during a provision is told, after AWS had time to catch up with itself."""
    cloud, group = standing, f"/aws/lambda/{standing.lab.name('Connect')}"
    cloud.logs.put_retention_policy(logGroupName=group, retentionInDays=1)
    clock = Leaps()
    _, left = engine.settle(replace(cloud, clock=clock))
    assert [step.resource.name for step in left] == [group]
    assert engine.SETTLE_S <= clock.time < engine.SETTLE_S + 7
    provision(cloud)
    assert engine.settle(cloud)[1] == ()


def test_who_may_connect_is_seen(cloud: Cloud) -> None:
    """$connect opened by hand is seen and closed again; a changed description opens nothing."""
    signed = replace(cloud, lab=replace(cloud.lab, authorization="AWS_IAM"))
    provision(signed)
    actual = inventory.look(cloud)
    api = actual.ids["API", cloud.lab.name("chatroom-websocket")]
    assert plan(cloud) == ()
    cloud.api.update_route(ApiId=api, RouteId=actual.ids["route", "$connect"], AuthorizationType="NONE")
    (step,) = plan(cloud)
    assert step.differences == {"authorization": ("AWS_IAM", "NONE")}
    provision(cloud)
    cloud.api.update_api(ApiId=api, Description="mine")
    (step,) = plan(cloud)
    assert (step.resource.kind, list(step.differences)) == ("API", ["description"])
    provision(cloud)
    assert engine.is_signed(inventory.look(cloud))
    tear_down(cloud)
