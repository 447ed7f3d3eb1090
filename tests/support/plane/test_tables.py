"""Tables come and go as slowly as AWS's, and refuse changes meanwhile."""

import pytest

from tests.support.plane.backend import behind
from tests.support.plane.clock import VirtualClock
from tests.support.plane.conftest import Aws, refused
from tests.support.plane.plane import Plane
from tests.support.plane.rates import Times
from wschat.local.join import LocalLab


@pytest.fixture
def plane(emulator: LocalLab, clock: VirtualClock) -> Plane:
    """A plane that lets tables be changed as often as one likes."""
    return Plane(behind(emulator), clock, times=Times(table_burst=100))


def status(aws: Aws) -> str:
    return str(aws.dynamodb.describe_table(TableName=aws.name)["Table"]["TableStatus"])


def test_creating(aws: Aws, clock: VirtualClock) -> None:
    """A new table is CREATING for 8 s, and may be neither changed nor deleted."""
    aws.make_table()
    clock.sleep(3)
    assert status(aws) == "CREATING"
    name, use = aws.name, "ResourceInUseException"
    assert refused(aws.expire)[0] == use
    assert refused(aws.dynamodb.update_table, TableName=name, BillingMode="PAY_PER_REQUEST")[0] == use
    assert refused(aws.dynamodb.delete_table, TableName=name)[0] == use
    assert refused(aws.make_table)[0] == use
    assert refused(aws.dynamodb.describe_time_to_live, TableName=name)[0] == "ValidationException"
    clock.sleep(5)
    assert status(aws) == "ACTIVE"


def test_deleting(aws: Aws, clock: VirtualClock) -> None:
    """A deleted table is DELETING for 5 s, may not be made again meanwhile, and then is gone."""
    aws.make_table()
    clock.sleep(10)
    told = aws.dynamodb.delete_table(TableName=aws.name)["TableDescription"]
    assert told.keys() & {"TableStatus", "AttributeDefinitions", "KeySchema"} == {"TableStatus"}
    assert status(aws) == "DELETING"
    pages = aws.dynamodb.get_paginator("list_tables").paginate()
    assert aws.name in [name for page in pages for name in page["TableNames"]]
    assert refused(aws.dynamodb.delete_table, TableName=aws.name)[0] == "ResourceInUseException"
    assert refused(aws.make_table)[0] == "ResourceInUseException"
    clock.sleep(5)
    assert refused(status, aws)[0] == "ResourceNotFoundException"
    aws.make_table()
    clock.sleep(8)
    assert status(aws) == "ACTIVE"


def test_time_to_live_is_changed_once_in_an_hour(aws: Aws, clock: VirtualClock) -> None:
    """Enabling again is refused, and any second change within an hour; a new table may at once."""
    aws.make_table()
    clock.sleep(10)
    aws.expire()
    clock.sleep(10)
    assert refused(aws.expire)[1] == "TimeToLive is already enabled"
    too_soon = "Time to live has been modified multiple times within a fixed interval"
    assert refused(aws.expire, enabled=False) == ("ValidationException", too_soon)
    aws.dynamodb.delete_table(TableName=aws.name)
    clock.sleep(6)
    aws.make_table()
    clock.sleep(10)
    aws.expire("other")
    clock.sleep(3600)
    aws.expire("other", enabled=False)
    assert refused(aws.expire, "other", enabled=False)[1] == "TimeToLive is already disabled"
