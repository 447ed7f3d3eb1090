"""What was found in AWS, part by part, and what it makes of a lab."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from wschat.lab.model import (
    API,
    TAG,
    Api,
    Deployment,
    Function,
    Integration,
    Key,
    Lab,
    Permission,
    Policy,
    Resource,
    Role,
    Route,
    Stage,
)
from wschat.lab.steps import Actual

DELETED = ", which was deleted"
"""Stands behind the name of a function's role, where what the function is bound to is not there any more."""
INSIDE_API = (Integration, Deployment, Stage, Route)
"""The kinds of an API's parts; routes last, since they take so many calls that AWS catches up meanwhile."""


@dataclass(frozen=True)
class Found:
    """A resource as it was found, with ids as AWS gave them; `id` is its own, where AWS chose one.

    `ours` tells whether its tag is this lab's. `born` is when it was made, in seconds since 1970.
    """

    resource: Resource
    id: str = ""
    ours: bool = True
    born: float | None = None


Seen = Mapping[Key, tuple[Found, ...]]
"""What was found, by the part that was asked for."""


def part(resource: Resource) -> Key:
    """Return what must be asked for to see a resource."""
    if isinstance(resource, Policy):
        return (Role.kind, resource.name)
    if isinstance(resource, Permission):
        return (Function.kind, resource.function)
    if isinstance(resource, (Api, *INSIDE_API)):
        return (resource.kind, "")
    return resource.key


def is_ours(lab: Lab, tags: object) -> bool:
    """Tell whether tags are those of the lab: a map, or a list of keys and values, or nothing."""
    pairs: Any = tags or {}
    if not isinstance(pairs, dict):
        pairs = {tag["Key"]: tag["Value"] for tag in pairs}
    return bool(pairs.get(TAG) == lab.tags[TAG])


def api_id(seen: Seen) -> str | None:
    """Return the id of the lab's API: the oldest of ours, if somebody made several."""
    apis = [found for each in seen.values() for found in each if isinstance(found.resource, Api)]
    ours = sorted((found.born or 0, found.id) for found in apis if found.ours)
    return ours[0][1] if ours else None


def assemble(seen: Seen) -> Actual:
    """Return what exists, with names in the place of ids."""
    seen = {part: _unique(found, _used(seen)) for part, found in seen.items()}
    everything = [found for each in seen.values() for found in each]
    ours = [replace(found, resource=_named(found.resource, seen)) for found in everything if found.ours]
    return Actual(
        resources={found.resource.key: found.resource for found in _bound(ours, seen)},
        ids={found.resource.key: found.id for found in ours if found.id},
        strangers=tuple(found.resource for found in everything if not found.ours),
        born=min((found.born for found in ours if found.born), default=None),
    )


def _used(seen: Seen) -> set[str | None]:
    """Return the ids of the integrations that routes lead to, and of the deployments that stages serve."""
    resources = [found.resource for each in seen.values() for found in each]
    routes = {each.integration for each in resources if isinstance(each, Route)}
    return routes | {each.deployment for each in resources if isinstance(each, Stage)}


def _unique(found: tuple[Found, ...], used: set[str | None]) -> tuple[Found, ...]:
    """Give what was made twice a name with its id, so that it is seen as too much.

    Names of APIs, integrations and deployments are not unique in AWS. Of several that are ours the one
    that is in use has the name, then the oldest, then the one with the first id: whoever looks agrees.
    """
    names, result = set(), []
    for each in sorted(found, key=lambda each: (each.id not in used, each.born or 0, each.id)):
        name = each.resource.name
        if each.id and each.ours and name in names:
            name = f"{name} ({each.id})"
        names.add(name)
        result.append(replace(each, resource=replace(each.resource, name=name)))
    return tuple(result)


def _named(resource: Resource, seen: Seen) -> Resource:
    match resource:
        case Policy():
            return replace(resource, document=_without_id(resource.document, seen))
        case Permission():
            return replace(resource, source=_without_id(resource.source, seen))
        case Route():
            return replace(resource, integration=_name(Integration, resource.integration, seen))
        case Stage():
            return replace(resource, deployment=_name(Deployment, resource.deployment, seen))
    return resource


def _without_id(text: str, seen: Seen) -> str:
    found = api_id(seen)
    return text.replace(found, API) if found else text


def _name(kind: type[Resource], wanted: str | None, seen: Seen) -> str | None:
    return next((found.resource.name for found in seen.get((kind.kind, ""), ()) if found.id == wanted), None)


def _bound(ours: Iterable[Found], seen: Seen) -> Iterator[Found]:
    """Tell of functions whose role is gone, or made anew: Lambda is bound to the old one, not to its name."""
    for found in ours:
        function = found.resource
        if isinstance(function, Function) and _lost_its_role(found, seen.get((Role.kind, function.role))):
            yield replace(found, resource=replace(function, role=function.role + DELETED))
        else:
            yield found


def _lost_its_role(function: Found, role: tuple[Found, ...] | None) -> bool:
    """Tell by what was seen of a role, None if nobody looked, whether a function was given an older one.

    `born` of a function is when it was changed last. AWS keeps a role's in whole seconds.
    """
    if not role:
        return role is not None
    made = max(each.born or 0 for each in role if isinstance(each.resource, Role))
    return int(made) > int(function.born or 0)
