"""Reads lag behind writes by up to 2 s, and lists come in pages of two."""

from collections.abc import Callable
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from tests.support.plane.clock import VirtualClock
from tests.support.plane.conftest import TRUST, Aws
from tests.support.plane.plane import Plane
from tests.support.plane.refusals import refused
from tests.support.plane.scopes import touched_by

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


def test_roles_are_seen_late(aws: Aws, clock: VirtualClock) -> None:
    """A new role is not there at first, and a deleted one still is; a policy likewise."""
    look = partial(found, aws.iam.get_role, RoleName=aws.name)
    assert not look()
    aws.make_role()
    lags(clock, look, old=False, new=True)
    policy = partial(found, aws.iam.get_role_policy, RoleName=aws.name, PolicyName="all")
    aws.iam.put_role_policy(RoleName=aws.name, PolicyName="all", PolicyDocument=POLICY)
    lags(clock, policy, old=False, new=True)
    aws.iam.delete_role_policy(RoleName=aws.name, PolicyName="all")
    lags(clock, policy, old=True, new=False)
    aws.iam.delete_role(RoleName=aws.name)
    lags(clock, look, old=True, new=False)


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


def test_permissions_are_seen_late(aws: Aws, clock: VirtualClock, role: str) -> None:
    """A function's policy is there only later, also what is added to it."""
    aws.make_function(role)
    clock.sleep(3)

    def look() -> int:
        try:
            return aws.functions.get_policy(FunctionName=aws.name)["Policy"].count('"Sid"')
        except ClientError:
            return 0

    aws.permit("one")
    lags(clock, look, old=0, new=1)
    aws.permit("two")
    lags(clock, look, old=1, new=2)


def test_routes_are_seen_late(aws: Aws, clock: VirtualClock) -> None:
    """A list shows what was made one after another as it was at some moment of the last 2 s."""
    api = aws.make_api()
    clock.sleep(5)
    routes = [aws.api.create_route(ApiId=api, RouteKey=key)["RouteId"] for key in "abcde"]

    def keys() -> str:
        pages = aws.api.get_paginator("get_routes").paginate(ApiId=api)
        return "".join(item["RouteKey"] for page in pages for item in page["Items"])

    seen = {keys() for _ in range(12)}
    assert seen <= {"abcde"[:length] for length in range(6)}
    assert len(seen) > 2
    clock.sleep(2)
    assert keys() == "abcde"
    aws.api.update_route(ApiId=api, RouteId=routes[4], RouteKey="E")
    lags(clock, keys, old="abcde", new="abcdE")
    aws.api.delete_api(ApiId=api)
    lags(clock, partial(found, aws.api.get_routes, ApiId=api), old=True, new=False)


def test_time_to_live_is_seen_late(aws: Aws, clock: VirtualClock) -> None:
    """What a table's expiry was is shown for a while."""
    aws.make_table()
    clock.sleep(8)

    def look() -> str:
        described = aws.dynamodb.describe_time_to_live(TableName=aws.name)
        return described["TimeToLiveDescription"]["TimeToLiveStatus"]

    wanted = {"Enabled": True, "AttributeName": "expires"}
    aws.dynamodb.update_time_to_live(TableName=aws.name, TimeToLiveSpecification=wanted)  # type: ignore[arg-type]
    lags(clock, look, old="DISABLED", new="ENABLED")


def test_retention_is_seen_late(aws: Aws, clock: VirtualClock) -> None:
    """A log group's attributes lag, in a list that was asked for by its prefix."""

    def look() -> int | None:
        (group,) = aws.logs.describe_log_groups(logGroupNamePrefix=aws.name)["logGroups"]
        return group.get("retentionInDays")

    aws.logs.create_log_group(logGroupName=aws.name)
    clock.sleep(2)
    assert look() is None
    aws.logs.put_retention_policy(logGroupName=aws.name, retentionInDays=7)
    lags(clock, look, old=None, new=7)


