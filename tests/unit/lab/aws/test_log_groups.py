"""Log groups: created with an end to what they keep, changed, read and deleted."""

from dataclasses import replace

from tests.unit.lab.conftest import live
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.log_groups import LogGroup


def test_life(empty: Cloud) -> None:
    """One whose name begins as another's is not taken for that."""
    group = LogGroup(name="/aws/lambda/Connect", retention_days=14)
    replace(group, name="/aws/lambda/Connect2").create(empty)
    live(empty, group, replace(group, retention_days=30))
    assert set(LogGroup.names(empty)) == {"/aws/lambda/Connect2"}
