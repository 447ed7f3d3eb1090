"""The session, which is made without what botocore knows of all other services."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.session import Session, get_session

from wschat.functions.shared import session

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def asked(session: Session, region: str) -> tuple[str, list[str]]:
    """Return the host that DynamoDB is asked at, and for which region and service that is signed."""
    client: DynamoDBClient = session.create_client("dynamodb", region_name=region)  # type: ignore[assignment]
    item = {"TableName": "rooms", "Key": {"ID": {"S": "ops"}}}
    url = urlsplit(client.generate_presigned_url("get_item", item))
    return url.netloc, parse_qs(url.query)["X-Amz-Credential"][0].split("/")[2:4]


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1"])
def test_regions(monkeypatch: pytest.MonkeyPatch, region: str) -> None:
    """It speaks to where botocore's own client would, in each part of AWS."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    ours = asked(session.session(), region)
    assert ours == asked(get_session(), region)
    assert f"dynamodb.{region}.amazonaws.com" in ours[0]
