"""Reads lag behind writes by up to 2 s, and lists come in pages of two."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.plane.clock import VirtualClock
from tests.support.plane.conftest import TRUST, Aws, refused

POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
MISSING = {"NotFoundException", "ResourceNotFoundException", "NoSuchEntity"}


def found(call: Callable[..., Any], **what: str) -> bool:
    try:
        call(**what)
    except ClientError as error:
        if error.response["Error"].get("Code") not in MISSING:
            raise
        return False
    return True


def lags(clock: VirtualClock, look: Callable[[], object], old: object, new: object) -> None:
    """Assert that what is seen after a write is old at times and new at times, and after 2 s only new."""
    start, seen = clock.now(), []
    while clock.now() < start + 2:
        seen.append(look())
    assert set(seen) == {old, new}
    assert [look() for _ in range(5)] == [new] * 5


Change = Callable[[Aws], object]


def has_role(aws: Aws) -> object:
    return found(aws.iam.get_role, RoleName=aws.name)


def has_policy(aws: Aws) -> object:
    return found(aws.iam.get_role_policy, RoleName=aws.name, PolicyName="all")


def put_policy(aws: Aws) -> None:
    aws.iam.put_role_policy(RoleName=aws.name, PolicyName="all", PolicyDocument=POLICY)


def expires(aws: Aws) -> object:
    told = aws.dynamodb.describe_time_to_live(TableName=aws.name)["TimeToLiveDescription"]
    return told["TimeToLiveStatus"] == "ENABLED"


def is_permitted(aws: Aws) -> object:
    try:
        return "Sid" in aws.functions.get_policy(FunctionName=aws.name)["Policy"]
    except ClientError:
        return False


LATE: dict[str, list[tuple[Change, Change | None]]] = {
    "roles and policies": [
        (Aws.make_role, has_role),
        (put_policy, has_policy),
        (lambda aws: aws.iam.delete_role_policy(RoleName=aws.name, PolicyName="all"), has_policy),
        (lambda aws: aws.iam.delete_role(RoleName=aws.name), has_role),
    ],
    "a table's time to live": [(Aws.make_table, None), (Aws.expire, expires)],
    "a function's permissions": [
        (Aws.make_role, None),
        (lambda aws: aws.make_function(f"arn:aws:iam::000000000000:role/{aws.name}"), None),
        (lambda aws: aws.permit("one"), is_permitted),
    ],
}
"""Changes one after another, each with what sees that it is so, or that it is no more."""


@pytest.mark.parametrize("story", LATE)
def test_what_is_seen_late(aws: Aws, clock: VirtualClock, story: str) -> None:
    """After each change reads show the old state at times, for up to 2 s."""
    for change, look in LATE[story]:
        before = look and look(aws)
        change(aws)
        if look:
            lags(clock, partial(look, aws), before, not before)
        else:
            clock.sleep(10)


def test_what_was_never_asked_for_is_late_too(aws: Aws, clock: VirtualClock) -> None:
    """A first look right after a create finds nothing yet: role, table, function, log group, API."""
    group = f"arn:aws:logs:us-east-1:000000000000:log-group:{aws.name}"
    arn = aws.make_role()
    assert not found(aws.iam.get_role, RoleName=aws.name)
    aws.make_table()
    assert not found(aws.dynamodb.describe_table, TableName=aws.name)
    aws.logs.create_log_group(logGroupName=aws.name)
    assert not found(aws.logs.list_tags_for_resource, resourceArn=group)
    api = aws.make_api()
    assert not found(aws.api.get_routes, ApiId=api)
    clock.sleep(10)
    aws.make_function(arn)
    assert not found(aws.functions.get_function, FunctionName=aws.name)
    clock.sleep(2)
    assert found(aws.functions.get_function, FunctionName=aws.name)
    assert aws.api.get_routes(ApiId=api)["Items"] == []


def test_routes_are_seen_late(aws: Aws, clock: VirtualClock) -> None:
    """A list shows what was made one after another as it was at some moment of the last 2 s."""
    api = aws.make_api()
    clock.sleep(5)
    routes = [aws.api.create_route(ApiId=api, RouteKey=key)["RouteId"] for key in "abcde"]

    def keys() -> str:
        pages = aws.api.get_paginator("get_routes").paginate(ApiId=api)
        return "".join(sorted(item["RouteKey"] for page in pages for item in page["Items"]))

    seen = {keys() for _ in range(12)}
    assert seen <= {"abcde"[:length] for length in range(6)}
    assert len(seen) > 2
    clock.sleep(2)
    assert keys() == "abcde"
    aws.api.update_route(ApiId=api, RouteId=routes[4], RouteKey="E")
    lags(clock, keys, old="abcde", new="Eabcd")
    aws.api.delete_api(ApiId=api)
    lags(clock, partial(found, aws.api.get_routes, ApiId=api), old=True, new=False)


def test_writes_see_the_truth(aws: Aws) -> None:
    """A create conflicts at once with what no read shows yet."""
    aws.make_role()
    assert not found(aws.iam.get_role, RoleName=aws.name)
    create = aws.iam.create_role
    code, _ = refused(create, RoleName=aws.name, AssumeRolePolicyDocument=TRUST)
    assert code == "EntityAlreadyExists"


LISTS: dict[str, tuple[str, Change]] = {
    "api.get_apis": ("Items", Aws.make_api),
    "iam.list_roles": ("Roles", Aws.make_role),
    "dynamodb.list_tables": ("TableNames", Aws.make_table),
    "logs.describe_log_groups": (
        "logGroups",
        lambda aws: aws.logs.create_log_group(logGroupName=aws.name),
    ),
}
"""Paginators of each protocol, to the list in their pages, and what makes something that is in it."""


@pytest.mark.parametrize("name", LISTS)
def test_lists_come_in_pages_of_two(aws: Aws, clock: VirtualClock, name: str) -> None:
    """Each list has at most two items a page, whatever limit is asked for, and all of them in the end."""
    items, make = LISTS[name]
    for number in range(5):
        make(Aws(aws.session, aws.endpoint, f"{aws.name}-{number}"))
        clock.sleep(10)
    client, _, operation = name.partition(".")
    pages = list(getattr(aws, client).get_paginator(operation).paginate(PaginationConfig={"PageSize": 50}))
    everything = [str(item) for page in pages for item in page[items]]
    assert {len(page[items]) for page in pages[:-1]} == {2}
    assert len(pages[-1][items]) <= 2
    assert len(everything) == len(set(everything))
    assert sum(f"{aws.name}-" in each for each in everything) == 5
