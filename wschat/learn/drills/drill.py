"""What a drill is, and the changes of a lab that one can be made of."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from wschat.errors import UsageError
from wschat.lab.model.lab import Lab
from wschat.lab.model.resource import Resource
from wschat.learn.resources import keys

Parts = tuple[Resource, ...]
"""All of a lab that should exist."""
Change = Callable[[Lab, Parts], Parts]
Value = Callable[[Lab, Any], Any]
"""Makes an attribute's value of the one that it should have."""


@dataclass(frozen=True)
class Denial:
    """A managed policy of the drill's own that denies a role one action on one table."""

    role: str
    action: str
    table: str


@dataclass(frozen=True, kw_only=True)
class Drill:
    """One thing that is broken, and how one can find it. Its name and its complaint give nothing away.

    Attributes:
        number: what a tag of the lab holds while it lasts.
        complaint: what a user of the lab says.
        symptom: the request that fails first in a trial of the lab, and how, as `lab_check` words it.
        hints: three, the weakest first.
        cause: what was broken; told when it is mended.
        changes: what is not as it should be.
        by_way_of: what the lab is like for a moment before that.
        stale: whether what was deployed then stays so.
        denial: a policy that the drill makes besides.
        needs: the actions that it takes beyond `wschat policy`.
    """

    number: int
    name: str
    complaint: str
    symptom: str
    hints: tuple[str, str, str]
    cause: str
    changes: tuple[Change, ...] = ()
    by_way_of: tuple[Change, ...] = ()
    stale: bool = False
    denial: Denial | None = None
    needs: tuple[str, ...] = ()


def without(*whats: str) -> Change:
    """Leave out resources, called as lessons call them.

    The change raises UsageError if the lab has none of that name.
    """

    def change(lab: Lab, parts: Parts) -> Parts:
        gone = [_find(lab, parts, what) for what in whats]
        return tuple(each for each in parts if each not in gone)

    return change


def changed(what: str, **values: Any) -> Change:  # noqa: ANN401  as the attributes are
    """Give attributes of a resource other values, or such as a `Value` makes of theirs; see `without`."""

    def change(lab: Lab, parts: Parts) -> Parts:
        found = _find(lab, parts, what)
        new = {
            name: value(lab, getattr(found, name)) if callable(value) else value
            for name, value in values.items()
        }
        return tuple(replace(each, **new) if each == found else each for each in parts)

    return change


def _find(lab: Lab, parts: Parts, what: str) -> Resource:
    key = keys(lab).get(what)
    for each in parts:
        if each.key == key:
            return each
    raise UsageError(f"this lab has no {what} of its own")
