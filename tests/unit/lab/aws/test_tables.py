"""Tables: created with a time to live, changed, read and deleted."""

from dataclasses import replace

from tests.unit.lab.conftest import live, read
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.tables import Table

TABLE = Table(name="client-records", partition_key="ID", ttl="expires")


def test_life(empty: Cloud) -> None:
    """Its time to live is switched off, and on for another attribute."""
    live(empty, TABLE, replace(TABLE, ttl=None), replace(TABLE, ttl="ends"))
    replace(TABLE, name="other").create(empty)
    assert list(Table.names(empty)) == ["other"]


def test_another_key(empty: Cloud) -> None:
    """A key of another name or type is read as what it is, and can't be changed."""
    empty.dynamodb.create_table(
        TableName=TABLE.name,
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "N"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=empty.lab.tag_list,
    )
    found = read(empty, TABLE)
    assert found
    assert TABLE.differences(found)["partition_key"] == ("ID", "id:N")
    assert "partition_key" in TABLE.fixed
