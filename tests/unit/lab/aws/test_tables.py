"""Tables: created with a time to live, changed, read and deleted."""

from dataclasses import replace

from tests.unit.lab.conftest import live
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.tables import Table

TABLE = Table(name="client-records", partition_key="ID", ttl="expires")


def test_life(empty: Cloud) -> None:
    """Its time to live is switched off, and on for another attribute."""
    live(empty, TABLE, replace(TABLE, ttl=None), replace(TABLE, ttl="ends"))
    replace(TABLE, name="other").create(empty)
    assert list(Table.names(empty)) == ["other"]
