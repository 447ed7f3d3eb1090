"""A lab in a MiniStack of this process, and single resources in it."""

from dataclasses import replace
from typing import Any

import pytest

from tests.studies.account import Account
from tests.support.plane.embedded import Embedded
from tests.support.plane.inside import session
from wschat.lab import inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.session import connect
from wschat.lab.aws.websocket_api import API_NAME, Api
from wschat.lab.blueprint import blueprint
from wschat.lab.model.resource import Resource
from wschat.target import Target


@pytest.fixture(scope="module")
def embedded_clients(embedded: Embedded) -> Cloud:
    return connect(Target(endpoint_url=embedded.endpoint), session(embedded.forward, signed=False))


@pytest.fixture
def empty(embedded: Embedded, embedded_clients: Cloud) -> Cloud:
    """A lab of which nothing exists, in an account that has nothing else."""
    embedded.empty()
    return replace(embedded_clients, ids={}, notes={})


@pytest.fixture
def desk(embedded: Embedded) -> Account:
    """An account that has nothing, for somebody whom policies restrict."""
    embedded.empty()
    return Account(embedded)


def read(cloud: Cloud, wanted: Resource) -> Resource | None:
    """Return a resource as it is read, with names in the place of ids."""
    snapshot = inventory.read(cloud, wanted.read_keys)
    return snapshot.actual(blueprint(cloud.lab)).resources.get(wanted.key)


def routed(account: Account) -> Cloud:
    """Make an API with the route `join`, in a lab of its own."""
    cloud = account.lab()
    name = cloud.lab.name(API_NAME)
    Api(protocol="WEBSOCKET", name=name, title=name, selection="$x", description="").create(cloud)
    cloud.api.create_route(ApiId=cloud.api_id, RouteKey="join")
    return cloud


def make(cloud: Cloud, *kinds: type[Resource], **lab: Any) -> Cloud:  # noqa: ANN401  as the lab's fields are
    """Create the first of each of these kinds in the blueprint of a lab, which differs so; return the lab."""
    cloud = replace(cloud, lab=replace(cloud.lab, **lab))
    for kind in kinds:
        next(each for each in blueprint(cloud.lab) if isinstance(each, kind)).create(cloud)
    return cloud
