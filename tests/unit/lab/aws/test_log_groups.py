"""Log groups, which are looked for by how their names begin."""

from dataclasses import replace

from tests.unit.lab.conftest import read
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.log_groups import LogGroup


def test_names_that_begin_alike(empty: Cloud) -> None:
    """One whose name begins as another's is not taken for that."""
    group = LogGroup(name="/aws/lambda/Connect", retention_days=14)
    replace(group, name="/aws/lambda/Connect2").create(empty)
    assert read(empty, group) is None
    group.create(empty)
    assert read(empty, group) == group
