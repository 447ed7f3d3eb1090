"""What can't be changed in place: a table's key, an API's protocol."""

from tests.drift.case import differs
from tests.drift.cases import THE_API
from tests.drift.hand import Do, do
from wschat.lab.blueprint import API_NAME
from wschat.lab.model import TAG


def _table(key: str, kind: str) -> Do:
    return do(
        "CreateTable",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": kind}],
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=[{"Key": TAG, "Value": "us-east-1/<prefix>"}],
    )


_http = do("CreateApi", Name=f"<prefix>{API_NAME}", ProtocolType="HTTP", Tags={TAG: "us-east-1/<prefix>"})
FIXED = (
    differs("table client-records", "partition_key", _table("id", "S"), found="id", heals=()),
    differs("table room-messages-users", "partition_key", _table("room", "N"), found="room:N", heals=()),
    differs(THE_API, "protocol", _http, found="HTTP", heals=()),
)
"""What can't be changed in place, of things that somebody else made with the lab's tag."""
