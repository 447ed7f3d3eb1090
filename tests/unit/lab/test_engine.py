"""Looking again at what was made, and at who may connect, against a real emulator."""

from dataclasses import replace

import pytest

from tests.support.labs import lab_of, plan, provision, tear_down
from tests.support.plane.clock import VirtualClock
from tests.unit.lab.conftest import make
from wschat.errors import UsageError
from wschat.lab import engine, inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.functions import Function
from wschat.lab.aws.roles import Role
from wschat.lab.aws.stages import Stage
from wschat.lab.aws.tables import Table
from wschat.lab.blueprint import CLIENTS, FUNCTIONS, ROOMS, STAGE, TRUST, blueprint
from wschat.lab.chosen.choices import OWN_ROLES, UNDECIDED, Choices
from wschat.lab.model.resource import canonical
from wschat.lab.plan import Step, Verb


def test_changed_meanwhile(empty: Cloud) -> None:
    """What somebody else changes during a provision is told, after AWS had time to catch up with itself."""
    provision(empty)
    group, clock = f"/aws/lambda/{empty.lab.name('Connect')}", VirtualClock()
    empty.logs.put_retention_policy(logGroupName=group, retentionInDays=1)
    _, left = engine.settle(replace(empty, clock=clock))
    assert [step.resource.name for step in left] == [group]
    assert engine.SETTLE_S <= clock.now() < engine.SETTLE_S + 1
    provision(empty)
    assert engine.settle(empty)[1] == ()


def test_a_throttle_alone() -> None:
    """What changes no more than a throttle, in place, leaves what is served as it is; all else may not."""
    stage = Stage(name=STAGE, deployment="routes", rate=5, burst=5)
    for same, found in (
        (True, {"rate": 1.0}),
        (True, {"rate": None, "burst": None}),
        (True, {"burst": 9, "route_settings": None}),
        (False, {"route_settings": '{"ping": {}}'}),  # which only a new stage is without
        (False, {"rate": 1.0, "deployment": "older"}),
    ):
        step = Step(Verb.UPDATE, stage, replace(stage, **found))
        assert engine.serves_the_same([step]) is same, found
    assert not engine.serves_the_same([Step(Verb.CREATE, stage)])
    assert not engine.serves_the_same([])


def test_who_may_connect_is_seen(empty: Cloud) -> None:
    """$connect opened by hand is seen and closed again; a changed description opens nothing."""
    signed = replace(empty, lab=replace(empty.lab, authorization="AWS_IAM"))
    provision(signed)
    actual = inventory.look(empty)
    api = actual.ids["API", empty.lab.name("chatroom-websocket")]
    assert plan(empty) == ()
    empty.api.update_route(ApiId=api, RouteId=actual.ids["route", "$connect"], AuthorizationType="NONE")
    (step,) = plan(empty)
    assert step.differences == {"authorization": ("AWS_IAM", "NONE")}
    provision(empty)
    empty.api.update_api(ApiId=api, Description="mine")
    (step,) = plan(empty)
    assert (step.resource.kind, list(step.differences)) == ("API", ["description"])
    provision(empty)
    assert engine.authorization(inventory.look(empty)) == "AWS_IAM"


def test_who_may_connect_is_kept_before_the_api(empty: Cloud) -> None:
    """A run that is killed after the tables leaves the next one the choice; a tag of no meaning is none."""
    with_tables(empty, Choices(auth="iam"))
    provision(empty)
    assert engine.authorization(inventory.look(empty)) == "AWS_IAM"
    there = empty.lab.arn("dynamodb", f"table/{empty.lab.name(CLIENTS)}")
    empty.dynamodb.tag_resource(ResourceArn=there, Tags=[{"Key": "wschat:auth", "Value": "everybody"}])
    assert [step for step in plan(empty) if step.resource.kind in {"API", "route"}] == []


ROLE = "arn:aws:iam::000000000000:role/teams/shared"


