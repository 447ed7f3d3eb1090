"""The session, which is made without what botocore knows of all other services."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.session import Session, get_session

from wschat.functions.shared import session

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class _Nothing:
    def stream(self, **_: object) -> Iterator[bytes]:
        yield b"{}"


def asked(session: Session, region: str) -> tuple[str, str]:
    """Return the URL that DynamoDB is asked at, and for which region and service that is signed."""
    found: list[tuple[str, str]] = []

    def answer(request: AWSPreparedRequest, **_: object) -> AWSResponse:
        signed = request.headers["Authorization"]
        assert isinstance(signed, bytes)
        found.append((request.url, "/".join(signed.decode().split("/")[2:4])))
        return AWSResponse(request.url, 200, {}, _Nothing())  # type: ignore[arg-type]

    client: DynamoDBClient = session.create_client("dynamodb", region_name=region)  # type: ignore[assignment]
    client.meta.events.register("before-send.dynamodb", answer)  # type: ignore[arg-type]
    client.get_item(TableName="rooms", Key={"ID": {"S": "ops"}})
    return found[0]


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1"])
def test_regions(monkeypatch: pytest.MonkeyPatch, region: str) -> None:
    """It speaks to where botocore's own client would, in each part of AWS."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    ours = asked(session.session(), region)
    assert ours == asked(get_session(), region)
    assert f"dynamodb.{region}.amazonaws.com" in ours[0]
