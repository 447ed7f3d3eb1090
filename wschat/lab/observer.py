"""What exists in AWS, read back into the classes of the model.

It is read in parts that can be asked for at the same time, and again one by one: a table, a role with
its policy, a log group, a function with its permissions, and the API.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from wschat.errors import AccessError
from wschat.lab.api_observer import look_at_api
from wschat.lab.clock import at_once
from wschat.lab.cloud import Cloud
from wschat.lab.found import INSIDE_API, Found, Seen, is_ours
from wschat.lab.model import (
    POLICY_NAME,
    Api,
    Function,
    Key,
    LogGroup,
    Permission,
    Policy,
    Role,
    Table,
    canonical,
)
from wschat.lab.refusals import translated

CHANGING = {"CREATING", "DELETING", "UPDATING"}
READY = {"Active", "Inactive"}
"""States in which a function can be called; the latter is what weeks without a call lead to."""
IN_API = {Api.kind, *(kind.kind for kind in INSIDE_API)}


def observe(cloud: Cloud, parts: Iterable[Key], seen: Seen | None = None) -> Seen:
    """Look at parts of a lab; what was `seen` of others before is kept.

    Raises:
        WschatError: AWS could not be asked.
        Stopped: the person asked to stop.
    """
    seen, wanted = seen or {}, list(dict.fromkeys(parts))
    jobs: list[Callable[[], Seen]] = [
        partial(_look_at, cloud, kind, name) for kind, name in wanted if kind not in IN_API
    ]
    inside = [part for part in wanted if part[0] in IN_API]
    if inside:
        jobs.append(partial(look_at_api, cloud, inside, seen))
    with translated("looking at what exists"):
        found = at_once(cloud.clock, jobs, cloud.at_once)
    return {**seen, **{part: founds for each in found for part, founds in each.items()}}


def _look_at(cloud: Cloud, kind: str, name: str) -> Seen:
    return {(kind, name): tuple(PARTS[kind](cloud, name))}


def _table(cloud: Cloud, name: str) -> Iterator[Found]:
    described = None

    def settled() -> bool:
        nonlocal described
        described = cloud.find(cloud.dynamodb.describe_table, TableName=name)
        return described is None or described["Table"].get("TableStatus") not in CHANGING

    cloud.wait(settled, f"table {name} is still made or deleted")
    if described is None:
        return
    table = described["Table"]
    expiry = cloud.find(cloud.dynamodb.describe_time_to_live, TableName=name)
    tags = cloud.find(cloud.dynamodb.list_tags_of_resource, ResourceArn=table["TableArn"])
    if expiry is None or tags is None:
        return
    ttl = expiry["TimeToLiveDescription"]
    types = {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
    keys = [each["AttributeName"] for each in table["KeySchema"]]
    yield Found(
        Table(
            name=name,
            partition_key=",".join(key if types[key] == "S" else f"{key}:{types[key]}" for key in keys),
            ttl=ttl.get("AttributeName") if "ENABL" in ttl.get("TimeToLiveStatus", "") else None,
            billing=table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
        ),
        ours=is_ours(cloud.lab, tags.get("Tags")),
        born=table["CreationDateTime"].timestamp(),
    )


def _role(cloud: Cloud, name: str) -> Iterator[Found]:
    found = cloud.find(cloud.iam.get_role, RoleName=name)
    if found is None:
        return
    role = found["Role"]
    ours = is_ours(cloud.lab, role.get("Tags"))
    trust = canonical(role["AssumeRolePolicyDocument"])
    yield Found(Role(name=name, trust=trust), ours=ours, born=role["CreateDate"].timestamp())
    read = cloud.iam.get_role_policy
    inline = cloud.find(read, RoleName=name, PolicyName=POLICY_NAME) if ours else None
    if inline:
        yield Found(Policy(name=name, document=canonical(inline["PolicyDocument"])))


def _log_group(cloud: Cloud, name: str) -> Iterator[Found]:
    pages = cloud.logs.get_paginator("describe_log_groups")
    groups = cloud.call(
        lambda: [group for page in pages.paginate(logGroupNamePrefix=name) for group in page["logGroups"]]
    )
    for group in (group for group in groups if group["logGroupName"] == name):
        arn = group["arn"].removesuffix(":*")
        tags = cloud.find(cloud.logs.list_tags_for_resource, resourceArn=arn)
        if tags is not None:
            yield Found(
                LogGroup(name=name, retention_days=group.get("retentionInDays")),
                ours=is_ours(cloud.lab, tags.get("tags")),
                born=group["creationTime"] / 1000,
            )


def _function(cloud: Cloud, name: str) -> Iterator[Found]:
    found = None

    def settled() -> bool:
        nonlocal found
        found = cloud.find(cloud.functions.get_function, FunctionName=name)
        now = found["Configuration"] if found else {}
        return now.get("State") not in {"Pending", "Deleting"} and now.get("LastUpdateStatus") != "InProgress"

    cloud.wait(settled, f"function {name} is still made or changed")
    if found is None:
        return
    if hidden := found.get("TagsError"):  # it is answered all the same, without its tags
        hint = "ask for the permission lambda:ListTags, then run the same command"
        raise AccessError(hidden["Message"], where=f"function {name}, its tags", hint=hint)
    ours, now = is_ours(cloud.lab, found.get("Tags")), found["Configuration"]
    environment = now.get("Environment", {}).get("Variables", {})
    yield Found(
        Function(
            name=name,
            role=now["Role"].rpartition("/")[2],
            handler=now.get("Handler", ""),
            code=now["CodeSha256"],
            runtime=now.get("Runtime", ""),
            architecture=",".join(now.get("Architectures", ())),
            memory=now["MemorySize"],
            timeout=now["Timeout"],
            environment=tuple(sorted(environment.items())),
            state="Active" if now.get("State") in READY else _told(now, "State"),
            last_update=_told(now, "LastUpdateStatus")
            if now.get("LastUpdateStatus") == "Failed"
            else "Successful",
        ),
        ours=ours,
        born=_time(now["LastModified"]),
    )
    policy = cloud.find(cloud.functions.get_policy, FunctionName=name) if ours else None
    for statement in json.loads(policy["Policy"])["Statement"] if policy else ():
        yield Found(_permission(name, statement))


def _told(now: Mapping[str, Any], what: str) -> str:
    """Return a status with AWS's reason for it."""
    return f"{now.get(what)}: {now.get(f'{what}Reason') or 'AWS gives no reason'}"


def _permission(function: str, statement: dict[str, object]) -> Permission:
    """Read a statement of a function's policy; what it says beyond an API's ARN is told as it stands."""
    condition = statement.get("Condition") or {}
    principal = statement.get("Principal")
    source = None
    if isinstance(condition, dict) and condition.keys() == {"ArnLike"}:
        source = condition["ArnLike"].get("AWS:SourceArn") if len(condition["ArnLike"]) == 1 else None
    if isinstance(principal, dict) and principal.keys() == {"Service"}:
        principal = principal["Service"]
    return Permission(
        name=f"{function}:{statement['Sid']}",
        function=function,
        source=source or canonical(condition),
        principal=principal if isinstance(principal, str) else canonical(principal),
        action=str(statement.get("Action")),
    )


def _time(text: str) -> float:
    """Read Lambda's form of a time, such as 2026-01-31T12:00:00.000+0000."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()


PARTS: dict[str, Callable[[Cloud, str], Iterator[Found]]] = {
    Table.kind: _table,
    Role.kind: _role,
    LogGroup.kind: _log_group,
    Function.kind: _function,
}
