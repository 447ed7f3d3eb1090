"""Reads, and items in Python's own values."""

import json
from typing import Any

import pytest

from tests.support.functions.database import Database
from tests.support.plane.wire import Answer
from wschat.functions.shared import dynamodb
from wschat.functions.shared.dynamodb import CLIENTS, ROOMS, batch_get_item, get_item, marshalled, scan


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


def test_unprocessed_keys(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """What DynamoDB leaves out of an answer is asked for again, after a random pause."""
    pauses = list[float]()
    monkeypatch.setattr("time.sleep", pauses.append)
    database.put(*({"room": {"S": f"{number}"}} for number in range(3)))
    ask = database.ask

    def ask_one_by_one(operation: str, params: dict[str, Any]) -> Answer:
        answer = ask(operation, params)
        (found,) = answer.json["Responses"].values()
        rest = {ROOMS: {"Keys": found[1:], "ConsistentRead": True}} if found[1:] else {}
        told = {"Responses": {ROOMS: found[:1]}, "UnprocessedKeys": rest}
        return Answer(200, {}, json.dumps(told).encode())

    monkeypatch.setattr(database, "ask", ask_one_by_one)
    assert sorted(item["room"] for item in batch_get_item(ROOMS, ["0", "1", "2"])) == ["0", "1", "2"]
    assert [0 < pause < dynamodb.THROTTLED for pause in pauses] == [True, True]


def test_pages(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scan goes on where DynamoDB stopped, until there is no more; a page may be empty."""
    database.put(*({"ID": {"S": f"{number}"}, "connected": {"N": "1"}} for number in range(5)))
    ask = database.ask
    monkeypatch.setattr(database, "ask", lambda operation, params: ask(operation, params | {"Limit": 2}))
    assert sorted(scan(CLIENTS, "#ID", "attribute_exists(#connected)")) == ["0", "1", "2", "3", "4"]
    assert [*scan(CLIENTS, "#ID", "attribute_not_exists(#connected)")] == []
