"""What lessons call the lab's resources: their kind, and their name without what all such names have."""

from collections.abc import Sequence
from dataclasses import replace

from wschat.lab.aws.log_groups import LogGroup, log_group_of
from wschat.lab.aws.permissions import Permission
from wschat.lab.blueprint import blueprint
from wschat.lab.model.lab import Lab
from wschat.lab.model.resource import Key, Resource

ONLY = {"API", "deployment", "stage"}
"""Kinds of which a lab has one, so that the kind is the name."""
PLAIN = Lab(account="0" * 12, region="us-east-1")
"""A lab whose names are the lab's own."""


def keys(lab: Lab) -> dict[str, Key]:
    """Return the keys of all resources of a lab, by what lessons call them, in the lab's order.

    That is `table client-records`, `role ConnectRole`, `log group Connect`, `permission Connect $connect`,
    `API`, and so on, whatever the prefix.
    """
    plain = blueprint(replace(lab, prefix=""))
    return {label(each): there.key for each, there in zip(plain, blueprint(lab), strict=True)}


def label(resource: Resource) -> str:
    """Return what lessons call a resource of a lab without a prefix."""
    if resource.kind in ONLY:
        return resource.kind
    match resource:
        case LogGroup():
            name = resource.name.removeprefix(log_group_of(""))
        case Permission():
            name = f"{resource.function} {resource.source.rpartition('/')[2]}"
        case _:
            name = resource.name
    return f"{resource.kind} {name}"


LABELS: Sequence[str] = tuple(keys(PLAIN))
"""All that a lesson can make."""
KINDS = tuple(dict.fromkeys(each.kind for each in blueprint(PLAIN)))
"""The kinds of it; `KIND *` is all of a kind that no other lesson makes."""
