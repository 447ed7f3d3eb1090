"""The plane as a server, for other processes."""

from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import ConnectionClosedError

from tests.support.plane.clock import ScaledClock
from tests.support.plane.conftest import NUMBERS, Aws
from tests.support.plane.faults import Fault
from tests.support.plane.plane import Plane
from tests.support.plane.rates import Times
from tests.support.plane.refusals import refused
from wschat.local.join import LocalLab


@pytest.fixture
def plane(emulator: LocalLab) -> Plane:
    """A plane in real time, a hundred times as fast, but for what must not pass while a test looks."""
    return Plane(emulator.endpoint, ScaledClock(100), times=Times(table_creating=9e9, role_assumable=9e9))


@pytest.fixture
def url(plane: Plane) -> Iterator[str]:
    with plane.listening() as url:
        yield url


@pytest.fixture
def outside(url: str, root: boto3.Session) -> Aws:
    """Clients that know nothing of the plane but its URL."""
    return Aws(root, url, f"listening{next(NUMBERS)}")


def test_it_is_the_same_plane(plane: Plane, outside: Aws) -> None:
    """Conflicts, pages, states, XML and JSON come over HTTP as they do in the process."""
    api = outside.make_api()
    outside.api.create_route(ApiId=api, RouteKey="join")
    assert refused(outside.api.create_route, ApiId=api, RouteKey="join")[0] == "ConflictException"
    assert refused(outside.make_function, outside.make_role())[0] == "InvalidParameterValueException"
    outside.make_table()
    assert refused(outside.dynamodb.delete_table, TableName=outside.name)[0] == "ResourceInUseException"
    assert [call.operation for call in plane.calls] == [
        *("CreateApi", "CreateRoute", "CreateRoute", "CreateRole", "CreateFunction"),
        *("CreateTable", "DeleteTable"),
    ]


def test_a_reset_closes_the_connection(plane: Plane, outside: Aws) -> None:
    """A fault that drops the answer is a closed connection for the client, which can ask again."""
    plane.fault = lambda _: Fault.RESET_AFTER
    with pytest.raises(ConnectionClosedError):
        outside.make_role()
    plane.fault = lambda _: None
    assert refused(outside.make_role)[0] == "EntityAlreadyExists"
