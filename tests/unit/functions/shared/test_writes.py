"""Writes: what a condition that does not hold comes to, and what is tried again."""

from itertools import count

import pytest
from botocore.exceptions import ClientError

from tests.support.functions.database import Database
from wschat.functions.shared import writes
from wschat.functions.shared.dynamodb import CLIENTS, get_item
from wschat.functions.shared.writes import delete, put, update, write
from wschat.protocol.refusals import ErrorCode, Refused

NEW = "attribute_not_exists(#ID)"
BUSY = {"Code": "TransactionConflict"}
FAILED = {"Code": "ConditionalCheckFailed"}
FULL = {"Code": "ItemCollectionSizeLimitExceeded"}


def conflict(*reasons: dict[str, str], code: str = "TransactionCanceledException") -> ClientError:
    """Return how DynamoDB refuses a write, for these reasons."""
    response = {"Error": {"Code": code, "Message": "refused"}, "CancellationReasons": [*reasons]}
    return ClientError(response, "TransactWriteItems")  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writes, "BASE", 0.0)


def test_single_writes(database: Database) -> None:
    """A write says whether its condition held, and an update what it changed."""
    assert database.items() == {}
    assert write(put(CLIENTS, {"ID": "a", "seq": 1}, NEW)) == {}
    assert write(put(CLIENTS, {"ID": "a", "seq": 9}, NEW)) is None
    more = update(CLIENTS, "a", "ADD #seq :one", "#seq < :limit", {":one": 1, ":limit": 2})
    assert [write(more), write(more)] == [{"seq": 2}, None]
    assert write(delete(CLIENTS, "a", "#seq > :seq", {":seq": 2})) is None
    assert write(delete(CLIENTS, "a", "#seq = :seq", {":seq": 2})) == {}
    assert get_item(CLIENTS, "a") is None


@pytest.mark.parametrize(
    "error",
    [
        conflict(BUSY),
        conflict({"Code": "None"}, FAILED),
        conflict(FAILED, BUSY, {"Code": "ThrottlingError"}, {"Code": "ProvisionedThroughputExceeded"}),
        conflict(code="TransactionConflictException"),
    ],
)
def test_retried(error: ClientError) -> None:
    """What met another transaction, and a condition that may hold when it is decided anew, is tried again."""
    tries = count(1)

    def attempt() -> int:
        if (turn := next(tries)) < writes.ATTEMPTS:
            raise error
        return turn

    assert writes.retry_on_conflict(attempt) == writes.ATTEMPTS
    with pytest.raises(Refused) as refused:
        writes.retry_on_conflict(lambda: _raise(error))
    assert refused.value.code == ErrorCode.BUSY


@pytest.mark.parametrize(
    "error", [conflict(FULL), conflict(FAILED, FULL), conflict(code="ValidationException"), OSError()]
)
def test_not_retried(error: Exception) -> None:
    """Anything else is no conflict: it is raised at once."""
    tries: list[int] = []

    def attempt() -> None:
        tries.append(1)
        raise error

    with pytest.raises(type(error)):
        writes.retry_on_conflict(attempt)
    assert tries == [1]


def _raise(error: Exception) -> None:
    raise error
