"""All labs of an account and region, whoever made them, found by their names and then by their tags."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from wschat.errors import AccessError, UsageError
from wschat.lab import engine
from wschat.lab.blueprint import API_NAME, FUNCTIONS, blueprint, check_names
from wschat.lab.clock import at_once
from wschat.lab.cloud import Cloud
from wschat.lab.model import TAG, Api, Function, Lab, LogGroup, Role, Table
from wschat.lab.refusals import translated
from wschat.lab.steps import Actual


@dataclass(frozen=True)
class LabThere:
    """A lab that exists, if only in part: how to reach it, and what there is of it."""

    cloud: Cloud
    actual: Actual


@dataclass(frozen=True)
class Census:
    """The labs that exist, the oldest first, and why some could not be looked at."""

    labs: tuple[LabThere, ...]
    refused: tuple[AccessError, ...]


def take(cloud: Cloud, tell: Callable[[str], None] = lambda _: None) -> Census:
    """Find every lab of this account and region that carries our tags.

    `tell` is told under which prefix it looks. One that the person may not look at keeps no other from
    being found.

    A lab is looked for under each prefix that some table, role, log group, function or API is named
    with, or an API tagged with, if provision takes that prefix; what has such a name and not the tag of
    that lab is nobody's of ours.
    """
    with translated("looking for labs"):
        listed = at_once(
            cloud.clock, [partial(_names, cloud, read) for read in NAMES.values()], cloud.at_once
        )
    plain = blueprint(replace(cloud.lab, prefix=""), {spec.module: "" for spec in FUNCTIONS})
    prefixes = set()
    for kind, names in zip(NAMES, listed, strict=True):
        for wanted in (each.name.removeprefix("/aws/lambda/") for each in plain if isinstance(each, kind)):
            prefixes |= {name.removesuffix(wanted) for name in names if name.endswith(wanted)}
    found, refused = list[LabThere](), list[AccessError]()
    there = (replace(cloud, lab=replace(cloud.lab, prefix=prefix)) for prefix in sorted(prefixes))
    known = [each for each in there if _may_exist(each.lab)]
    for number, each in enumerate(known, start=1):
        tell(f"prefix {each.lab.prefix or '(none)'} ({number}/{len(known)})")
        try:
            actual = engine.look_to_remove(each)
        except AccessError as error:
            error.where = f"prefix {each.lab.prefix or '(none)'}, {error.where}"
            refused.append(error)
            continue
        if actual.resources:
            found.append(LabThere(each, actual))
    return Census(tuple(sorted(found, key=lambda each: each.actual.born or 0)), tuple(refused))


def _may_exist(lab: Lab) -> bool:
    """Tell whether all names of a lab are legal; AWS refuses even to look for one that is not."""
    try:
        check_names(lab)
    except UsageError:
        return False
    return True


def _names(cloud: Cloud, read: Callable[[Cloud], Iterable[str]]) -> list[str]:
    return list(read(cloud))


def _pages(cloud: Cloud, client: Any, what: str, key: str) -> list[Any]:  # noqa: ANN401  any of the clients
    paginator = client.get_paginator(what)
    return cloud.call(lambda: [item for page in paginator.paginate() for item in page[key]])


def _log_groups(cloud: Cloud) -> Iterator[str]:
    for group in _pages(cloud, cloud.logs, "describe_log_groups", "logGroups"):
        if group["logGroupName"].startswith("/aws/lambda/"):
            yield group["logGroupName"].removeprefix("/aws/lambda/")


def _apis(cloud: Cloud) -> Iterator[str]:
    """Yield the names of APIs, and those that they should have by their tags."""
    ours = f"{cloud.lab.region}/"
    for api in _pages(cloud, cloud.api, "get_apis", "Items"):
        yield api["Name"]
        if (tag := api.get("Tags", {}).get(TAG, "")).startswith(ours):
            yield tag.removeprefix(ours) + API_NAME


NAMES: dict[type, Callable[[Cloud], Iterable[str]]] = {
    Table: lambda cloud: _pages(cloud, cloud.dynamodb, "list_tables", "TableNames"),
    Role: lambda cloud: (each["RoleName"] for each in _pages(cloud, cloud.iam, "list_roles", "Roles")),
    LogGroup: _log_groups,
    Function: lambda cloud: (
        each["FunctionName"] for each in _pages(cloud, cloud.functions, "list_functions", "Functions")
    ),
    Api: _apis,
}
"""The names of each kind in the whole account and region."""
