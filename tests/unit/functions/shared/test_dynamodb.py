"""The client, reads, and items in Python's own values."""

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.session import Session, get_session

from tests.support.functions.database import Database
from wschat.functions.shared import dynamodb
from wschat.functions.shared.dynamodb import CLIENTS, ROOMS, batch_get_item, get_item, marshalled, scan

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
    ours = asked(dynamodb.session(), region)
    assert ours == asked(get_session(), region)
    assert f"dynamodb.{region}.amazonaws.com" in ours[0]


def test_marshalled() -> None:
    """An item comes back as it was; what is None was no attribute."""
    item = {
        "text": "é",
        "empty": "",
        "number": -7,
        "large": 10**37,
        "map": {"a": {"b": "1", "c": 1}, "d": {}},
    }
    assert dynamodb.unmarshalled(marshalled(item | {"none": None})) == item


def test_placeholders() -> None:
    """A name is an attribute unless one is given for it; what is empty or not used is left out."""
    told = dynamodb.placeholders(
        {"#me": "conn=", ":one": 1, ":more": {"a": "b"}, "#other": "c"},
        UpdateExpression="SET #users.#me = :more",
        ConditionExpression="size(#users) > :one",
        FilterExpression="",
    )
    assert told == {
        "UpdateExpression": "SET #users.#me = :more",
        "ConditionExpression": "size(#users) > :one",
        "ExpressionAttributeNames": {"#users": "users", "#me": "conn="},
        "ExpressionAttributeValues": {":more": {"M": {"a": {"S": "b"}}}, ":one": {"N": "1"}},
    }
    assert dynamodb.placeholders({}, ConditionExpression="") == {}
    with pytest.raises(KeyError):
        dynamodb.placeholders({}, ConditionExpression="#a = :missing")


def test_reads(database: Database) -> None:
    """One item, several, or one attribute of those that meet a condition; of what is not there, nothing."""
    database.put({"ID": {"S": "a"}, "connected": {"N": "7"}}, {"ID": {"S": "b"}}, {"room": {"S": "ops"}})
    assert get_item(CLIENTS, "a") == {"ID": "a", "connected": 7}
    assert get_item(CLIENTS, "ops") is None
    assert batch_get_item(ROOMS, ["ops", "dev"]) == [{"room": "ops"}]
    assert [*scan(CLIENTS, "#ID", "attribute_exists(#connected)")] == ["a"]


def test_unprocessed_keys(database: Database) -> None:
    """What DynamoDB leaves out of an answer is asked for again."""
    database.put(*({"room": {"S": f"{number}"}} for number in range(3)))

    def the_rest_is_unprocessed(parsed: dict[str, Any], **_: object) -> None:
        rest = parsed["Responses"][ROOMS][1:]
        del parsed["Responses"][ROOMS][1:]
        parsed["UnprocessedKeys"] = {ROOMS: {"Keys": rest, "ConsistentRead": True}} if rest else {}

    events = dynamodb.dynamodb().meta.events
    events.register("after-call.dynamodb.BatchGetItem", the_rest_is_unprocessed, "rest")
    try:
        found = batch_get_item(ROOMS, ["0", "1", "2"])
    finally:
        events.unregister("after-call.dynamodb.BatchGetItem", unique_id="rest")
    assert sorted(item["room"] for item in found) == ["0", "1", "2"]
