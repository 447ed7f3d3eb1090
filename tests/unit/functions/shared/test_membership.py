"""Membership: what a record is read with, and how large the items grow."""

import time

from tests.studies.bench.units import item_size
from wschat.functions.shared.dynamodb import marshalled
from wschat.functions.shared.rooms import ROOM_LIST
from wschat.functions.shared.seats import mark
from wschat.protocol.limits import KEY_LIMIT, MEMBER_LIMIT, NAME_LIMIT, ROOM_LIMIT

ITEM_LIMIT = 400 * 1024  # bytes


def test_items_are_capped() -> None:
    """The items that grow with people and rooms stay under DynamoDB's 400 KB at their limits."""
    name, key = mark("😀" * NAME_LIMIT, int(time.time())), "k" * KEY_LIMIT
    people = {f"{number:0128}": name for number in range(MEMBER_LIMIT)}
    room = {"room": key, "name": name, "created": 1, "users": people}
    assert item_size(marshalled(room)) < ITEM_LIMIT
    listed = {f"{number:0{KEY_LIMIT}}": name for number in range(ROOM_LIMIT)}
    assert item_size(marshalled({"ID": ROOM_LIST, "rooms": listed})) < ITEM_LIMIT
