"""Changes by hand that provision does not heal: it stops before its first step, and says why."""

from tests.studies.drift.case import differs
from tests.studies.drift.hand import Do, do
from wschat.lab.aws.websocket_api import API_NAME
from wschat.lab.model import TAG

THE_API = f"API {API_NAME}"
THEIRS_NOW = "us-east-1/theirs-"
TAGS_CHANGED = (
    ("table client-records", do("TagResource", Tags=[{"Key": TAG, "Value": THEIRS_NOW}])),
    ("role ConnectRole", do("TagRole", Tags=[{"Key": TAG, "Value": "eu-central-1/<prefix>"}])),
    ("log group Connect", do("UntagResource", tagKeys=[TAG])),
    ("function Connect", do("UntagResource", TagKeys=[TAG])),
    (THE_API, do("UntagResource", TagKeys=[TAG])),
)
"""What makes a resource somebody else's: another lab's tag, one of another region, or none."""


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
