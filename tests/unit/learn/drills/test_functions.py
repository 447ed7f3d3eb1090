"""What the drills on functions and their permissions change, and what they leave."""

import json
from typing import Any

from wschat.lab.blueprint import blueprint
from wschat.lab.model.lab import API, Lab
from wschat.lab.model.resource import Resource
from wschat.learn.drills.functions import FUNCTION_DRILLS
from wschat.learn.drills.states import states

LAB = Lab("1" * 12, "us-east-1", prefix="x-", callbacks=f"https://{API}.here")
PARTS = blueprint(LAB)


def broken(name: str) -> tuple[Any, Any]:
    """Return the one resource that a drill changes, and what it makes of it."""
    (drill,) = (each for each in FUNCTION_DRILLS if each.name == name)
    (new,) = {*states(drill, LAB, PARTS)[-1]} - {*PARTS}
    (old,) = (each for each in PARTS if each.key == new.key)
    assert isinstance(old, Resource)
    return old, new


def test_one_variable() -> None:
    """Of the environment one variable is another, in which the prefix stands; and of a URL the API's id."""
    old, new = broken("bad-gateway")
    assert {*new.environment} - {*old.environment} == {("CLIENT_RECORDS", "x-Client-Records")}
    old, new = broken("nobody-home")
    assert {*new.environment} - {*old.environment} == {("MANAGEMENT_URL", "https://a1b2c3d4e5.here")}


def test_one_statement() -> None:
    """Of a policy one statement is gone, and of a permission's ARN there is one part more."""
    old, new = broken("talking-to-oneself")
    before, after = (json.loads(each.document)["Statement"] for each in (old, new))
    (gone,) = (each for each in before if each not in after)
    assert (gone["Action"], len(before)) == (["execute-api:ManageConnections"], len(after) + 1)
    old, new = broken("it-is-allowed")
    assert (old.source.partition(API)[2], new.source.partition(API)[2]) == ("/*/message", "/*/*/message")
