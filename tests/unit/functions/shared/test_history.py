"""A room's messages: which items hold them, and which of them a reply has."""

import pytest

from wschat.functions.shared.history import HISTORY_LIMIT, newest, slot, slots
from wschat.local.gateway.quotas import MESSAGE_BYTES
from wschat.protocol.events import Entry, MultiMessage
from wschat.protocol.limits import ID_LIMIT, LOG_LENGTH, MEMBER_LIMIT, MESSAGE_LIMIT, NAME_LIMIT

BORN = 1_000


@pytest.mark.parametrize(
    ("after", "last", "first", "number"),
    [
        (BORN, BORN, 0, 0),
        (BORN, BORN + 3, BORN + 1, 3),
        (BORN, BORN + 500, BORN + 401, 100),
        (BORN + 9, BORN, 0, 0),
    ],
)
def test_slots(after: int, last: int, first: int, number: int) -> None:
    """They are those after a seq, at most the last hundred, each in an item of its own."""
    keys = slots("ops", after, last)
    assert keys == [slot("ops", seq) for seq in range(first, first + number)]
    assert len(set(keys)) == number <= LOG_LENGTH
    assert slot("ops", last) == slot("ops", last + LOG_LENGTH), "an item is used again and again"


def entry(seq: int, content: str = "") -> Entry:
    return Entry("Ann", content, seq, BORN, f"{seq}")


def test_newest() -> None:
    """They come in order, without what is older; a hundred more than the ring holds are missing."""
    items = [{"room": slot("ops", seq), **vars(entry(seq))} for seq in (BORN + 2, BORN + 1, BORN, BORN - 5)]
    assert newest(items, BORN, BORN + 2) == ((entry(BORN + 1), entry(BORN + 2)), False)
    assert newest(items, BORN, BORN + LOG_LENGTH)[1] is False
    assert newest(items, BORN, BORN + LOG_LENGTH + 1)[1] is True


def test_as_many_as_there_is_space_for() -> None:
    """Of long messages the newest are kept, and it is said that others are missing."""
    items = [vars(entry(seq, "x" * (HISTORY_LIMIT // 3))) for seq in range(4)]
    kept, truncated = newest(items, -1, 3)
    assert ([each.seq for each in kept], truncated) == ([2, 3], True)


def test_the_fullest_reply() -> None:
    """The most members and as many messages as there is space for are what API Gateway still sends."""
    kept, _ = newest([vars(entry(seq, "\x01" * MESSAGE_LIMIT)) for seq in range(10)], -1, 9)
    name = "😀" * NAME_LIMIT
    reply = MultiMessage(name, (name,) * MEMBER_LIMIT, kept, truncated=True, id="\x01" * ID_LIMIT)
    assert kept
    assert len(reply.encode().encode()) < MESSAGE_BYTES
