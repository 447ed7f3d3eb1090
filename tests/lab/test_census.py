"""Every lab of an account: those that are there, and nothing that no lab can be called."""

from typing import Any

from tests.labs import provision, tear_down
from wschat.lab import census
from wschat.lab.cloud import Cloud

FOREIGN = "/aws/lambda/some/other/Connect"


def test_names_that_no_lab_can_have(cloud: Cloud) -> None:
    """A log group whose name ends as ours, under a prefix that no table may have, is nothing to look at."""
    asked: list[str] = []

    def note(params: dict[str, Any], **_: object) -> None:
        asked.append(params["TableName"])

    event = "provide-client-params.dynamodb.DescribeTable"
    cloud.logs.create_log_group(logGroupName=FOREIGN)
    provision(cloud)
    cloud.dynamodb.meta.events.register(event, note)
    try:
        prefixes = {each.cloud.lab.prefix for each in census.labs(cloud)}
    finally:
        cloud.dynamodb.meta.events.unregister(event, note)
        cloud.logs.delete_log_group(logGroupName=FOREIGN)
        tear_down(cloud)
    assert cloud.lab.prefix in prefixes
    assert cloud.lab.name("client-records") in asked
    assert "some/other/client-records" not in asked
