"""The changes that drills are made of."""

import pytest

from wschat.errors import UsageError
from wschat.lab.blueprint import blueprint
from wschat.lab.model.lab import Lab
from wschat.learn.drills.drill import changed, without

LAB = Lab("1" * 12, "us-east-1", prefix="m")


def test_changes() -> None:
    """A resource goes, or differs in what is said and nothing else; it is called as lessons call it."""
    parts = blueprint(LAB)
    (gone,) = {*parts} - {*without("permission SendMessage message")(LAB, parts)}
    assert gone.key == ("permission", "mSendMessage:message")
    (route,) = {*changed("route message", integration="Connect")(LAB, parts)} - {*parts}
    (was,) = (each for each in parts if each.key == ("route", "message"))
    assert was.differences(route) == {"integration": ("SendMessage", "Connect")}


def test_what_is_not_there() -> None:
    """A lab that lacks it is told so: there is nothing to break."""
    for change in (without("route $gone"), changed("role Connect", path="/")):
        with pytest.raises(UsageError, match=r"this lab has no (route \$gone|role Connect) of its own"):
            change(LAB, blueprint(LAB))
