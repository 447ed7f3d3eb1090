"""The messages of a room: a counter, and a ring of items that each hold one."""

import json
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from wschat.functions._journal import count
from wschat.functions._tables import (
    ROOMS,
    Json,
    at_once,
    condition_failed,
    delete,
    dynamodb,
    key,
    persist,
    read,
)
from wschat.protocol.events import Entry
from wschat.protocol.names import LOG_LENGTH
from wschat.protocol.refusals import ErrorCode, Refused

HISTORY_LIMIT = 60_000  # bytes of a reply that messages may take; the members take the rest


def counter(room: str, start: int) -> Json:
    """Return the item that counts a new room's messages, from its creation time in milliseconds."""
    return {**_counter_key(room), "seq": {"N": str(start)}, "born": {"N": str(start)}}


def next_seq(room: str, born: int) -> int:
    """Count one more message: one write unit.

    Raises:
        Refused: the room of that birth is gone, even if there is another one of that name.
    """

    def count() -> int:
        counted = dynamodb().update_item(
            TableName=ROOMS,
            Key=_counter_key(room),
            UpdateExpression="ADD #seq :one",
            ConditionExpression="#born = :born",
            ExpressionAttributeNames={"#seq": "seq", "#born": "born"},
            ExpressionAttributeValues={":one": {"N": "1"}, ":born": {"N": str(born)}},
            ReturnValues="UPDATED_NEW",
        )
        return int(counted["Attributes"]["seq"]["N"])

    try:
        return persist(count)
    except ClientError as error:
        if condition_failed(error):
            raise Refused(ErrorCode.NOT_IN_A_ROOM, "the room is gone") from None
        raise


def store(room: str, entry: Entry) -> None:
    """Put a message where the one of a hundred messages ago was: one write unit for each started KB."""
    item = {
        **_slot(room, entry.seq),
        "seq": {"N": str(entry.seq)},
        "time": {"N": str(entry.time)},
        "user": {"S": entry.user},
        "content": {"S": entry.content},
        **({"id": {"S": entry.id}} if entry.id else {}),
    }
    try:
        dynamodb().put_item(
            TableName=ROOMS,
            Item=item,
            ConditionExpression="attribute_not_exists(#seq) OR #seq < :seq",
            ExpressionAttributeNames={"#seq": "seq"},
            ExpressionAttributeValues={":seq": item["seq"]},
        )
    except ClientError as error:
        if not condition_failed(error):  # a hundred later messages overtook this one
            raise


def history(room: str, created: int, after: int | None) -> tuple[tuple[Entry, ...], bool]:
    """Read the messages after a seq, oldest first, and whether some between it and them are missing."""
    last, start = _last_seq(room), max(created, after or 0)
    wanted = [_slot(room, seq) for seq in range(max(start, last - LOG_LENGTH) + 1, last + 1)]
    items: list[Json] = []
    while wanted:
        answer = dynamodb().batch_get_item(RequestItems={ROOMS: {"Keys": wanted, "ConsistentRead": True}})
        items += answer["Responses"].get(ROOMS, [])
        wanted = [dict(missed) for part in answer["UnprocessedKeys"].values() for missed in part["Keys"]]
    found = sorted((entry for entry in map(_entry, items) if entry.seq > start), key=lambda entry: entry.seq)
    kept: list[Entry] = []
    size = 0
    for entry in reversed(found):
        size += len(json.dumps(vars(entry), ensure_ascii=False).encode())
        if size > HISTORY_LIMIT:
            break
        kept.insert(0, entry)
    return tuple(kept), last - start > LOG_LENGTH or len(kept) < len(found)


@dataclass(frozen=True)
class DeadLog:
    """What a room's death leaves to be cleared away: the messages from one seq to another."""

    room: str
    first: int
    last: int

    def clear(self) -> None:
        """Delete the messages, but none of a newer room of that name: those have higher seqs.

        What a stop in between leaves does no harm: it is older than any room of that name.
        """
        slots = [_slot(self.room, seq) for seq in range(self.first, self.last + 1)]
        if left := at_once(self._delete, slots).count(False):
            count({"not cleared": left})

    def _delete(self, slot: Json) -> bool:
        try:
            dynamodb().delete_item(
                TableName=ROOMS,
                Key=slot,
                ConditionExpression="#seq <= :last",
                ExpressionAttributeNames={"#seq": "seq"},
                ExpressionAttributeValues={":last": {"N": str(self.last)}},
            )
        except (BotoCoreError, ClientError) as error:
            return isinstance(error, ClientError) and condition_failed(error)
        return True


def die(room: str, created: int) -> tuple[Json, DeadLog]:
    """Return the operation that deletes a dying room's counter, and what is to be cleared after it."""
    last = _last_seq(room)
    gone = delete(ROOMS, f"{room}#log", condition="attribute_exists(#seq)", names={"seq": "seq"})
    return gone, DeadLog(room, max(created, last - LOG_LENGTH) + 1, last)


def _counter_key(room: str) -> Json:
    return key(ROOMS, f"{room}#log")


def _slot(room: str, seq: int) -> Json:
    return key(ROOMS, f"{room}#{seq % LOG_LENGTH}")


def _last_seq(room: str) -> int:
    item = read(ROOMS, f"{room}#log")
    return int(item["seq"]["N"]) if item else 0


def _entry(item: Json) -> Entry:
    sent = item.get("id", {}).get("S")
    return Entry(item["user"]["S"], item["content"]["S"], int(item["seq"]["N"]), int(item["time"]["N"]), sent)
