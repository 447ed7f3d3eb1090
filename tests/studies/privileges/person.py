"""Proves of each action in a person's policy that an errand fails without it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from websockets.exceptions import InvalidStatus

from tests.studies.privileges.desk import Desk, at
from tests.studies.privileges.errands import HEALS, TEARDOWNS, USES, Errand
from tests.support.plane.permissions import LINK, NO_LINK
from wschat.errors import WschatError
from wschat.lab.model import Lab
from wschat.lab.user_policy import STATEMENTS, Statement, resources, user_policy

REFUSED = re.compile(r"is not authorized to perform: (\S+)")


@dataclass(frozen=True)
class Grant:
    """One action of one statement."""

    action: str
    statement: Statement

    def __str__(self) -> str:
        return f"{self.action} on {self.statement.on}"


def granted() -> list[Grant]:
    """Return all that a person's policy grants."""
    return [
        Grant(f"{statement.service}:{action}", statement)
        for statement in STATEMENTS
        for action in statement.actions.split()
    ]


def proofs() -> dict[Grant, Errand]:
    """Return for each grant that an errand claims to need that errand."""
    found: dict[Grant, Errand] = {}
    for errand in (*USES, *HEALS, *TEARDOWNS):
        for need in errand.needs:
            (grant,) = (each for each in granted() if need in {each.action, str(each)})
            assert grant not in found, f"{found[grant].name!r} proves {grant} already"
            found[grant] = errand
    return found


def without(grant: Grant, lab: Lab) -> dict[str, Any]:
    """Return a person's policy without one grant."""
    document, arns = user_policy(lab), resources(lab)[grant.statement.on]
    for statement in document["Statement"]:
        if statement["Resource"] == arns and grant.action in statement["Action"]:
            statement["Action"].remove(grant.action)
    document["Statement"] = [each for each in document["Statement"] if each["Action"]]
    return document


def run(desk: Desk, errand: Errand) -> None:
    """Run an errand with the whole policy; it must work."""
    desk.may(user_policy(at(desk.root, errand.prefix).lab))
    errand.before(desk)
    errand.run(desk)


def fails(desk: Desk, errand: Errand, grant: Grant) -> bool:
    """Tell whether an errand fails without a grant, and because that action was refused."""
    lab = at(desk.root, errand.prefix).lab
    desk.may(without(grant, lab))
    errand.before(desk)
    try:
        errand.run(desk)
    except (WschatError, ClientError, InvalidStatus) as error:
        return set(_refused(error)) == {grant.action}
    finally:
        desk.restore(errand.prefix)
    return False


def _refused(error: Exception) -> Iterator[str]:
    body = error.response.body if isinstance(error, InvalidStatus) else b""
    told = f"{error} {(body or b'').decode()}"
    yield from REFUSED.findall(told)
    if NO_LINK in told:
        yield LINK