def chosen(cloud: Cloud, role: str) -> Cloud:
    """Return the lab with the role that a command line gives."""
    return lab_of(cloud, choices=Choices(role=role))


def roles_of(cloud: Cloud) -> set[str]:
    """Return the paths and names of the roles that the lab's functions have."""
    found = inventory.look(cloud).resources.values()
    return {each.role for each in found if isinstance(each, Function)}


def test_a_role_given_and_taken_back(empty: Cloud) -> None:
    """A lab of its own roles takes the one that is given, and deletes them; `''` brings them back."""
    empty.iam.create_role(RoleName="shared", Path="/teams/", AssumeRolePolicyDocument=canonical(TRUST))
    provision(empty)
    own = roles_of(empty)
    assert len(own) == len(FUNCTIONS)
    gone = {step.resource.kind for step in plan(chosen(empty, role=ROLE)) if step.verb == "delete"}
    assert gone == {"role", "policy"}
    provision(chosen(empty, role=ROLE))
    assert (roles_of(empty), plan(empty)) == ({"teams/shared"}, ())
    assert [each["RoleName"] for each in empty.iam.list_roles()["Roles"]] == ["shared"]
    provision(chosen(empty, role=""))
    assert (roles_of(empty), plan(empty)) == (own, ())
    assert tear_down(empty).resources == {}


def with_tables(cloud: Cloud, *choices: Choices) -> None:
    """Make the tables, each of which keeps choices of its own."""
    for number, each in enumerate(choices):
        there = lab_of(cloud, choices=each)
        [each for each in blueprint(there.lab) if isinstance(each, Table)][number].create(there)


def test_roles_from_before_another_was_given(empty: Cloud) -> None:
    """Of a run that was stopped before it deleted them, all see them, and no name that nobody needs."""
    make(empty, Role)
    empty.iam.create_role(RoleName="JoinRoomRole", AssumeRolePolicyDocument=canonical(TRUST))
    given = Choices(role=ROLE, own_roles=OWN_ROLES)
    with_tables(empty, given, given)
    left = [str(step) for step in plan(empty) if step.verb is Verb.DELETE]
    assert (left, inventory.look(empty).unmanaged) == (["delete role ConnectRole"], ())
    assert tear_down(empty).resources == {}
    assert [each["RoleName"] for each in empty.iam.list_roles()["Roles"]] == ["JoinRoomRole"]


def test_traces_of_choices_that_nothing_keeps(empty: Cloud) -> None:
    """A role that stands alone shows what it was made with: that has to be given again, or taken back."""
    with_it = Choices(path="/labs/", boundary=ROLE, tags=(("owner", "ann"),))
    make(empty, Role, choices=with_it)
    with pytest.raises(UsageError, match="--role-path /labs/ --tag owner=ann, and no table") as error:
        plan(empty)
    assert "with --permissions-boundary arn:" in error.value.hint
    for given in (with_it, Choices(path="", boundary="", tags=())):
        assert len(plan(lab_of(empty, choices=given))) > 1
    with_tables(empty, UNDECIDED)
    assert plan(empty)


def test_a_given_role_of_a_name_of_the_lab(empty: Cloud) -> None:
    """Whatever it is called, and whichever tag it has: a role that was given stays."""
    made = make(empty, Role).iam.get_role(RoleName="ConnectRole")["Role"]
    given = Choices(role=made["Arn"])
    with_tables(empty, given, given)
    assert tear_down(empty).resources == {}
    assert empty.iam.get_role(RoleName="ConnectRole")["Role"] == made


def test_tables_that_keep_other_choices(empty: Cloud) -> None:
    """The first table counts, and the other is made like it; without the first, the other one counts."""
    with_tables(empty, Choices(path="/a/"), Choices(path="/b/"))
    (step,) = (step for step in plan(empty) if step.verb == "update")
    assert (step.resource.name, list(step.differences)) == (empty.lab.name(ROOMS), ["tags"])
    empty.dynamodb.delete_table(TableName=empty.lab.name(CLIENTS))
    assert inventory.look(empty).choices.path == "/b/"
