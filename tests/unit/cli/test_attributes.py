"""Attributes as people read them: what a plan makes, and what differs of a policy."""

import json
from dataclasses import replace

import pytest

from wschat.cli.attributes import differences, lines, values
from wschat.lab.aws.functions import Function
from wschat.lab.aws.roles import Policy, Role
from wschat.lab.blueprint import blueprint
from wschat.lab.model.lab import Lab
from wschat.lab.model.resource import Resource, canonical
from wschat.lab.plan import Step, Verb

LAB = Lab(account="0" * 12, region="us-east-1")
ALL = {(each.kind, each.name): each for each in blueprint(LAB)}
SEND = ALL[Policy.kind, "SendMessageRole"]
CONNECTIONS = f"arn:aws:execute-api:us-east-1:{'0' * 12}:{{api}}/development/POST/@connections/*"
ADMIN = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def document(*more: object, without: str = "") -> Policy:
    """Return SendMessage's policy with more statements, and without those that have an action."""
    assert isinstance(SEND, Policy)
    statements = [each for each in json.loads(SEND.document)["Statement"] if without not in each["Action"]]
    return replace(SEND, document=canonical({"Version": "2012-10-17", "Statement": [*statements, *more]}))


def told(wanted: Resource, found: Resource) -> list[str]:
    """Return the lines about what differs."""
    return [str(line) for line in differences(Step(Verb.UPDATE, wanted, found))]


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (
            document(without="execute-api:ManageConnections"),
            [f"lacks: allow execute-api:ManageConnections on {CONNECTIONS}"],
        ),
        (document(ADMIN), ["should not: allow * on *"]),
        (
            document({"Effect": "Deny", "NotAction": ["a:X", "a:Y"], "NotResource": ["arn:1", "arn:2"]}),
            ["should not: deny all but a:X, all but a:Y on all but arn:1, arn:2"],
        ),
        (
            document({**ADMIN, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}),
            ['should not: allow * on * if {"Bool":{"aws:SecureTransport":"true"}}'],
        ),
    ],
)
def test_policies(found: Policy, says: list[str]) -> None:
    """What a policy lacks, and what it should not say, is told as what it permits."""
    assert told(SEND, found) == [f"document: {line}" for line in says]


def test_trust() -> None:
    """A role's trust is told by whom it names."""
    role = ALL[Role.kind, "ConnectRole"]
    assert isinstance(role, Role)
    other = replace(role, trust=role.trust.replace('"Service":"lambda.amazonaws.com"', '"AWS":"*"'))
    assert [str(line) for line in lines(role)] == ["trust: allow sts:AssumeRole by lambda.amazonaws.com"]
    assert told(role, other) == [
        "trust: lacks: allow sts:AssumeRole by lambda.amazonaws.com",
        'trust: should not: allow sts:AssumeRole by {"AWS":"*"}',
    ]


def test_environment() -> None:
    """An environment is told name by name, without the values of what somebody added: they may be secret."""
    function = ALL[Function.kind, "SendMessage"]
    assert isinstance(function, Function)
    wanted = dict(function.environment)
    assert wanted["ROOM_MESSAGES_USERS"] == "room-messages-users"
    found = wanted | {"ROOM_MESSAGES_USERS": "mine", "PASSWORD": "secret"}
    del found["CLIENT_RECORDS"]
    assert told(function, replace(function, environment=tuple(found.items()))) == [
        "environment: CLIENT_RECORDS is nothing, should be client-records",
        "environment: ROOM_MESSAGES_USERS is mine, should be room-messages-users",
        "environment: should not have PASSWORD",
    ]


@pytest.mark.parametrize(
    "odd",
    [
        "",
        "{",
        "[]",
        "7",
        "null",
        '{"Statement": 7}',
        '{"Statement": [{"Effect": "Allow", "Action": 7}, 7]}',
        "[" * 100_000,
    ],
    ids=range(8),
)
def test_what_is_no_policy(odd: str) -> None:
    """It is shown as it is."""
    (line,) = told(SEND, Policy(name=SEND.name, document=odd))
    assert line.startswith(f"document: is {odd[:50]}")


def test_the_same_in_other_words() -> None:
    """A policy that permits the same, but is written in another way, is told as text."""
    assert isinstance(SEND, Policy)
    (line,) = told(SEND, replace(SEND, document=SEND.document.replace('"Allow"', '"allow"')))
    assert line.startswith("document: is …")


def test_all_that_is_made() -> None:
    """Every attribute that has a value of the lab's is told, without Python's signs."""
    for each in ALL.values():
        shown = [str(line) for line in lines(each)]
        names = {line.partition(": ")[0] for line in shown}
        aws = {(name, each.defaults()[name]) for name in each.parameters()}
        assert names == {name for name, value in set(values(each).items()) - aws if value not in (None, ())}
        assert not any(sign in line for line in shown for sign in ("None", "True", "False", "('"))
