"""Time passes in the tables: whatever they say of a moment is that much earlier."""

from contextlib import suppress
from copy import deepcopy
from itertools import chain
from typing import Any

from botocore.exceptions import ClientError

from tests.support.functions.consistent import items_of
from tests.support.functions.database import Database
from wschat.functions.shared.dynamodb import CLIENTS
from wschat.lab.aws.cloud import Cloud


def age(database: Database, seconds: int) -> None:
    """Let so many seconds go by for all who are cut off, for rooms without anybody, and for what expires."""
    database.put(*(_older(item, seconds) for item in database.items().values()))


def age_records(cloud: Cloud, seconds: int) -> None:
    """Let so many seconds go by in a lab in which functions run, for the records of all who are cut off."""
    for item in items_of(cloud, CLIENTS).values():
        if "cut" in item:
            _replace(cloud, item, "cut", seconds)


def age_empty_rooms(cloud: Cloud, seconds: int) -> None:
    """Let so many seconds go by in a lab in which functions run, for the rooms in which nobody is."""
    if listed := items_of(cloud, CLIENTS).get("#rooms"):
        _replace(cloud, listed, "rooms", seconds)


def _replace(cloud: Cloud, item: dict[str, Any], name: str, seconds: int) -> None:
    with suppress(ClientError):  # it has changed meanwhile
        cloud.dynamodb.update_item(
            TableName=cloud.lab.name(CLIENTS),
            Key={"ID": item["ID"]},
            UpdateExpression="SET #name = :older",
            ConditionExpression="#name = :old",
            ExpressionAttributeNames={"#name": name},
            ExpressionAttributeValues={":older": _older(item, seconds)[name], ":old": item[name]},
        )


def _older(item: dict[str, Any], seconds: int) -> dict[str, Any]:
    older = deepcopy(item)
    for name in ("cut", "expires"):
        if name in older:
            older[name] = {"N": str(int(older[name]["N"]) - seconds)}
    marked = (older[name]["M"].values() for name in ("users", "rooms") if name in older)
    for seat in chain.from_iterable(marked):
        name, marked, since = seat["S"].partition("#")
        if marked:
            seat["S"] = f"{name}#{int(since) - seconds}"
    return older
