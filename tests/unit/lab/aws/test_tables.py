"""Tables, and what AWS may refuse of them."""

from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.tables import Table

TABLE = Table(name="client-records", partition_key="ID", ttl="expires")


def test_a_time_to_live_that_is_refused(empty: Cloud) -> None:
    """A refusal that is not of a change that was made already, or is too soon, is raised."""
    replace(TABLE, ttl=None).create(empty)
    refusal = ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "UpdateTimeToLive")
    events = empty.dynamodb.meta.events

    def refuse(**_: object) -> None:
        raise refusal

    events.register("before-call.dynamodb.UpdateTimeToLive", refuse)
    with pytest.raises(ClientError, match="AccessDenied"):
        TABLE.update(replace(TABLE, ttl=None), empty)
    events.unregister("before-call.dynamodb.UpdateTimeToLive", refuse)
