"""Writes: of one item, of several all or nothing, and again when another transaction was in the way."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from wschat.functions.shared.aws import ClientError
from wschat.functions.shared.dynamodb import Json, marshalled, placeholders, primary_key, unmarshalled
from wschat.functions.shared.dynamodb_client import dynamodb
from wschat.protocol.refusals import ErrorCode, Refused

ATTEMPTS, BASE = 8, 0.02
"""At most 5 seconds of pauses in all: somebody waits for the reply, and API Gateway for 29 seconds at most.

So these are no numbers of `wschat.retry`, which has patience for AWS's control plane.
"""
CONFLICT = {
    "ConditionalCheckFailed",
    "TransactionConflict",
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
}

T = TypeVar("T")


def write(operation: Json) -> Json | None:
    """Write one item; return the attributes that an update changed, or None if the condition did not hold."""
    ((kind, parameters),) = operation.items()
    wanted = {"ReturnValues": "UPDATED_NEW"} if kind == "Update" else {}
    try:
        answer = retry_on_conflict(lambda: dynamodb().call(f"{kind}Item", **parameters, **wanted))
    except ClientError as error:
        if error.code == "ConditionalCheckFailedException":
            return None
        raise
    return unmarshalled(answer.get("Attributes", {}))


def put(table: str, item: Json, condition: str = "", given: Json | None = None) -> Json:
    """Return a Put of an item."""
    expressions = placeholders(given or {}, ConditionExpression=condition)
    return {"Put": {"TableName": table, "Item": marshalled(item), **expressions}}


def update(table: str, key: str, change: str, condition: str, *given: Json) -> Json:
    """Return an Update of an item."""
    filled = {name: value for each in given for name, value in each.items()}
    expressions = placeholders(filled, UpdateExpression=change, ConditionExpression=condition)
    return {"Update": {"TableName": table, "Key": primary_key(table, key), **expressions}}


def delete(table: str, key: str, condition: str, given: Json | None = None) -> Json:
    """Return a Delete of an item."""
    expressions = placeholders(given or {}, ConditionExpression=condition)
    return {"Delete": {"TableName": table, "Key": primary_key(table, key), **expressions}}


def transact_write(*operations: Json) -> None:
    """Write all of them or, if a condition does not hold or another transaction is in the way, none.

    Raises:
        ClientError: none was written; `retry_on_conflict` knows when to try again.
    """
    dynamodb().call("TransactWriteItems", TransactItems=operations)


def retry_on_conflict(attempt: Callable[[], T]) -> T:
    """Read, decide and write (`attempt`) until nobody else wrote meanwhile: DynamoDB's client does not.

    Before each further attempt comes a back-off with full jitter.

    Raises:
        Refused: others were faster each time.
    """
    for turn in range(ATTEMPTS):
        if turn:
            time.sleep(random.uniform(0, BASE * 2**turn))  # noqa: S311  jitter is no secret
        try:
            return attempt()
        except ClientError as error:
            if not _is_conflict(error):
                raise
    raise Refused(ErrorCode.BUSY, "too many people at once; try again")


def _is_conflict(error: ClientError) -> bool:
    """Tell it of a single write by its code, and of a transaction by why it was cancelled."""
    codes = {*error.reasons} - {"None"}
    return error.code == "TransactionConflictException" or (bool(codes) and codes <= CONFLICT)
