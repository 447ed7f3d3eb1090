"""Another emulator's DynamoDB in MiniStack's place, which is asked the same: where do the two differ?

It is at the URL that `DYNAMODB` holds. What lacks transactions gets their parts one after the other, and all
back as it was where one is refused: no test here has two at once behind this lock. What it can't compare in
them is compared here.
"""

import http.client
import json
import os
import re
from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from tests.support.functions.database import CANCELED, CANCELLED, Database
from tests.support.plane.wire import Answer
from wschat.functions.shared.dynamodb import PARTITION_KEYS

REFUSED = "ConditionalCheckFailedException"
SINGLE = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem"}
DIFFERENT = Answer(400, {}, b"{}")
VOLATILE = {"TableDescription", "ConsumedCapacity", "ItemCollectionMetrics"}


class SecondDatabase(Database):
    """Answers as the other emulator does; `counts` has how many of each operation were alike or differed."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = urlsplit(url)
        self.counts: dict[str, Counter[str]] = {}

    def _send(self, operation: str, params: dict[str, Any]) -> Answer:
        first = super()._send(operation, params)
        with self._lock:
            second = self._ask(operation, params)
            if operation == "TransactWriteItems" and b"UnknownOperation" in second.body:
                second = self._one_by_one(params["TransactItems"])
        kind = "alike" if _plain(first) == _plain(second) else "different"
        self.counts.setdefault(operation, Counter())[kind] += 1
        return second

    def _ask(self, operation: str, params: dict[str, Any]) -> Answer:
        connection = http.client.HTTPConnection(self._url.hostname or "", self._url.port)
        scope = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request"
        headers = {
            "x-amz-target": f"DynamoDB_20120810.{operation}",
            "content-type": "application/x-amz-json-1.0",
            "authorization": f"{scope}, SignedHeaders=host, Signature=0",
            "x-amz-date": "20260101T000000Z",
        }
        connection.request("POST", "/", json.dumps(params), headers)
        told = connection.getresponse()
        answer = Answer(told.status, dict(told.getheaders()), told.read())
        connection.close()
        return answer

    def _one_by_one(self, items: list[dict[str, Any]]) -> Answer:
        """Do a transaction in its parts."""
        reasons, before = [{"Code": "None"} for _ in items], list[tuple[str, dict[str, Any], Any]]()
        for number, ((kind, given),) in enumerate(each.items() for each in items):
            key_name = PARTITION_KEYS[given["TableName"]]
            key = given.get("Key") or {key_name: given["Item"][key_name]}
            place = {"TableName": given["TableName"], "Key": key}
            there = self._ask("GetItem", {**place, "ConsistentRead": True}).json.get("Item")
            before.append((given["TableName"], key, there))
            asked, same = _compared(given, there or {})
            check = {name: asked[name] for name in asked if name.startswith(("Condition", "Expression"))}
            single = SINGLE.get(kind, "DeleteItem")  # a check: what it deletes comes back
            answer = self._ask(single, asked if kind in SINGLE else place | check) if same else DIFFERENT
            if kind not in SINGLE or not answer.ok:
                self._restore(before[-1:])
            if not answer.ok:
                reasons[number] = {
                    "Code": "ConditionalCheckFailed",
                    "Message": "The conditional request failed",
                }
                self._restore(before)
                words = ", ".join(each["Code"] for each in reasons)
                told = {
                    "__type": CANCELED,
                    "Message": CANCELLED.format(words),
                    "CancellationReasons": reasons,
                }
                return Answer(400, {}, json.dumps(told).encode())
        return Answer(200, {}, b"{}")

    def _restore(self, items: list[tuple[str, dict[str, Any], Any]]) -> None:
        for table, key, item in items:
            where = {"Item": item} if item else {"Key": key}
            self._ask("PutItem" if item else "DeleteItem", {"TableName": table, **where})


def database() -> Database:
    """Return the database that the tests ask: MiniStack's, or the one that `DYNAMODB` names."""
    url = os.environ.get("DYNAMODB")
    return SecondDatabase(url) if url else Database()


def _compared(asked: dict[str, Any], there: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """Compare maps, of which dynalite finds none equal; return what is left to ask, and whether they are."""
    names, values = (asked.get(f"ExpressionAttribute{part}", {}) for part in ("Names", "Values"))
    clauses = [each.partition(" = ") for each in asked.get("ConditionExpression", "").split(" AND ")]
    maps = [(name, value) for name, _, value in clauses if "M" in values.get(value, {})]
    left = " AND ".join("".join(each) for each in clauses if (each[0], each[2]) not in maps)
    words = set(re.findall(r"[#:]\w+", f"{left} {asked.get('UpdateExpression', '')}"))
    changed = {
        "ConditionExpression": left,
        "ExpressionAttributeNames": {name: names[name] for name in names if name in words},
        "ExpressionAttributeValues": {value: values[value] for value in values if value in words},
    }
    rest = {name: part for name, part in (asked | changed).items() if part}
    return rest, all(there.get(names[name]) == values[value] for name, value in maps)


def _plain(answer: Answer) -> object:
    """Return what of an answer must be the same: items in no order, of a refusal its name and reasons."""
    told = answer.json
    if not answer.ok:
        reasons = [each.get("Code") for each in told.get("CancellationReasons", ())]
        return told.get("__type", "").rpartition("#")[2], reasons
    told = {name: value for name, value in told.items() if value and name not in VOLATILE}
    lists = {name: sorted(map(_text, value)) for name, value in told.items() if isinstance(value, list)}
    return told | lists


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True)
