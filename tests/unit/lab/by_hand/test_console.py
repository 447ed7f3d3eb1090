"""Where in the AWS console what is entered: nothing of what decides is left out."""

from dataclasses import replace

import pytest

from tests.unit.lab.by_hand.labs import LAB, whole
from wschat.lab.aws import KINDS
from wschat.lab.by_hand.console import (
    API_ID,
    BY_ITSELF,
    FORMS,
    NOT_ASKED,
    ONLY_AWS,
    aside,
    markdown,
    names_in,
    pages,
    shown,
)
from wschat.lab.chosen.choices import Choices
from wschat.lab.model.lab import AWS_IAM, Lab
from wschat.lab.model.resource import Resource

CHOSEN = Choices(
    boundary="arn:aws:iam::123456789012:policy/a",
    path="/labs/",
    tags=(("course", "web"),),
    throttle="20/1000",
)
GIVEN = Choices(role="arn:aws:iam::123456789012:role/x/LabRole", throttle="off")
LABS = {
    "usual": LAB,
    "much is chosen": replace(LAB, authorization=AWS_IAM, choices=CHOSEN),
    "a role given": replace(LAB, choices=GIVEN),
}


def asked(kind: str) -> set[str]:
    """Return the attributes that a kind's forms ask for, or say on the way."""
    texts = [text for place, form in FORMS[kind] for text in (place, *(text for _, text in form))]
    return {name for text in texts for name in names_in(text)}


def elsewhere(kind: str) -> set[str]:
    """Return those that the console sets itself, that nobody has to enter, or that only `aws` sets."""
    return {*BY_ITSELF.get(kind, ()), *NOT_ASKED.get(kind, ()), *ONLY_AWS.get(kind, ())}


@pytest.mark.parametrize("lab", LABS.values(), ids=LABS)
def test_every_attribute(lab: Lab) -> None:
    """Each that AWS does not have by itself as it should be is asked for, with its value, or told apart."""
    for resource in (step.resource for step in whole(lab)):
        told, names = markdown(resource, lab), asked(resource.kind)
        given = shown(resource)
        assert given.keys() - {"name"} <= names | elsewhere(resource.kind), resource
        values = [value for name, value in given.items() if name in names]
        assert [value for value in values if any(line not in told for line in value.splitlines())] == []


def test_every_kind() -> None:
    """All kinds have forms, which ask for attributes that there are, and none is asked for and left out."""
    assert FORMS.keys() == KINDS.keys()
    for kind, resource in KINDS.items():
        assert asked(kind) - {"zip"} <= resource.defaults().keys()
        assert elsewhere(kind) <= resource.defaults().keys() - asked(kind)


def only(kind: str, name: str, lab: Lab = LAB) -> Resource:
    (found,) = (step.resource for step in whole(lab, kind) if step.resource.name == name)
    return found


def test_a_table() -> None:
    """The key and the time to live stand in two places; of a table without the latter there is one."""
    clients, rooms = (pages(step.resource, LAB) for step in whole(LAB, "table"))
    assert [page.entries[0] for page in clients] == [
        ("Table name", "`anna-client-records`"),
        ("TTL attribute name", "`expires`"),
    ]
    assert clients[0].entries[1] == ("Partition key", "`ID`, of type String; there is no sort key")
    assert [page.place for page in rooms] == ["DynamoDB → Tables → Create table"]


def test_a_function() -> None:
    """Its zip is the one that wschat writes, by the function's own name."""
    told = markdown(only("function", "anna-JoinRoom"), LAB, zips="z")
    assert "- Upload: `z/JoinRoom.zip`, which has the hash `" in told
    assert "- Execution role: the existing role `anna-JoinRoomRole`" in told
    assert told.endswith("Leave the log group, which has the function's name, as the console has it.")


def test_the_api_s_id() -> None:
    """It stands where it is known, and its place where it is not."""
    permission = only("permission", "anna-Connect:connect")
    assert f":{API_ID}/*/$connect`" in markdown(permission, LAB)
    assert ":a1b2/*/$connect`" in markdown(permission, LAB, "a1b2")
    policy = markdown(only("policy", "anna-JoinRoomRole"), LAB, "a1b2")
    assert ':a1b2/development/POST/@connections/*"' in policy


def test_routes() -> None:
    """Two-way ones are made so; the first one's authorization is entered where it is not the usual one."""
    places = {name: [page.place for page in pages(only("route", name), LAB)] for name in ("$connect", "join")}
    assert {name: len(each) for name, each in places.items()} == {"$connect": 1, "join": 2}
    signed = only("route", "$connect", LABS["much is chosen"])
    assert ("Authorization", "`AWS IAM`") in pages(signed, LAB)[1].entries


def test_what_only_aws_sets() -> None:
    """It is said so."""
    assert aside(only("stage", "development")) == [
        "The console does not set the throttle of single routes: `aws` does, with the command of this step."
    ]
    assert "the path" in aside(only("role", "anna-ConnectRole", LABS["much is chosen"]))[0]
