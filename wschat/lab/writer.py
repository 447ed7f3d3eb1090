"""Creates, updates and deletes tables, roles, log groups and functions, one at a time."""

from dataclasses import dataclass, field
from functools import singledispatch

import botocore.exceptions as aws

from wschat.errors import AwsError
from wschat.lab.cloud import Cloud
from wschat.lab.found import INSIDE_API, Found, part
from wschat.lab.model import (
    API,
    POLICY_NAME,
    Api,
    Deployment,
    Integration,
    Key,
    LogGroup,
    Permission,
    Policy,
    Resource,
    Role,
    Route,
    Stage,
    Table,
)

EXPIRY_COOLS_DOWN = "modified multiple times within a fixed interval"
EXPIRY_IS_SO = "is already"


@dataclass(frozen=True)
class Pen:
    """What writing needs: the clients, and the ids that AWS chose, which grow while things are made.

    `seen` is what was looked at after it was written.
    """

    cloud: Cloud
    ids: dict[Key, str]
    seen: dict[Key, tuple[Found, ...]] = field(default_factory=dict)

    @property
    def api_id(self) -> str:
        """The id of the lab's API, the first that was found or made."""
        found = next((found for (kind, _), found in self.ids.items() if kind == Api.kind), None)
        if found is None:
            raise AwsError("the API is gone", hint="somebody else may be at work: run the same command again")
        return found

    @property
    def tag_list(self) -> list[dict[str, str]]:
        """The lab's tags in the form of IAM and DynamoDB."""
        return [{"Key": key, "Value": value} for key, value in self.cloud.lab.tags.items()]

    def parts(self, resource: Resource) -> list[Key]:
        """Return what must be looked at to see a resource, with what it names."""
        api = (Api.kind, "")
        match resource:
            case Api():
                return [api, *((kind.kind, "") for kind in INSIDE_API)]
            case Integration() | Route():
                return [api, (Integration.kind, ""), (Route.kind, "")]
            case Deployment() | Stage():
                return [api, (Deployment.kind, ""), (Stage.kind, "")]
            case Permission():
                return [api, part(resource)]
        return [part(resource)]


@singledispatch
def create(resource: Resource, pen: Pen) -> None:
    """Create a resource, and wait until others can build on it.

    Raises:
        Doubt: it may have been made, or something has its name.
    """
    raise TypeError(resource, pen)


@singledispatch
def update(resource: Resource, _found: Resource, pen: Pen) -> None:
    """Change in place what differs, and nothing else. May raise `Doubt` where it creates something."""
    create(resource, pen)


@singledispatch
def delete(resource: Resource, pen: Pen) -> None:
    """Delete a resource, and wait until it is gone."""
    raise TypeError(resource, pen)


# Tables


@create.register
def _create_table(table: Table, pen: Pen) -> None:
    name = table.name
    pen.cloud.create(
        pen.cloud.dynamodb.create_table,
        TableName=name,
        AttributeDefinitions=[{"AttributeName": table.partition_key, "AttributeType": "S"}],
        KeySchema=[{"AttributeName": table.partition_key, "KeyType": "HASH"}],
        BillingMode=table.billing,  # type: ignore[arg-type]
        Tags=pen.tag_list,  # type: ignore[arg-type]
    )
    _table_is_active(name, pen)
    if table.ttl:
        _expire(name, table.ttl, pen)


@update.register
def _update_table(table: Table, found: Table, pen: Pen) -> None:
    if table.billing != found.billing:
        change = pen.cloud.dynamodb.update_table
        pen.cloud.call(change, TableName=table.name, BillingMode=table.billing)  # type: ignore[arg-type]
        _table_is_active(table.name, pen)
    if found.ttl and table.ttl != found.ttl:
        _expire(table.name, found.ttl, pen, enabled=False)
    if table.ttl and table.ttl != found.ttl:
        _expire(table.name, table.ttl, pen)


def _table_is_active(name: str, pen: Pen) -> None:
    def active() -> bool:
        described = pen.cloud.find(pen.cloud.dynamodb.describe_table, TableName=name)
        return bool(described and described["Table"].get("TableStatus") == "ACTIVE")

    pen.cloud.wait(active, "the table to be active")


