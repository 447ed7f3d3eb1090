"""What a lab is like in a drill."""

from dataclasses import replace

import pytest

from wschat.errors import UsageError
from wschat.lab.aws.roles import Role
from wschat.lab.blueprint import blueprint
from wschat.lab.chosen.choices import Choices
from wschat.lab.model.actual import Actual
from wschat.lab.model.lab import AWS_IAM, Lab
from wschat.learn.drills.catalogue import DRILLS
from wschat.learn.drills.drill import Drill
from wschat.learn.drills.states import broken_keys, is_as_broken, policy_arn, states
from wschat.learn.drills.work import named

LAB = Lab("1" * 12, "us-east-1", prefix="x-")
PARTS = blueprint(LAB)


def keys_that_differ(name: str, number: int) -> set[str]:
    """Return what differs in one of the states of a drill from what should be, or is not there."""
    kept = {*states(named(name), LAB, PARTS)[number]}
    return {" ".join(each.key) for each in PARTS if each not in kept and each.kind != "deployment"}


def test_what_is_served() -> None:
    """What was broken is deployed; where it is not any more what is served, it was mended after that."""
    assert keys_that_differ("my-own-name", 0) == {"route $disconnect", "stage development"}
    assert [keys_that_differ("but-it-is-there", n) for n in (0, 1)] == [
        {"route message", "stage development"},
        {"stage development"},
    ]


@pytest.mark.parametrize("drill", DRILLS, ids=lambda drill: drill.name)
def test_as_broken(drill: Drill) -> None:
    """What has another value is known to be broken, what is as it should be is not."""
    broken = {each.key: each for each in states(drill, LAB, PARTS)[-1]}
    if drill.denial:
        (role,) = (each for each in PARTS if each.key == ("role", "x-JoinRoomRole"))
        assert isinstance(role, Role)
        broken[role.key] = replace(role, attached=(policy_arn(LAB),))
    whole, only_missing = {each.key: each for each in PARTS}, drill.number in {4, 5, 19}
    assert is_as_broken(drill, LAB, PARTS, Actual(resources=broken)) is not only_missing
    assert not is_as_broken(drill, LAB, PARTS, Actual(resources=whole))
    assert drill.denial or broken_keys(drill, LAB, PARTS)


def test_what_cannot_be_broken() -> None:
    """A lab that is so by choice, or has one role for all, has other drills."""
    signed = replace(LAB, authorization=AWS_IAM)
    with pytest.raises(UsageError, match="so by choice"):
        states(named("not-on-the-list"), signed, blueprint(signed))
    given = replace(LAB, choices=Choices(role="arn:aws:iam::111111111111:role/LabRole"))
    for name in ("talking-to-oneself", "one-word-more"):
        with pytest.raises(UsageError, match="of its own"):
            states(named(name), given, blueprint(given))
