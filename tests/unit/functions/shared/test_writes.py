"""Writes: what a condition that does not hold comes to, and what is tried again."""

import pytest

from tests.support.functions.database import Database
from wschat.functions.shared import writes
from wschat.functions.shared.aws import ClientError
from wschat.functions.shared.dynamodb import CLIENTS, get_item
from wschat.functions.shared.writes import ATTEMPTS, delete, put, update, write
from wschat.protocol.refusals import ErrorCode, Refused

NEW = "attribute_not_exists(#ID)"
BUSY, FAILED, FULL = "TransactionConflict", "ConditionalCheckFailed", "ItemCollectionSizeLimitExceeded"
SLOWED = "ThrottlingError", "ProvisionedThroughputExceeded"


def conflict(*reasons: str, code: str = "TransactionCanceledException") -> ClientError:
    """Return how DynamoDB refuses a write, for these reasons."""
    return ClientError("TransactWriteItems", code, "refused", reasons)


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
    ("error", "tries", "code"),
    [
        (conflict(BUSY), ATTEMPTS, ErrorCode.BUSY),
        (conflict("None", FAILED), ATTEMPTS, ErrorCode.BUSY),
        (conflict(FAILED, BUSY, *SLOWED), ATTEMPTS, ErrorCode.BUSY),
        (conflict(code="TransactionConflictException"), ATTEMPTS, ErrorCode.BUSY),
        (conflict(FULL), 1, None),
        (conflict(FAILED, FULL), 1, None),
        (conflict(code="ValidationException"), 1, None),
        (OSError(), 1, None),
    ],
)
def test_retried(error: Exception, tries: int, code: ErrorCode | None) -> None:
    """What met another transaction, and a condition that may hold when it is decided anew, is tried again.

    Anything else is no conflict: it is raised at once.
    """
    made: list[int] = []

    def attempt() -> None:
        made.append(1)
        raise error

    with pytest.raises((Refused, type(error))) as raised:
        writes.retry_on_conflict(attempt)
    refusal = raised.value.code if isinstance(raised.value, Refused) else None
    assert (len(made), refusal) == (tries, code)
