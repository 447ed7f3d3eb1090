"""What there is in MiniStack, seen behind the plane's back, in its own memory."""

import re
from collections.abc import Iterator
from importlib import import_module

SERVICES = ("dynamodb", "iam", "cloudwatch_logs", "lambda_svc", "apigateway")
NAMED_BY = {"apiId": "name", "routeId": "routeKey", "integrationId": "description", "deploymentId": ""}
"""What tells of a thing with such an id which one it is."""
VOLATILE = re.compile(
    r"creat.*|last(Modified|Update.*)|state|stateReason.*|(revision|role|table)Id", re.IGNORECASE
)
"""What no two runs have in common."""
ID = re.compile(r"\b[0-9a-f]{8}\b")
ANSWERS = {"_route_responses", "_integration_responses"}
"""What MiniStack keeps, though nobody sees it, when what it was a part of is gone."""
Leaf = tuple[tuple[str, ...], object]
"""A value, and the keys of all that it is in."""


def contents(url: str = "") -> list[str]:
    """Return all that there is in the account, one line for each value, as every clean run leaves it.

    Ids are replaced by names, and so is `url`, at which the lab was told that AWS is.
    """
    leaves = list(_leaves())
    names = dict(_names(leaves))
    lines = []
    for path, value in leaves:
        is_orphan = path[1] in ANSWERS and not {*path[5:6]} <= names.keys()
        if not is_orphan and not VOLATILE.fullmatch(path[-1]):
            line = f"{' '.join(path)}: {value}".replace(url or "{url}", "{url}")
            lines.append(ID.sub(lambda which: names.get(which[0], "{id}"), line))
    return sorted(lines)


def _names(leaves: list[Leaf]) -> Iterator[tuple[str, str]]:
    """Yield each id with the name that stands for it."""
    values = dict(leaves)
    for path, value in leaves:
        if path[-1] in NAMED_BY:
            yield str(value), f"{{{values.get((*path[:-1], NAMED_BY[path[-1]]), path[-1])}}}"


def _leaves() -> Iterator[Leaf]:
    for name in SERVICES:
        module = import_module(f"ministack.services.{name}")
        for store, kept in vars(module).items():
            if type(kept).__name__ in {"AccountScopedDict", "AccountRegionScopedDict"}:
                yield from _within((name, store), kept._data)


def _within(path: tuple[str, ...], value: object) -> Iterator[Leaf]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _within((*path, *(key if isinstance(key, tuple) else (str(key),))), each)
    elif isinstance(value, list | tuple | set):
        for each in value:
            yield from _within(path, each)
    elif value is not None and not isinstance(value, bytes):  # the code has its hash beside it
        yield path, value
