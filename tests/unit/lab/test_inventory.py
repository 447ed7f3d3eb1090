"""What was read adds up to what exists, and nothing else."""

from dataclasses import replace

import pytest

from wschat.lab.aws.functions import ROLE_DELETED, Function
from wschat.lab.aws.roles import Policy, Role
from wschat.lab.aws.routes import Integration, Route
from wschat.lab.aws.tables import Table
from wschat.lab.aws.websocket_api import Api
from wschat.lab.blueprint import blueprint
from wschat.lab.inventory import Snapshot
from wschat.lab.model.actual import Observed
from wschat.lab.model.lab import Lab
from wschat.lab.model.resource import Resource

LAB = Lab(account="0" * 12, region="us-east-1")
DESIRED = blueprint(LAB)


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


def test_made_twice_once_by_hand() -> None:
    """One with a tag is the lab's, though the one without is older and has the first id; that is too much."""
    api = first(Api)
    found = snapshot(
        Observed(api, id="a", created=1, by_hand=True),
        Observed(api, id="b", created=2),
    )
    assert found.api_id == "b"
    actual = found.actual(DESIRED)
    extra = ("API", f"{api.name} (a)")
    assert (actual.ids[api.key], [*actual.resources]) == ("b", [api.key, extra])
    assert actual.by_hand == {extra}, "by_hand has the names that the resources have"


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
