"""What a difference between what should exist and what does may be the cause of."""

import json
from collections.abc import Collection, Iterable, Iterator
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

from wschat.doctor.causes import BY_NAME
from wschat.doctor.findings import Suspicion
from wschat.lab.attributes.wording import differences
from wschat.lab.aws.functions import ROLE_DELETED
from wschat.lab.blueprint import CLIENTS, FUNCTIONS, MOCKS, ROOMS, role
from wschat.lab.model.lab import AWS_IAM, OPEN, Lab
from wschat.lab.model.resource import Key, Resource
from wschat.lab.plan import Step, Verb

MISSING, EXTRA = "missing", "too much"
POST = "execute-api:ManageConnections"

CAUSED: dict[str, dict[str, str]] = {
    "table": {
        MISSING: "no-table",
        "partition_key": "wrong-key",
        "ttl": "time-to-live",
        "billing": "table-limit",
        "most_reads": "table-limit",
        "most_writes": "table-limit",
        "deletion_protection": "protected",
        "status": "table-key",
        "kms_key": "table-key",
    },
    "role": {
        MISSING: "cannot-assume",
        "trust": "cannot-assume",
        "boundary": "denied",
        "attached": "denied",
        "inline": "denied",
    },
    "policy": {MISSING: "lacks-permission"},
    "log group": {"deletion_protection": "protected"},
    "function": {
        MISSING: "no-function",
        "environment": "wrong-environment",
        "handler": "wrong-handler",
        "runtime": "wrong-runtime",
        "architecture": "wrong-runtime",
        "code": "other-code",
        "timeout": "too-slow",
        "memory": "out-of-memory",
        "reserved_concurrency": "reserved-concurrency",
        "layers": "layer",
        "vpc_subnets": "in-a-vpc",
        "vpc_security_groups": "in-a-vpc",
        "state": "not-ready",
        "last_update": "not-ready",
        "urls": "open-door",
        "event_sources": "open-door",
    },
    "permission": {
        MISSING: "no-permission",
        EXTRA: "open-door",
        "action": "no-permission",
        "principal": "no-permission",
        "source": "no-permission",
    },
    "API": {
        MISSING: "half-a-lab",
        "selection": "wrong-selection",
        "endpoint_disabled": "endpoint-disabled",
        "protocol": "no-websocket",
    },
    "integration": {
        MISSING: "wrong-integration",
        "uri": "wrong-integration",
        "type": "wrong-integration",
        "method": "wrong-integration",
        "request": "wrong-integration",
        "answer": "wrong-integration",
        "content_handling": "wrong-integration",
        "timeout": "integration-timeout",
        "credentials": "no-permission",
    },
    "route": {
        MISSING: "no-route",
        "name": "no-route",
        "integration": "wrong-integration",
        "two_way": "no-route-response",
        "api_key": "api-key",
        "request_models": "model",
    },
    "deployment": {MISSING: "old-deployment"},
    "stage": {
        MISSING: "no-stage",
        "rate": "throttle",
        "burst": "throttle",
        "route_settings": "throttle",
    },
}
"""The cause that is suspected where an attribute of a kind differs; others are no more than otherwise."""


WHATEVER_IT_RUNS = {
    *("role", "state", "last_update", "reserved_concurrency", "urls", "event_sources"),
    *("vpc_subnets", "vpc_security_groups"),
}
"""The attributes of a function that decide whatever code it has."""
UNREAD = {"attached", "inline"}
"""Policies of a role, which may deny something or allow too much: what stands in them is not read."""
GO_WITH = {"permission": "function", "policy": "role"}
"""What goes with something else when that is deleted."""
SERVED = {"API", "integration", "route"}
"""Of what a deployment is a snapshot."""
FOLLOWS = 0.6
"""How much it says that another deployment is served, where what it is a snapshot of differs, too."""


