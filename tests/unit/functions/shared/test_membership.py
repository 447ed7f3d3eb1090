"""Membership: how large the items grow, and what a dead room leaves behind."""

import json
import time

import pytest

from tests.studies.bench.units import item_size
from tests.support.functions.gate import Gate
from tests.support.functions.people import Connect
from wschat.functions.shared.aws import ClientError
from wschat.functions.shared.dynamodb import marshalled
from wschat.functions.shared.rooms import ROOM_LIST
from wschat.functions.shared.seats import mark
from wschat.protocol.events import Ack
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


def test_a_message_that_stays(connect: Connect, gate: Gate, capsys: pytest.CaptureFixture[str]) -> None:
    """A message of a dead room that can't be deleted does no harm: it is counted, and who left is told so."""
    ann = connect("Ann", "Ops")
    assert isinstance(ann.ask("message", "hello"), Ack)

    def refused() -> None:
        raise ClientError("DeleteItem", "AccessDeniedException", "no")

    gate.meanwhile("DeleteItem", refused)
    capsys.readouterr()
    assert ann.ask("leave") == Ack(id="7")
    assert json.loads(capsys.readouterr().out)["not cleared"] == 1
