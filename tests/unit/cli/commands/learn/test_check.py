"""`wschat learn check`: a lesson made by hand, wrong and right, and taken over; and all of them."""

import json

import pytest

from tests.support.terminal import wschat
from wschat.lab import inventory
from wschat.lab.aws.cloud import Cloud

KEY = "the key is `id`, should be `ID`: the case matters"


def make_table(cloud: Cloud, key: str) -> str:
    """Make the first table by hand; return its name."""
    name = cloud.lab.name("client-records")
    cloud.dynamodb.create_table(
        TableName=name,
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    cloud.dynamodb.update_time_to_live(
        TableName=name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    return name


@pytest.mark.usefixtures("account")
def test_by_hand(cloud: Cloud) -> None:
    """What is wrong is named, with exit code 3; what is right is taken over if one says so."""
    typed = ("learn", "check", "2", "--prefix", cloud.lab.prefix)
    table = make_table(cloud, "id")
    wrong = wschat(*typed, "--json")
    told = json.loads(wrong.stdout)
    (lesson,) = told["lessons"]
    assert (wrong.returncode, told["next"], lesson["adopt"]) == (3, "connections-table", [])
    assert lesson["faults"][0] == {
        "kind": "table",
        "name": table,
        "attribute": "partition_key",
        "says": KEY,
        "mend": "DynamoDB can't change a key, so delete the table and make it anew",
    }
    cloud.dynamodb.delete_table(TableName=table)
    make_table(cloud, "ID")
    right = wschat(*typed)
    assert (right.returncode, right.stdout) == (0, "✓ 02 connections-table: all of it is right.\n")
    again = f"`wschat learn check connections-table --prefix {cloud.lab.prefix} --yes`"
    assert again in right.stderr
    assert "dynamodb TagResource" in wschat(*typed, "--yes").stderr
    assert inventory.look(cloud).unmanaged == ()


@pytest.mark.usefixtures("account")
def test_all(cloud: Cloud) -> None:
    """Without a lesson it shows how far all have come, and what is the next thing to do."""
    make_table(cloud, "ID")
    every = wschat("learn", "check", "--prefix", cloud.lab.prefix)
    first, second, third, *_, last = every.stdout.splitlines()
    assert (every.returncode, first[:4], third[:4]) == (3, "· 01", "→ 03")
    assert second == "✓ 02  The table of connections (not tagged yet)"
    assert last.startswith(f"✗ table {cloud.lab.prefix}room-messages-users: there is no table")
    assert f"`wschat learn check --prefix {cloud.lab.prefix} --yes`" in every.stderr