def _expire(name: str, attribute: str, pen: Pen, *, enabled: bool = True) -> None:
    """Switch the time to live. AWS takes one change of it an hour, and refuses one that changes nothing."""
    specification = {"Enabled": enabled, "AttributeName": attribute}
    expire = pen.cloud.dynamodb.update_time_to_live
    try:
        pen.cloud.call(expire, TableName=name, TimeToLiveSpecification=specification)  # type: ignore[arg-type]
    except aws.ClientError as error:
        if EXPIRY_IS_SO in str(error) or (EXPIRY_COOLS_DOWN in str(error) and _expires(name, attribute, pen)):
            return
        if EXPIRY_COOLS_DOWN not in str(error):
            raise
        raise AwsError(
            "AWS takes one change of a table's time to live an hour, and there was one",
            where=f"table {name}",
            hint="run the same command again in an hour",
        ) from error


def _expires(name: str, attribute: str, pen: Pen) -> bool:
    """Tell whether a time to live is as it should be, as soon as AWS's reads show it."""
    cloud = pen.cloud
    until = cloud.clock.now() + cloud.manners.lag
    while True:
        found = cloud.find(cloud.dynamodb.describe_time_to_live, TableName=name)
        told = found["TimeToLiveDescription"] if found else {}
        if told.get("AttributeName") == attribute and told.get("TimeToLiveStatus") in {"ENABLED", "ENABLING"}:
            return True
        if cloud.clock.now() >= until:
            return False
        cloud.pause(0.5, "the table's time to live")


@delete.register
def _delete_table(table: Table, pen: Pen) -> None:
    dynamodb, name = pen.cloud.dynamodb, table.name
    pen.cloud.find(dynamodb.delete_table, TableName=name)
    gone = lambda: pen.cloud.find(dynamodb.describe_table, TableName=name) is None  # noqa: E731
    pen.cloud.wait(gone, "the table to be gone")


# Roles and their policies


@create.register
def _create_role(role: Role, pen: Pen) -> None:
    pen.cloud.create(
        pen.cloud.iam.create_role,
        RoleName=role.name,
        AssumeRolePolicyDocument=role.trust,
        Tags=pen.tag_list,  # type: ignore[arg-type]
    )


@update.register
def _update_role(role: Role, _found: Role, pen: Pen) -> None:
    change = pen.cloud.iam.update_assume_role_policy
    pen.cloud.call(change, RoleName=role.name, PolicyDocument=role.trust)


@delete.register
def _delete_role(role: Role, pen: Pen) -> None:
    """Remove the role's policies, and it from instance profiles, whoever put them there; then the role.

    IAM insists on that order; and since its lists lag behind, it may take more than one round.
    """

    def remove() -> None:
        _strip(role.name, pen)
        pen.cloud.iam.delete_role(RoleName=role.name)

    pen.cloud.find(remove)


def _strip(role: str, pen: Pen) -> None:
    iam = pen.cloud.iam
    for page in iam.get_paginator("list_role_policies").paginate(RoleName=role):
        for policy in page["PolicyNames"]:
            pen.cloud.find(iam.delete_role_policy, RoleName=role, PolicyName=policy)
    for attached in iam.get_paginator("list_attached_role_policies").paginate(RoleName=role):
        for each in attached["AttachedPolicies"]:
            pen.cloud.find(iam.detach_role_policy, RoleName=role, PolicyArn=each["PolicyArn"])
    for held in iam.get_paginator("list_instance_profiles_for_role").paginate(RoleName=role):
        for profile in held["InstanceProfiles"]:
            name = profile["InstanceProfileName"]
            pen.cloud.find(iam.remove_role_from_instance_profile, RoleName=role, InstanceProfileName=name)


@create.register
def _create_policy(policy: Policy, pen: Pen) -> None:
    document = policy.document.replace(API, pen.api_id) if API in policy.document else policy.document
    write = pen.cloud.iam.put_role_policy
    pen.cloud.call(write, RoleName=policy.name, PolicyName=POLICY_NAME, PolicyDocument=document)


@delete.register
def _delete_policy(policy: Policy, pen: Pen) -> None:
    pen.cloud.find(pen.cloud.iam.delete_role_policy, RoleName=policy.name, PolicyName=POLICY_NAME)


# Log groups


@create.register
def _create_log_group(group: LogGroup, pen: Pen) -> None:
    pen.cloud.create(pen.cloud.logs.create_log_group, logGroupName=group.name, tags=pen.cloud.lab.tags)
    _keep(group, pen)


@update.register
def _update_log_group(group: LogGroup, _found: LogGroup, pen: Pen) -> None:
    _keep(group, pen)


def _keep(group: LogGroup, pen: Pen) -> None:
    days, keep = group.retention_days or 0, pen.cloud.logs.put_retention_policy
    pen.cloud.call(keep, logGroupName=group.name, retentionInDays=days)


@delete.register
def _delete_log_group(group: LogGroup, pen: Pen) -> None:
    pen.cloud.find(pen.cloud.logs.delete_log_group, logGroupName=group.name)
