"""What holds in the two tables at every moment, whoever was stopped wherever."""

from typing import Any

from wschat.functions.shared.dynamodb import CLIENTS, PARTITION_KEYS, ROOMS
from wschat.lab.aws.cloud import Cloud


def items_of(cloud: Cloud, table: str) -> dict[str, Any]:
    """Return all items of one of a lab's tables, by key."""
    pages = cloud.dynamodb.get_paginator("scan").paginate(
        TableName=cloud.lab.name(table), ConsistentRead=True
    )
    return {item[PARTITION_KEYS[table]]["S"]: item for item in pages.build_full_result()["Items"]}


def all_items(cloud: Cloud) -> dict[str, Any]:
    """Return all items of a lab's tables, by key; those of the second after the word `room`."""
    return items_of(cloud, CLIENTS) | {f"room {key}": item for key, item in items_of(cloud, ROOMS).items()}


def inconsistencies(items: dict[str, Any]) -> list[str]:
    """Return what does not fit together: seats and records, rooms and the list, names and their owners."""
    records = {key: item for key, item in items.items() if "connected" in item}
    rooms = {key.removeprefix("room "): item for key, item in items.items() if "users" in item}
    owners = {key: item["owner"]["S"] for key, item in items.items() if key.startswith("name#")}
    seats = {(room, connection) for room, item in rooms.items() for connection in item["users"]["M"]}
    sitting = {(item["room"]["S"], key) for key, item in records.items() if "room" in item}
    listed = set(items.get("#rooms", {"rooms": {"M": {}}})["rooms"]["M"])
    counted = {key.removeprefix("room ").removesuffix("#log") for key in items if key.endswith("#log")}
    found = [f"a seat without a record, or the other way round: {seat}" for seat in seats ^ sitting]
    found += [f"an empty room: {room}" for room, item in rooms.items() if not item["users"]["M"]]
    found += [f"not listed, or listed and not there: {room}" for room in listed ^ rooms.keys()]
    found += [f"a room without a counter, or the other way round: {room}" for room in counted ^ rooms.keys()]
    for key, item in records.items():
        name = item.get("name", {}).get("S", "")
        if name and owners.get(f"name#{name.casefold()}") != key:
            found.append(f"a name that is not its connection's: {name}")
        if "room" in item and (rooms[item["room"]["S"]]["created"] != item["born"] or "expires" in item):
            found.append(f"a member of an earlier room, or one that expires: {key}")
        if "room" not in item and "expires" not in item:
            found.append(f"a record that never expires: {key}")
    for key, owner in owners.items():
        if key != f"name#{records.get(owner, {}).get('name', {}).get('S', '').casefold()}":
            found.append(f"a name that its owner does not have: {key}")
    return found
