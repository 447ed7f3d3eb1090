"""What holds in the two tables at every moment, whoever was stopped wherever."""

from typing import Any

from wschat.functions.shared.dynamodb import CLIENTS, PARTITION_KEYS, ROOMS
from wschat.lab.aws.cloud import Cloud
from wschat.protocol.skeleton import keys


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
    known = {key: item for key, item in items.items() if "connected" in item}
    cut = {key: item for key, item in known.items() if "cut" in item}
    records = {key: item for key, item in known.items() if key not in cut}
    rooms = {key.removeprefix("room "): item for key, item in items.items() if "users" in item}
    names = {key: item for key, item in items.items() if key.startswith("name#")}
    taken = {
        (room, who, seat["S"]) for room, item in rooms.items() for who, seat in item["users"]["M"].items()
    }
    seats = {(room, who) for room, who, seat in taken if "#" not in seat}
    kept = {(room, who) for room, who, seat in taken if "#" in seat}
    sitting = {(item["room"]["S"], key) for key, item in records.items() if "room" in item}
    listed = items.get("#rooms", {"rooms": {"M": {}}})["rooms"]["M"]
    empty = {room for room, entry in listed.items() if "#" in entry["S"]}
    counted = {key.removeprefix("room ").removesuffix("#log") for key in items if key.endswith("#log")}
    found = [f"a seat without a record, or the other way round: {seat}" for seat in seats ^ sitting]
    found += [f"a place kept for nobody: {who}" for room, who in kept if _room(cut.get(who, {})) != room]
    found += [f"not listed, or listed and not there: {room}" for room in listed.keys() ^ rooms.keys()]
    there = {room for room, _ in seats}
    found += [
        f"nobody is there, and the list does not say so: {room}" for room in rooms.keys() - there - empty
    ]
    found += [f"somebody is there, and the list says nobody is: {room}" for room in there & empty]
    found += [f"a room without a counter, or the other way round: {room}" for room in counted ^ rooms.keys()]
    for key, item in records.items():
        mine = _names(item)
        if any(names.get(name, {}).get("owner", {}).get("S") != key for name in mine):
            found.append(f"a name that is not its connection's: {mine}")
        if "room" in item and (rooms[_room(item)]["created"] != item["born"] or "expires" in item):
            found.append(f"a member of an earlier room, or one that expires: {key}")
        if "room" not in item and "expires" not in item:
            found.append(f"a record that never expires: {key}")
    found += [f"cut off, and never forgotten: {key}" for key, item in cut.items() if "expires" not in item]
    for key, item in names.items():
        if key not in _names(records.get(item["owner"]["S"], {})) and "token" not in item:
            found.append(f"a name that its owner does not have, and that is not reserved: {key}")
    return found


def _names(record: dict[str, Any]) -> list[str]:
    return [f"name#{key}" for key in keys(record["name"]["S"])] if "name" in record else []


def _room(record: dict[str, Any]) -> str:
    return str(record.get("room", {}).get("S", ""))
