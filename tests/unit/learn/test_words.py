"""The words for what is wrong: there are some for each attribute that a person can get wrong."""

from dataclasses import fields, replace

import pytest

from wschat.lab.aws import KINDS
from wschat.lab.aws.tables import Table
from wschat.lab.model.resource import Resource
from wschat.learn.progress import MARKS
from wschat.learn.words import MISSING, WORDS, mend, said


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_all_attributes(kind: type[Resource]) -> None:
    """Each attribute that is compared has a name for people and what to do, and no other has."""
    marks = {"tags"} | MARKS.get(kind.kind, set())
    compared = {each.name for each in fields(kind) if each.compare} - marks
    identity = {"name"} - WORDS[kind.kind].keys()  # where another name is another thing
    assert WORDS[kind.kind].keys() == compared - identity
    assert kind.kind in MISSING
    assert all(name and do for name, do in WORDS[kind.kind].values())


def test_a_key() -> None:
    """What differs in capitals alone is said to, and what can't be changed, with what to do."""
    table = Table(name="client-records", partition_key="ID")
    assert [*said(table, "partition_key", "ID", "id")] == [
        "the key is `id`, should be `ID`: the case matters"
    ]
    assert (
        mend("table", "partition_key") == "DynamoDB can't change a key, so delete the table and make it anew"
    )
    assert [*said(replace(table), "ttl", "expires", None)] == [
        "the attribute of the time to live is nothing, should be `expires`"
    ]
