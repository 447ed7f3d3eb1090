"""A room's messages: one item each, in a ring buffer of a hundred, and as many as a reply has space for."""

import json
from collections.abc import Iterable
from itertools import accumulate

from wschat.functions.shared.dynamodb import Json
from wschat.protocol.events import Entry
from wschat.protocol.limits import LOG_LENGTH

HISTORY_LIMIT = 60_000  # bytes of a reply that messages may take; the members take the rest


def slot(room: str, seq: int) -> str:
    """Return the key of the item that holds a message: it had the one of a hundred messages ago."""
    return f"{room}#{seq % LOG_LENGTH}"


def slots(room: str, after: int, last: int) -> list[str]:
    """Return the keys of those messages from after a seq to the last one that the ring still holds."""
    return [slot(room, seq) for seq in range(max(after, last - LOG_LENGTH) + 1, last + 1)]


def newest(items: Iterable[Json], after: int, last: int) -> tuple[tuple[Entry, ...], bool]:
    """Return the messages after a seq, oldest first, and whether some from there to the last are missing.

    An item may hold an older message: of a room of that name which is gone, or one that a later message
    was to overwrite.
    """
    entries = [
        Entry(item["user"], item["content"], item["seq"], item["time"], item.get("id")) for item in items
    ]
    found = sorted((entry for entry in entries if entry.seq > after), key=lambda entry: entry.seq)
    lengths = (len(json.dumps(vars(entry), ensure_ascii=False).encode()) for entry in reversed(found))
    number = sum(size <= HISTORY_LIMIT for size in accumulate(lengths))
    kept = found[len(found) - number :]
    return tuple(kept), last - after > LOG_LENGTH or len(kept) < len(found)
