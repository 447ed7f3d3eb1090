"""The two DynamoDB tables: their names, the client, reads, and Python's own values in the items."""

import os
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.loaders import Loader
from botocore.session import Session, get_session

from wschat.functions.shared.workers import WORKERS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

CLIENTS = os.environ.get("CLIENT_RECORDS", "client-records")
ROOMS = os.environ.get("ROOM_MESSAGES_USERS", "room-messages-users")
PARTITION_KEYS = {CLIENTS: "ID", ROOMS: "room"}  # texts, both; case matters

Json = dict[str, Any]


class OneService(Loader):
    """Reads what botocore knows of DynamoDB, and not of 400 other services: that would slow cold starts."""

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002  botocore's
        """Return the only service that a client is made for."""
        return ["dynamodb"]

    def load_data_with_path(self, name: str) -> tuple[Json, str]:
        """Leave out the megabyte that tells where all services are: DynamoDB's own rules tell it, too."""
        if name == "endpoints":
            return {"version": 3, "partitions": []}, self.BUILTIN_DATA_PATH
        return super().load_data_with_path(name)


@cache
def session() -> Session:
    """Return the session: boto3 adds nothing that is used here, and takes its time to load."""
    made = get_session()
    made.register_component("data_loader", OneService())
    return made


@cache
def dynamodb() -> "DynamoDBClient":
    """Return the DynamoDB client, made once for each execution environment."""
    config = Config(
        connect_timeout=2, read_timeout=5, retries={"mode": "standard"}, max_pool_connections=WORKERS
    )
    region = os.environ["AWS_REGION"]
    return session().create_client("dynamodb", region_name=region, config=config)  # type: ignore[return-value]


def get_item(table: str, key: str) -> Json | None:
    """Read one item, consistently: what was written before is seen. None when there is none."""
    answer = dynamodb().get_item(TableName=table, Key=primary_key(table, key), ConsistentRead=True)
    return unmarshalled(answer["Item"]) if "Item" in answer else None


def batch_get_item(table: str, keys: Iterable[str]) -> list[Json]:
    """Read those items that there are, at most a hundred, consistently; in no order."""
    wanted, items = [primary_key(table, key) for key in keys], list[Json]()
    while wanted:
        answer = dynamodb().batch_get_item(RequestItems={table: {"Keys": wanted, "ConsistentRead": True}})
        items += map(unmarshalled, answer["Responses"].get(table, []))
        wanted = [dict(missed) for part in answer["UnprocessedKeys"].values() for missed in part["Keys"]]
    return items


def scan(table: str, attribute: str, condition: str) -> Iterator[Any]:
    """Read one attribute of all items that meet a condition: the whole table is read, and billed."""
    expressions = placeholders({}, ProjectionExpression=attribute, FilterExpression=condition)
    pages = dynamodb().get_paginator("scan").paginate(TableName=table, ConsistentRead=True, **expressions)
    return (value for page in pages for item in page["Items"] for value in unmarshalled(item).values())


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


def unmarshalled(item: Any) -> Json:  # noqa: ANN401  an item of botocore's types
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
