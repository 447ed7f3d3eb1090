"""What a message costs: no scan, the units that its own size asks for, and one post for each member.

`python -m pytest tests/studies/bench/test_cost.py -n0 -s` prints its rows beside the lab's own algorithm.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from tests.documents import ROOT
from tests.studies.bench import units
from tests.studies.bench.lab import Lab
from tests.studies.bench.units import Bill
from tests.support.functions.database import Database
from tests.support.functions.people import Connect, Person
from tests.support.functions.post_sink import PostSink
from tests.support.plane.wire import Answer
from wschat.functions.shared.dynamodb import PARTITION_KEYS, marshalled
from wschat.functions.shared.workers import WORKERS
from wschat.protocol.limits import LOG_LENGTH
from wschat.protocol.skeleton import keys

TEXT = "a message of an ordinary length, which is about as long as this one is"
SIZES = (2, 10, 100, 1_000)
OTHERS = (0, 999)
BESIDE = 2
"""Requests of a message that nothing waits for: reading the room beside counting, storing beside posts."""


@contextmanager
def metered(database: Database) -> Iterator[Bill]:
    """Count the calls that a database answers, and compute their units from the items."""
    bill, ask = Bill(), database.ask

    def count(operation: str, params: dict[str, Any]) -> Answer:
        about = [part for item in params.get("TransactItems", [{"": params}]) for part in item.values()]
        before = [_item(database, each) for each in about] if operation != "Scan" else []
        bill.requests += 1
        bill.in_a_row += 1
        if operation == "Scan":
            everything = sum(map(units.item_size, database.items().values()))
            bill.reads += 0 if bill.scans else units.read_units(everything, consistent=False)
            bill.scans += 1
        elif operation == "GetItem":
            bill.reads += units.read_units(units.item_size(before[0] or {}), consistent=True)
        answer = ask(operation, params)
        if operation not in {"Scan", "GetItem"}:
            times = 2 if operation == "TransactWriteItems" else 1
            written = zip(before, (_item(database, each) for each in about), strict=True)
            bill.writes += times * sum(units.write_units(*each) for each in written)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "ask", count)
        yield bill


def _item(database: Database, about: dict[str, Any]) -> dict[str, Any] | None:
    """Return the item that a request, or an operation of a transaction, is about."""
    key = {name: value for name, value in about.get("Item", {}).items() if name in PARTITION_KEYS.values()}
    return database.item(about["TableName"], about.get("Key") or key)


@pytest.mark.parametrize("name", ["ann", "Ann", "Tom"])
def test_a_name(connect: Connect, database: Database, name: str) -> None:
    """Each further key of a name takes two more write units when it is taken, kept or given back."""
    bills = list[Bill]()
    with metered(database) as bill:
        person = connect(name, token="secret")
        bills.append(replace(bill))
        person.end(1006)
        bills.append(replace(bill))
        back = connect(name, token="secret")
        bills.append(replace(bill))
        back.end()
        bills.append(bill)
    connected, before = 1, 0
    told = [name, len(keys(name))]
    for number, each in enumerate(bills):
        told.append(each.writes - before - (connected if number % 2 == 0 else 0))
        before = each.writes
    print(row := f"| {' | '.join(map(str, told))} |")
    assert row in (ROOT / "wschat/functions/README.md").read_text()


def in_a_full_room(others: int, connect: Connect, database: Database) -> Person:
    """Let somebody speak until the log is full, in one of many rooms."""
    speaker = connect("Ann", "Ops")
    for number in range(LOG_LENGTH):
        assert speaker.ask("message", f"{number} {TEXT}").type == "ack"
    room = {"users": {"L0SM9cXX000000=": "somebody"}, "created": 1}
    names = [f"room {number}" for number in range(others)]
    database.put(*(marshalled({"room": name, "name": name, **room}) for name in names))
    return speaker


def lab_room(name: str, members: int, messages: int) -> dict[str, Any]:
    """Return a room as the lab keeps it, with a list of its messages."""
    said = {"M": {"user": {"S": "Ann"}, "content": {"S": TEXT}}}
    users = [{"S": f"L0SM9cOF{number:06}="} for number in range(members)]
    return {"room": {"S": name}, "users": {"L": users}, "messages": {"L": [said] * messages}}


class Gateway:
    """Counts the lab's posts in the place of boto3's client, which takes seconds for so many."""

    def __init__(self) -> None:
        self.posts = 0

    def post_to_connection(self, **_: object) -> None:
        self.posts += 1


@pytest.mark.parametrize("others", OTHERS)
def test_a_message(connect: Connect, database: Database, sink: PostSink, others: int) -> None:
    """Five requests, two write units and a post for each member, whatever the room, its log and its world.

    So says the functions' document, row by row.
    """
    speaker = in_a_full_room(others, connect, database)
    ours = [bill_of_ours(speaker, sink, size, database) for size in SIZES]
    lab = Lab(sink.url, "ops")
    lab.gateway.close()
    database.answer(lab.table.meta.client)
    database.restore({})
    database.put(*(lab_room(f"room {number}", 1, 10) for number in range(others)))
    theirs = [bill_of_the_lab(lab, size, database) for size in SIZES]
    lab.table.meta.client.close()
    document = (ROOT / "wschat/functions/README.md").read_text()
    for whose, bills, replies in (("wschat", ours, 1), ("the lab", theirs, 0)):
        for size, bill in zip(SIZES, bills, strict=True):
            told = (size, others + 1, whose, bill.requests, bill.writes, f"{bill.reads:g}", bill.posts)
            print(row := f"| {' | '.join(map(str, told))} | {bill.dollars(replies):.2f} |")
            assert row in document


def bill_of_ours(speaker: Person, sink: PostSink, size: int, database: Database) -> Bill:
    room = database.items()["room ops"]
    seats = {f"L0SM9cOF{number:06}=": {"S": f"member {number}"} for number in range(size - 1)}
    database.put(room | {"users": {"M": seats | {speaker.connection: {"S": "Ann"}}}})
    sink.posted.clear()
    with metered(database) as bill:
        assert speaker.ask("message", TEXT).type == "ack"
    bill.posts = sum(map(len, sink.posted.values()))
    bill.in_a_row += math.ceil(size / WORKERS) - BESIDE
    assert (bill.requests, bill.writes, bill.scans, bill.posts) == (5, 2, 0, size)
    assert bill.reads <= 1 + 2 * math.ceil(size * 40 / 4096)
    return bill


def bill_of_the_lab(lab: Lab, size: int, database: Database) -> Bill:
    database.put(lab_room("ops", size, LOG_LENGTH))
    lab.gateway = gateway = Gateway()
    with metered(database) as bill:
        lab.send("Ann", TEXT)
    bill.posts = gateway.posts
    bill.in_a_row += size
    assert bill.posts == size
    assert bill.scans
    assert bill.writes > 2
    return bill


@pytest.mark.parametrize(("length", "wanted"), [(70, 2), (900, 2), (1_100, 3), (4_000, 5)])
def test_a_long_message(connect: Connect, database: Database, length: int, wanted: int) -> None:
    """One write unit for the counter, and one for each started KB of the message's own item."""
    speaker = connect("Ann", "Ops")
    with metered(database) as bill:
        assert speaker.ask("message", "x" * length).type == "ack"
    assert (bill.requests, bill.writes) == (5, wanted)
