"""Time passes in the tables: whatever they say of a moment is that much earlier."""

from contextlib import suppress
from copy import deepcopy
from typing import Any

from botocore.exceptions import ClientError

from tests.support.functions.consistent import items_of
from tests.support.functions.database import Database
from wschat.functions.shared.dynamodb import CLIENTS
from wschat.lab.aws.cloud import Cloud


def age(database: Database, seconds: int) -> None:
    """Let so many seconds go by for all who are cut off, and for all that expires."""
    database.put(*(_older(item, seconds) for item in database.items().values()))


def age_records(cloud: Cloud, seconds: int) -> None:
    """Let so many seconds go by in a lab in which functions run, for the records of all who are cut off."""
    table = cloud.lab.name(CLIENTS)
    for key, item in items_of(cloud, CLIENTS).items():
        if "cut" in item:
            with suppress(ClientError):  # it has changed meanwhile
                cloud.dynamodb.update_item(
                    TableName=table,
                    Key={"ID": {"S": key}},
                    UpdateExpression="SET cut = cut - :seconds",
                    ConditionExpression="cut = :cut",
                    ExpressionAttributeValues={":seconds": {"N": str(seconds)}, ":cut": item["cut"]},
                )


def _older(item: dict[str, Any], seconds: int) -> dict[str, Any]:
    older = deepcopy(item)
    for name in ("cut", "expires"):
        if name in older:
            older[name] = {"N": str(int(older[name]["N"]) - seconds)}
    for seat in older.get("users", {"M": {}})["M"].values():
        name, marked, since = seat["S"].partition("#")
        if marked:
            seat["S"] = f"{name}#{int(since) - seconds}"
    return older
