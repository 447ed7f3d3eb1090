"""Permissions of functions that nobody may look at."""

from dataclasses import replace

from wschat.lab.attributes.answers import UNSEEN
from wschat.lab.aws.permissions import Permission
from wschat.lab.blueprint import blueprint
from wschat.lab.model.lab import Lab

DESIRED = blueprint(Lab(account="0" * 12, region="us-east-1"))


def test_a_policy_that_is_not_seen() -> None:
    """What stands for it is all that is desired of that function, and nothing of another."""
    unseen = Permission.of("JoinRoom", UNSEEN, source=UNSEEN)
    assert [each.statement for each in unseen.identified(DESIRED)] == ["join", "join-room"]
    assert unseen.identified([]) == []


def test_one_that_is_seen() -> None:
    """It is itself, as it is."""
    strange = replace(Permission.of("JoinRoom", "join", source="other"), principal="s3.amazonaws.com")
    assert strange.identified(DESIRED) == [strange]