def test_writes_see_the_truth(aws: Aws) -> None:
    """A create conflicts at once with what no read shows yet."""
    aws.make_role()
    assert not found(aws.iam.get_role, RoleName=aws.name)
    create = aws.iam.create_role
    code, _ = refused(create, RoleName=aws.name, AssumeRolePolicyDocument=TRUST)
    assert code == "EntityAlreadyExists"


def test_the_seed_decides(plane: Plane, aws: Aws) -> None:
    """Two planes with one seed show the same at the same moments."""

    def story(name: str) -> list[bool]:
        clock = VirtualClock()
        mine = Aws(Plane(plane.endpoint, clock, seed=7).session(), plane.endpoint, name)
        mine.make_role()
        return [found(mine.iam.get_role, RoleName=name) for _ in range(15)]

    assert story(f"{aws.name}-a") == story(f"{aws.name}-b")


def make_many(aws: Aws, clock: VirtualClock) -> str:
    """Make five of each; return the API's id."""
    api, *_ = [aws.make_api() for _ in range(5)]
    for number in range(5):
        name = f"{aws.name}-{number}"
        each = Aws(aws.session, aws.endpoint, name)
        aws.logs.create_log_group(logGroupName=name)
        role = each.make_role()
        each.make_table()
        integration = aws.api.create_integration(ApiId=api, IntegrationType="MOCK")["IntegrationId"]
        aws.api.create_route(ApiId=api, RouteKey=name, Target=f"integrations/{integration}")
        clock.sleep(10)
        each.make_function(role)
        aws.api.create_deployment(ApiId=api, Description=name)
        aws.api.create_stage(ApiId=api, StageName=name)
        document = {"RoleName": f"{aws.name}-0", "PolicyDocument": POLICY}
        aws.iam.put_role_policy(PolicyName=name, **document)
    clock.sleep(10)
    return api


LISTS = {
    "api.get_routes": ("Items", "ApiId"),
    "api.get_integrations": ("Items", "ApiId"),
    "api.get_deployments": ("Items", "ApiId"),
    "api.get_stages": ("Items", "ApiId"),
    "iam.list_roles": ("Roles", ""),
    "iam.list_role_policies": ("PolicyNames", "RoleName"),
    "functions.list_functions": ("Functions", ""),
    "logs.describe_log_groups": ("logGroups", ""),
    "dynamodb.list_tables": ("TableNames", ""),
    "api.get_apis": ("Items", ""),
}
"""Paginators, to the list in their pages, and the argument that they need."""


def test_lists_come_in_pages_of_two(aws: Aws, clock: VirtualClock) -> None:
    """Each list has at most two items a page, whatever limit is asked for, and all of them in the end."""
    api = make_many(aws, clock)
    for name, (items, argument) in LISTS.items():
        client, _, operation = name.partition(".")
        values = {"ApiId": api, "RoleName": f"{aws.name}-0"}
        arguments = {argument: values[argument]} if argument else {}
        paginator = getattr(aws, client).get_paginator(operation)
        pages = list(paginator.paginate(**arguments, PaginationConfig={"PageSize": 50}))
        everything = [str(item) for page in pages for item in page[items]]
        assert {len(page[items]) for page in pages[:-1]} == {2}, name
        assert len(pages[-1][items]) <= 2, name
        assert len(everything) == len(set(everything)), name
        assert len(everything) == 5 if argument else sum(aws.name in each for each in everything) == 5, name
        clock.sleep(2)


def test_a_made_up_token(aws: Aws) -> None:
    """A token that no page gave is refused."""
    assert refused(aws.api.get_apis, NextToken="x")[0] == "ValidationException"
    assert refused(aws.iam.list_roles, Marker="x")[0] == "ValidationException"


def test_a_write_touches_its_own_lists_alone(aws: Aws, plane: Plane) -> None:
    """Of the lists of log groups only those whose prefix the name has are taken note of, be it a folder."""
    aws.logs.create_log_group(logGroupName="ab/c")
    prefixes = [f"groups:{prefix}:" for prefix in ("", "a", "ab", "ab/", "ab/c")]
    assert touched_by(plane.calls[-1]) == ["group/ab/c", *prefixes]
