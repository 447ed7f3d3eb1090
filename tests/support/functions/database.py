"""MiniStack's DynamoDB in this process: the same code, without HTTP, and as strict as AWS where it is not.

It is in an account of its own: who has another one in this MiniStack may have a lab with the same names.
AWS refuses a transaction that meets another one on an item; MiniStack does one thing after the other. So
`conflicts` makes up such refusals, for so many calls of every hundred.
"""

import json
import random
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from ministack.core.responses import request_scope
from ministack.services import dynamodb as ministack
from mypy_boto3_dynamodb import DynamoDBClient

from tests.support.functions.strict_dynamodb import check
from tests.support.plane.inside import before_send
from tests.support.plane.wire import Answer
from wschat.functions.shared.dynamodb import CLIENTS, PARTITION_KEYS, ROOMS
from wschat.functions.shared.dynamodb_client import DynamoDB

ACCOUNT = "111111111111"
CONFLICT = "com.amazonaws.dynamodb.v20120810#TransactionConflictException"
CANCELED = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException"
CANCELLED = "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]"


class Database:
    """The two tables; `items` and `restore` go around the functions' own client."""

    def __init__(self) -> None:
        self.conflicts = 0
        self._chance = random.Random(7)  # noqa: S311
        self._lock = threading.Lock()

    @contextmanager
    def behind(self, client: DynamoDB) -> Iterator[None]:
        """Answer all that a client sends, strictly; the tables are empty at first, and gone in the end."""
        for table, key in PARTITION_KEYS.items():
            schema = [{"AttributeName": key, "KeyType": "HASH"}]
            types = [{"AttributeName": key, "AttributeType": "S"}]
            made = {"TableName": table, "KeySchema": schema, "AttributeDefinitions": types}
            self._do("CreateTable", made | {"BillingMode": "PAY_PER_REQUEST"})

        def send(path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
            operation, params = _asked(headers, body)
            assert path == "/"
            check(operation, params)
            answer = self.ask(operation, params)
            return answer.status, answer.body

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(client, "send", send)
            yield
        self.conflicts = 0
        for table in PARTITION_KEYS:
            self._do("DeleteTable", {"TableName": table})

    def answer(self, client: DynamoDBClient) -> None:
        """Answer all that one of boto3's clients sends."""
        hook: Any = before_send(lambda request: self.ask(*_asked(request.headers, request.body)))
        client.meta.events.register("before-send.dynamodb", hook, "database")

    def ask(self, operation: str, params: dict[str, Any]) -> Answer:
        """Answer one request, whoever sends it."""
        if self._chance.uniform(0, 100) < self.conflicts and (refusal := _conflict(operation, params)):
            return Answer(400, {}, json.dumps(refusal).encode())
        return self._send(operation, params)

    def item(self, table: str, key: dict[str, Any]) -> dict[str, Any] | None:
        """Return one item."""
        return self._do("GetItem", {"TableName": table, "Key": key}).get("Item")

    def items(self) -> dict[str, Any]:
        """Return all items of both tables, by key; those of the second after the word `room`."""
        clients, rooms = (self._do("Scan", {"TableName": table})["Items"] for table in PARTITION_KEYS)
        return {
            **{item["ID"]["S"]: item for item in clients},
            **{f"room {item['room']['S']}": item for item in rooms},
        }

    def put(self, *items: dict[str, Any]) -> None:
        """Put items into the table that they have the key of."""
        for item in items:
            self._do("PutItem", {"TableName": _table(item), "Item": item})

    def restore(self, items: dict[str, Any]) -> None:
        """Make the tables what `items` told before."""
        now = self.items()
        self.put(*(item for name, item in items.items() if now.get(name) != item))
        for name in now.keys() - items.keys():
            table = _table(now[name])
            key = PARTITION_KEYS[table]
            self._do("DeleteItem", {"TableName": table, "Key": {key: now[name][key]}})

    def _do(self, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        answer = self._send(operation, params)
        assert answer.ok, answer.body
        return dict(answer.json)

    def _send(self, operation: str, params: dict[str, Any]) -> Answer:
        headers = {"x-amz-target": f"DynamoDB_20120810.{operation}"}
        with self._lock, request_scope(ACCOUNT, "us-east-1"):
            asked = ministack.handle_request("POST", "/", headers, json.dumps(params).encode(), {})
            try:
                asked.send(None)
            except StopIteration as done:
                status, told, body = done.value
                return Answer(status, told, body if isinstance(body, bytes) else body.encode())
        raise AssertionError(operation)  # it awaits nothing


def _asked(headers: Mapping[str, str], body: bytes) -> tuple[str, dict[str, Any]]:
    return headers["x-amz-target"].partition(".")[2], json.loads(body)


def _table(item: dict[str, Any]) -> str:
    return CLIENTS if "ID" in item else ROOMS


def _conflict(operation: str, params: dict[str, Any]) -> dict[str, Any] | None:
    if operation == "TransactWriteItems":
        reasons = [{"Code": "None"} for _ in params["TransactItems"]]
        reasons[-1] = {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}
        words = ", ".join(each["Code"] for each in reasons)
        return {"__type": CANCELED, "Message": CANCELLED.format(words), "CancellationReasons": reasons}
    if operation == "UpdateItem":
        return {"__type": CONFLICT, "message": "Transaction is ongoing for the item"}
    return None
