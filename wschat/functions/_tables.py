"""The two DynamoDB tables: names, client, and the operations of a transaction."""

import os
import random
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.config import Config
from botocore.exceptions import ClientError, NoCredentialsError
from botocore.loaders import Loader
from botocore.session import Session, get_session

from wschat.protocol.refusals import ErrorCode, Refused

if TYPE_CHECKING:
    from botocore.credentials import Credentials
    from mypy_boto3_dynamodb import DynamoDBClient

CLIENTS = os.environ.get("CLIENT_RECORDS", "client-records")
ROOMS = os.environ.get("ROOM_MESSAGES_USERS", "room-messages-users")
ATTEMPTS = 8
AT_ONCE = 32
FASTER = {"ConditionalCheckFailed", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}

Json = dict[str, Any]
T = TypeVar("T")
U = TypeVar("U")


class OneService(Loader):
    """Reads what botocore knows of DynamoDB, and not of 400 other services: that would take its time."""

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
    """Return botocore's session: boto3 adds nothing that is used here, and takes its time to load."""
    made = get_session()
    made.register_component("data_loader", OneService())
    return made


def credentials() -> "Credentials":
    """Return the role's credentials: Lambda puts them into the environment."""
    if found := session().get_credentials():
        return found
    raise NoCredentialsError


@cache
def dynamodb() -> "DynamoDBClient":
    """Return the DynamoDB client, made once for each execution environment."""
    patience = Config(
        connect_timeout=2, read_timeout=5, retries={"mode": "standard"}, max_pool_connections=AT_ONCE
    )
    region = os.environ["AWS_REGION"]
    return session().create_client("dynamodb", region_name=region, config=patience)  # type: ignore[return-value]


@cache
def pool() -> ThreadPoolExecutor:
    """Return the threads for what is done at once, kept from one invocation to the next."""
    return ThreadPoolExecutor(AT_ONCE)


def key(table: str, value: str) -> Json:
    """Return a primary key. Case matters: `ID` in one table, `room` in the other."""
    return {"ID" if table == CLIENTS else "room": {"S": value}}


def read(table: str, value: str) -> Json | None:
    """Read one item, consistently: what was written before is seen. None when there is none."""
    return dynamodb().get_item(TableName=table, Key=key(table, value), ConsistentRead=True).get("Item")


def put(table: str, item: Json, *, condition: str = "", names: Json | None = None, **values: Json) -> Json:
    """Return a Put for a transaction. Names and values are written `#name` and `:name` in its condition."""
    return {"Put": {"TableName": table, "Item": item, **_if(condition, names, values)}}


def put_new(table: str, item: Json) -> Json:
    """Return a Put for a transaction, which fails if the item exists."""
    (name,) = key(table, "")
    return put(table, item, condition="attribute_not_exists(#key)", names={"key": name})


def delete(table: str, value: str, *, condition: str, names: Json, **values: Json) -> Json:
    """Return a Delete for a transaction."""
    return {"Delete": {"TableName": table, "Key": key(table, value), **_if(condition, names, values)}}


def update(table: str, value: str, change: str, *, condition: str, names: Json, **values: Json) -> Json:
    """Return an Update for a transaction."""
    operation = {"TableName": table, "Key": key(table, value), "UpdateExpression": change}
    return {"Update": operation | _if(condition, names, values)}


def _if(condition: str, names: Json | None, values: Json) -> Json:
    parts = {
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {f"#{name}": attribute for name, attribute in (names or {}).items()},
        "ExpressionAttributeValues": {f":{name}": value for name, value in values.items()},
    }
    return {name: part for name, part in parts.items() if part}


def transact(attempt: Callable[[], tuple[list[Json], T]]) -> T:
    """Read and decide (`attempt`), then write all or nothing, until nobody else wrote meanwhile.

    Raises:
        Refused: `attempt` found that it can't be done, or others were faster each time.
    """

    def write() -> T:
        operations, decision = attempt()
        if operations:
            dynamodb().transact_write_items(TransactItems=operations)  # type: ignore[arg-type]
        return decision

    return persist(write)


def persist(call: Callable[[], T]) -> T:
    """Call until no transaction of others is in the way; DynamoDB's client does not do that by itself.

    Raises:
        Refused: others were faster each time.
    """
    for turn in range(ATTEMPTS):
        if turn:
            time.sleep(random.uniform(0, 0.02 * 2**turn))  # noqa: S311  jitter is no secret
        try:
            return call()
        except ClientError as error:
            if not _others_were_faster(error):
                raise
    raise Refused(ErrorCode.BUSY, "too many people at once; try again")


def _others_were_faster(error: ClientError) -> bool:
    reasons: list[Json] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
    codes = {reason.get("Code") for reason in reasons} - {None, "None"}
    conflict = error.response["Error"]["Code"] == "TransactionConflictException"
    return conflict or (bool(codes) and codes <= FASTER)


def condition_failed(error: ClientError) -> bool:
    """Tell whether a write was refused because its condition does not hold."""
    return error.response["Error"]["Code"] == "ConditionalCheckFailedException"


def at_once(work: Callable[[T], U], items: Iterable[T]) -> list[U]:
    """Do the same with many, at the same time; return the results in their order."""
    begun = [pool().submit(work, item) for item in items]
    wait(begun)
    return [each.result() for each in begun]
