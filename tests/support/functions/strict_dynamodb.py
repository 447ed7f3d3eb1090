"""Refuses requests that DynamoDB refuses and the emulator lets pass.

Sources: DynamoDB's API reference, "Expressions" and TransactWriteItems: every name and value that is
declared is used, and the other way round; document paths of one update do not overlap; a transaction
takes an item once. Reserved words must be aliased: here every attribute must be. And every read of the
functions must be consistent, since the emulator's are, and others might not see what was just written.
"""

import re
from typing import Any

from wschat.functions.shared.dynamodb import PARTITION_KEYS

EXPRESSIONS = ("ConditionExpression", "UpdateExpression", "ProjectionExpression", "FilterExpression")
FUNCTIONS = {"attribute_exists", "attribute_not_exists", "if_not_exists", "size"}
WORDS = {"SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT"}


def check(operation: str, params: dict[str, Any]) -> None:
    """Check what a client sends."""
    if operation in {"GetItem", "Query", "Scan", "BatchGetItem"}:
        reads = params.get("RequestItems", {"": params}).values()
        assert all(read.get("ConsistentRead") for read in reads), f"not consistent: {params}"
    operations = [params]
    if "TransactItems" in params:
        operations = [each for item in params["TransactItems"] for each in item.values()]
        items = [_item(each) for each in operations]
        assert len(items) == len(set(items)), f"a transaction takes an item once: {items}"
        assert len(items) <= 100
        assert 1 <= len(params["ClientRequestToken"]) <= 36
    for each in operations:
        _check_expressions(each)
        _check_paths(each.get("UpdateExpression", ""), each.get("ExpressionAttributeNames", {}))


def _item(operation: dict[str, Any]) -> tuple[str, str]:
    """Return the table and the key of the item that an operation of a transaction is about."""
    table = operation["TableName"]
    return table, (operation.get("Key") or operation["Item"])[PARTITION_KEYS[table]]["S"]


def _check_expressions(operation: dict[str, Any]) -> None:
    text = " ".join(operation.get(part, "") for part in EXPRESSIONS)
    used = set(re.findall(r"[#:]\w+", text))
    declared = {
        *operation.get("ExpressionAttributeNames", {}),
        *operation.get("ExpressionAttributeValues", {}),
    }
    assert used == declared, f"declared {sorted(declared)}, used {sorted(used)} in {text!r}"
    for part in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        assert operation.get(part) != {}, f"{part} must not be empty"
    bare = set(re.findall(r"(?<![#:\w.])[A-Za-z_]\w*", text)) - FUNCTIONS - WORDS
    assert not bare, f"not aliased, and perhaps reserved: {bare}"


def _check_paths(update: str, names: dict[str, str]) -> None:
    clauses = re.split(r"\b(?:SET|REMOVE|ADD|DELETE)\b", update)
    targets = [
        part.split("=")[0].split(" :")[0].strip()
        for clause in clauses
        for part in re.split(r",(?![^(]*\))", clause)
    ]
    paths = [tuple(names[step] for step in target.split(".")) for target in targets if target]
    for number, path in enumerate(paths):
        for other in paths[number + 1 :]:
            shorter = min(len(path), len(other))
            assert path[:shorter] != other[:shorter], f"two document paths overlap: {path} and {other}"
