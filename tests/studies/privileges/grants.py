"""What the functions' policies and a person's grant, and what claims to need each action of them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from wschat.lab.blueprint import FUNCTIONS, Spec, policy
from wschat.lab.model.lab import Lab
from wschat.lab.permissions.user_policy import STATEMENTS

REFUSED = re.compile(r"(?:is not authorized to perform:|not allowed to) (\S+)")
T = TypeVar("T")


@dataclass(frozen=True)
class Grant:
    """One action of somebody's policy, and on what: the ARN in a function's, the words of a person's."""

    whose: str
    action: str
    on: str

    def __str__(self) -> str:
        return f"{self.action} on {self.on}"


def of_functions(lab: Lab, specs: Sequence[Spec] = FUNCTIONS) -> list[Grant]:
    """Return all that functions are granted, but for the logs: the emulator asks for no permission there."""
    return [
        Grant(spec.name, action, statement["Resource"])
        for spec in specs
        for statement in policy(lab, spec)["Statement"]
        for action in statement["Action"]
        if not action.startswith("logs:")
    ]


def of_a_person(*, verified: bool | None = None) -> list[Grant]:
    """Return all that a person is granted; or only what is verified, or what is not."""
    return [
        Grant("person", f"{statement.service}:{action}", statement.on)
        for statement in STATEMENTS
        if verified in {None, statement.verified}
        for action in statement.actions.split()
    ]


def proofs(claims: Iterable[tuple[T, Iterable[Grant]]]) -> dict[Grant, T]:
    """Return for each grant that something claims to need what claims it: nothing else may."""
    found: dict[Grant, T] = {}
    for each, grants in claims:
        for grant in grants:
            assert grant not in found, f"{found[grant]} proves {grant} already"
            found[grant] = each
    return found


def without(document: dict[str, Any], action: str, resource: str | list[str]) -> dict[str, Any]:
    """Return a policy without one grant."""
    statements = [
        each | {"Action": [one for one in each["Action"] if (one, each["Resource"]) != (action, resource)]}
        for each in document["Statement"]
    ]
    return document | {"Statement": [each for each in statements if each["Action"]]}


def refusals(text: str) -> set[str]:
    """Return the actions that IAM says to have refused."""
    return set(REFUSED.findall(text))
