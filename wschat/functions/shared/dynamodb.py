"""The two DynamoDB tables: their names, reads, and Python's own values in the items."""

import os
import random
import re
import time
from collections.abc import Iterable, Iterator
from typing import Any

from wschat.functions.shared.dynamodb_client import dynamodb

CLIENTS = os.environ.get("CLIENT_RECORDS", "client-records")
ROOMS = os.environ.get("ROOM_MESSAGES_USERS", "room-messages-users")
PARTITION_KEYS = {CLIENTS: "ID", ROOMS: "room"}  # texts, both; case matters

THROTTLED = 0.2
"""Seconds, at most, until what was left out of an answer is asked for again: there was too much at once."""

Json = dict[str, Any]


def get_item(table: str, key: str) -> Json | None:
    """Read one item, consistently: what was written before is seen. None when there is none."""
    answer = dynamodb().call("GetItem", TableName=table, Key=primary_key(table, key), ConsistentRead=True)
    return unmarshalled(answer["Item"]) if "Item" in answer else None


def batch_get_item(table: str, keys: Iterable[str]) -> list[Json]:
    """Read those items that there are, at most a hundred, consistently; in no order."""
    wanted, items = [primary_key(table, key) for key in keys], list[Json]()
    while wanted:
        asked = {table: {"Keys": wanted, "ConsistentRead": True}}
        answer = dynamodb().call("BatchGetItem", RequestItems=asked)
        items += map(unmarshalled, answer["Responses"].get(table, []))
        wanted = [missed for part in answer["UnprocessedKeys"].values() for missed in part["Keys"]]
        if wanted:
            time.sleep(random.uniform(0, THROTTLED))  # noqa: S311  jitter is no secret
    return items


def scan(table: str, attribute: str, condition: str) -> Iterator[Any]:
    """Read one attribute of all items that meet a condition: the whole table is read, and billed."""
    asked = placeholders({}, ProjectionExpression=attribute, FilterExpression=condition)
    page: Json | None = None
    while page is None or "LastEvaluatedKey" in page:
        page = dynamodb().call("Scan", TableName=table, ConsistentRead=True, **asked)
        yield from (value for item in page["Items"] for value in unmarshalled(item).values())
        asked["ExclusiveStartKey"] = page.get("LastEvaluatedKey")


def primary_key(table: str, key: str) -> Json:
    """Return a primary key as DynamoDB has it."""
    return {PARTITION_KEYS[table]: {"S": key}}


def placeholders(given: Json, **expressions: str) -> Json:
    """Return the expressions that are not empty, with what their placeholders stand for.

    `#word` is the attribute `word`, unless another name is given for it, as for a connection in a map; for
    `:word` the value is given. What is given and not used is left out: DynamoDB refuses it.
    """
    written = {name: text for name, text in expressions.items() if text}
    used = sorted(set(re.findall(r"[#:]\w+", " ".join(written.values()))))
    names = {word: given.get(word, word[1:]) for word in used if word.startswith("#")}
    values = {word: _marshalled(given[word]) for word in used if word.startswith(":")}
    filled = {"ExpressionAttributeNames": names, "ExpressionAttributeValues": values}
    return written | {name: part for name, part in filled.items() if part}


def marshalled(item: Json) -> Json:
    """Return an item as DynamoDB has it; attributes that are None stay away."""
    return {name: _marshalled(value) for name, value in item.items() if value is not None}


def unmarshalled(item: Json) -> Json:
    """Return an item in Python's own values: texts, integers and maps are all that the tables hold."""
    return {name: _unmarshalled(value) for name, value in item.items()}


def _marshalled(value: Any) -> Json:  # noqa: ANN401
    if isinstance(value, dict):
        return {"M": marshalled(value)}
    return {"S": value} if isinstance(value, str) else {"N": str(value)}


def _unmarshalled(value: Json) -> Any:  # noqa: ANN401
    ((kind, held),) = value.items()
    if kind == "M":
        return unmarshalled(held)
    return int(held) if kind == "N" else held
