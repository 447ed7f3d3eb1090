"""What is nearly used up: of the lab, of the account; and who is in a lab."""

from dataclasses import replace
from typing import Any

import pytest

from tests.studies.account import Account
from tests.support.plane.embedded import Embedded
from wschat.doctor.metrics import Counts
from wschat.doctor.quotas import Crowd, crowd, suspicions
from wschat.lab.aws.cloud import Cloud


@pytest.fixture(scope="module")
def lab(embedded: Embedded) -> Cloud:
    """A lab of which there are the tables."""
    cloud = Account(embedded).lab()
    for table, key in (("client-records", "ID"), ("room-messages-users", "room")):
        cloud.dynamodb.create_table(
            TableName=cloud.lab.name(table),
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    cloud.clock.sleep(100)
    return cloud


def near(cloud: Cloud, counts: Counts | None = None, who: Crowd | None = None) -> dict[str, str]:
    """Return what is told, each with its first evidence."""
    found = suspicions(replace(cloud, notes={}), counts or Counts(), who or Crowd())
    return {each.cause.name: each.evidence[0] for each in found}


def test_who_is_in_it(lab: Cloud) -> None:
    """Connections are counted, not names; so are rooms, and the members of the fullest."""
    assert crowd(lab) == Crowd()
    people: dict[str, Any] = {f"c{number}=": {"S": "x"} for number in range(3)}
    items: tuple[tuple[str, dict[str, Any]], ...] = (
        ("client-records", {"ID": {"S": "c="}, "connected": {"N": "1"}}),
        ("client-records", {"ID": {"S": "name#bob"}}),
        ("client-records", {"ID": {"S": "#rooms"}, "rooms": {"M": {"a": {"S": "a"}, "b": {"S": "b"}}}}),
        ("room-messages-users", {"room": {"S": "a"}, "users": {"M": people}}),
        ("room-messages-users", {"room": {"S": "b"}, "users": {"M": {"c0=": {"S": "x"}}}}),
        ("room-messages-users", {"room": {"S": "a#log"}, "seq": {"N": "1"}}),
    )
    for table, item in items:
        lab.dynamodb.put_item(TableName=lab.lab.name(table), Item=item)
    assert crowd(lab) == Crowd(connected=1, rooms=2, fullest="a", members=3)


@pytest.mark.parametrize(
    ("most", "who", "evidence"),
    [
        ({}, Crowd(rooms=400), "rooms in the lab's list: 400 of 500"),
        ({}, Crowd(fullest="lobby", members=500), "members of the room lobby: 500 of 500"),
        ({("", "ConnectCount"): 25_000.0}, Crowd(), "new connections in a minute: 25,000 of 30,000"),
        ({("", "MessageCount"): 5e5}, Crowd(), "messages and posts in a minute: 500,000 of 600,000"),
    ],
)
def test_what_is_nearly_used_up(
    lab: Cloud, most: dict[tuple[str, str], float], who: Crowd, evidence: str
) -> None:
    """From four fifths on it is told, and how much of how much that is."""
    assert near(lab, Counts({}, most), who) == {"full-quota": evidence}
    fewer = {which: count / 2 for which, count in most.items()}
    assert near(lab, Counts({}, fewer), replace(who, rooms=who.rooms // 2, members=who.members // 2)) == {}


def test_what_the_account_has(lab: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Code and roles have a quota of the account; what others reserve is left to no one else."""
    limits = {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 10, "TotalCodeSize": 1000}
    settings = {"AccountLimit": limits, "AccountUsage": {"TotalCodeSize": 900, "FunctionCount": 7}}
    monkeypatch.setattr(lab.functions, "get_account_settings", lambda: settings)
    assert near(lab) == {
        "account-concurrency": "the account runs at most 10 functions at once that reserve nothing",
        "full-quota": "bytes of code of all functions: 900 of 1,000",
    }
    limits |= {"UnreservedConcurrentExecutions": 900, "TotalCodeSize": 10_000}
    at_once = Counts({}, {("", "ConcurrentExecutions"): 900.0})
    assert near(lab, at_once) == {"full-quota": "functions that ran at once: 900 of 1,000"}
    roles = {"SummaryMap": {"Roles": 950, "RolesQuota": 1000}}
    monkeypatch.setattr(lab.iam, "get_account_summary", lambda: roles)
    assert near(lab) == {"full-quota": "roles in the account: 950 of 1,000"}


def test_what_was_throttled(lab: Cloud) -> None:
    """A function that was throttled shows that too few may run at once."""
    counts = Counts({(lab.lab.name("JoinRoom"), "Throttles"): 4.0})
    assert near(lab, counts) == {"account-concurrency": "metric Throttles of JoinRoom: 4 in the last hour"}