def suspicions(lab: Lab, steps: Iterable[Step], foreign: Collection[Key] = ()) -> Iterator[Suspicion]:
    """Yield what each difference may be the cause of.

    `foreign` are functions that run code of somebody else's: what depends on the code differs with it.
    """
    steps = [*steps]
    served = any(step.resource.kind in SERVED for step in steps)
    old = any("deployment" in step.differences for step in steps)
    missing = {step.resource.key for step in steps if step.verb is Verb.CREATE}
    for step in steps:
        resource = step.resource
        served_now = old and resource.kind == "deployment" and step.verb is Verb.DELETE
        went_with = GO_WITH.get(resource.kind), resource.name.partition(":")[0]
        if served_now or (step.verb is Verb.CREATE and went_with in missing):
            continue  # what it belongs to is told
        routes = frozenset(spoiled(lab, resource))
        what = f"{resource.kind} {resource.name}"
        match step.verb:
            case Verb.CREATE:
                names = {MISSING: f"{what} is missing"}
            case Verb.DELETE:
                names = {EXTRA: f"{what} is one too many"}
            case _:
                names = {
                    name: f"{what}; {name}: {'; '.join(differences(*pair, resource.units.get(name, '')))}"
                    for name, pair in step.differences.items()
                    if resource.key not in foreign or name in WHATEVER_IT_RUNS
                }
        for name, line in names.items():
            cause = BY_NAME[_cause(step, name)]
            follows = served and cause.name == "old-deployment"
            hint = follows or name in UNREAD
            yield Suspicion(cause, routes, (line,), FOLLOWS if follows else 1.0, alone=not hint)
            if name in UNREAD:
                yield Suspicion(BY_NAME["too-much-allowed"], routes, (line,))


def _cause(step: Step, attribute: str) -> str:
    kind, (should, found) = step.resource.kind, step.differences.get(attribute, (None, None))
    match kind, attribute:
        case "function", "role" if str(found).endswith(ROLE_DELETED):
            return "cannot-assume"
        case "function", "role":
            return "lacks-permission"
        case "function", "environment" if _only(should, found) == {"MANAGEMENT_URL"}:
            return "posts-elsewhere"
        case "policy", "document":
            allowed = _allowed(found)
            lacks = {each for each in _allowed(should) if not any(map(partial(_covers, each), allowed))}
            posting = {action for action, _ in lacks} == {POST}
            return "may-not-post" if posting else "lacks-permission" if lacks else "too-much-allowed"
        case "route", "authorization" if should == AWS_IAM and found == OPEN:
            return "let-in"
        case "route", "authorization":
            return "signs-by-hand" if found == AWS_IAM else "authorizer"
        case "route", "two_way" if not should:
            return "differs"
        case "stage", "deployment":
            return "old-deployment" if found else "nothing-deployed"
    return CAUSED.get(kind, {}).get(attribute, "differs")


def _only(should: Any, found: Any) -> set[str]:  # noqa: ANN401  names and values
    return {name for name, _ in {*should} ^ {*found}}


def _allowed(document: object) -> set[tuple[str, str]]:
    """Return the actions that a policy allows, each with what on; none where it can't be read."""
    try:
        statements = json.loads(str(document))["Statement"]
        return {
            (action, str(each.get("Resource")))
            for each in statements
            if each.get("Effect") == "Allow"
            for action in ([each["Action"]] if isinstance(each["Action"], str) else each["Action"])
        }
    except (ValueError, TypeError, KeyError, AttributeError):
        return set()


def _covers(wanted: tuple[str, str], allowed: tuple[str, str]) -> bool:
    """Tell whether what is allowed, which may have wildcards, has what is wanted in it."""
    return all(fnmatchcase(*pair) for pair in zip(wanted, allowed, strict=True))


def spoiled(lab: Lab, resource: Resource) -> Iterator[str]:
    """Yield the routes that go through a resource; none where that is all."""
    name = getattr(resource, "function", resource.name).removeprefix("/aws/lambda/")
    if resource.kind == "route":
        yield resource.name
    for spec in FUNCTIONS:
        own = {lab.name(spec.name), spec.name, role(lab, spec)}
        uses_rooms = name == lab.name(ROOMS) and spec.rooms
        if name in own or uses_rooms:
            yield from _route_of(resource, spec.routes)
    if resource.kind == "integration" and name in MOCKS:
        yield MOCKS[name][0]
    if name == lab.name(CLIENTS):
        yield from (route for spec in FUNCTIONS for route in spec.routes)


def _route_of(resource: Resource, routes: Iterable[str]) -> Iterable[str]:
    """Return those of a function's routes that a permission is for; of anything else, all."""
    statement = getattr(resource, "statement", None)
    return [route for route in routes if statement in {None, route.removeprefix("$")}] or routes
