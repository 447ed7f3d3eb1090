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
class Run:
    """One run of a plan: the clients, the ids that AWS chose so far, and what was `seen` of what it made."""

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
def create(resource: Resource, run: Run) -> None:
    """Create a resource, and wait until others can build on it.

    Raises:
        Doubt: it may have been made, or something has its name.
    """
    raise TypeError(resource, run)


@singledispatch
def update(resource: Resource, _found: Resource, run: Run) -> None:
    """Change in place what differs, and nothing else. May raise `Doubt` where it creates something."""
    create(resource, run)


@singledispatch
def delete(resource: Resource, run: Run) -> None:
    """Delete a resource, and wait until it is gone."""
    raise TypeError(resource, run)


# Tables


@create.register
def _create_table(table: Table, run: Run) -> None:
    name = table.name
    run.cloud.create(
        run.cloud.dynamodb.create_table,
        TableName=name,
        AttributeDefinitions=[{"AttributeName": table.partition_key, "AttributeType": "S"}],
        KeySchema=[{"AttributeName": table.partition_key, "KeyType": "HASH"}],
        BillingMode=table.billing,  # type: ignore[arg-type]
        Tags=run.tag_list,  # type: ignore[arg-type]
    )
    _table_is_active(name, run)
    if table.ttl:
        _expire(name, table.ttl, run)


@update.register
def _update_table(table: Table, found: Table, run: Run) -> None:
    if table.billing != found.billing:
        change = run.cloud.dynamodb.update_table
        run.cloud.call(change, TableName=table.name, BillingMode=table.billing)  # type: ignore[arg-type]
        _table_is_active(table.name, run)
    if found.ttl and table.ttl != found.ttl:
        _expire(table.name, found.ttl, run, enabled=False)
    if table.ttl and table.ttl != found.ttl:
        _expire(table.name, table.ttl, run)


def _table_is_active(name: str, run: Run) -> None:
    def active() -> bool:
        described = run.cloud.find(run.cloud.dynamodb.describe_table, TableName=name)
        return bool(described and described["Table"].get("TableStatus") == "ACTIVE")

    run.cloud.wait(active, "the table is not active yet")


def _expire(name: str, attribute: str, run: Run, *, enabled: bool = True) -> None:
    """Switch the time to live. AWS takes one change of it an hour, and refuses one that changes nothing."""
    specification = {"Enabled": enabled, "AttributeName": attribute}
    expire = run.cloud.dynamodb.update_time_to_live
    try:
        run.cloud.call(expire, TableName=name, TimeToLiveSpecification=specification)  # type: ignore[arg-type]
    except aws.ClientError as error:
        if EXPIRY_IS_SO in str(error) or (EXPIRY_COOLS_DOWN in str(error) and _expires(name, attribute, run)):
            return
        if EXPIRY_COOLS_DOWN not in str(error):
            raise
        raise AwsError(
            "AWS takes one change of a table's time to live an hour, and there was one",
            where=f"table {name}",
            hint="run the same command again in an hour",
        ) from error


def _expires(name: str, attribute: str, run: Run) -> bool:
    """Tell whether a time to live is as it should be, as soon as AWS's reads show it."""
    cloud = run.cloud
    until = cloud.clock.now() + cloud.manners.lag
    while True:
        found = cloud.find(cloud.dynamodb.describe_time_to_live, TableName=name)
        told = found["TimeToLiveDescription"] if found else {}
        if told.get("AttributeName") == attribute and told.get("TimeToLiveStatus") in {"ENABLED", "ENABLING"}:
            return True
        if cloud.clock.now() >= until:
            return False
        cloud.pause(0.5, "AWS may not show the table's time to live yet")


@delete.register
def _delete_table(table: Table, run: Run) -> None:
    dynamodb, name = run.cloud.dynamodb, table.name
    run.cloud.find(dynamodb.delete_table, TableName=name)
    run.cloud.wait_gone(dynamodb.describe_table, "the table is not gone yet", TableName=name)


# Roles and their policies


@create.register
def _create_role(role: Role, run: Run) -> None:
    run.cloud.create(
        run.cloud.iam.create_role,
        RoleName=role.name,
        AssumeRolePolicyDocument=role.trust,
        Tags=run.tag_list,  # type: ignore[arg-type]
    )


@update.register
def _update_role(role: Role, _found: Role, run: Run) -> None:
    change = run.cloud.iam.update_assume_role_policy
    run.cloud.call(change, RoleName=role.name, PolicyDocument=role.trust)


@delete.register
def _delete_role(role: Role, run: Run) -> None:
    """Remove the role's policies, and it from instance profiles, whoever put them there; then the role.

    IAM insists on that order; and since its lists lag behind, it may take more than one round.
    """

    def remove() -> None:
        _strip(role.name, run)
        run.cloud.iam.delete_role(RoleName=role.name)

    run.cloud.find(remove)


def _strip(role: str, run: Run) -> None:
    iam = run.cloud.iam
    for page in iam.get_paginator("list_role_policies").paginate(RoleName=role):
        for policy in page["PolicyNames"]:
            run.cloud.find(iam.delete_role_policy, RoleName=role, PolicyName=policy)
    for attached in iam.get_paginator("list_attached_role_policies").paginate(RoleName=role):
        for each in attached["AttachedPolicies"]:
            run.cloud.find(iam.detach_role_policy, RoleName=role, PolicyArn=each["PolicyArn"])
    for held in iam.get_paginator("list_instance_profiles_for_role").paginate(RoleName=role):
        for profile in held["InstanceProfiles"]:
            name = profile["InstanceProfileName"]
            run.cloud.find(iam.remove_role_from_instance_profile, RoleName=role, InstanceProfileName=name)


@create.register
def _create_policy(policy: Policy, run: Run) -> None:
    document = policy.document.replace(API, run.api_id) if API in policy.document else policy.document
    write = run.cloud.iam.put_role_policy
    run.cloud.call(write, RoleName=policy.name, PolicyName=POLICY_NAME, PolicyDocument=document)


@delete.register
def _delete_policy(policy: Policy, run: Run) -> None:
    run.cloud.find(run.cloud.iam.delete_role_policy, RoleName=policy.name, PolicyName=POLICY_NAME)


# Log groups


@create.register
def _create_log_group(group: LogGroup, run: Run) -> None:
    run.cloud.create(run.cloud.logs.create_log_group, logGroupName=group.name, tags=run.cloud.lab.tags)
    _keep(group, run)


@update.register
def _update_log_group(group: LogGroup, _found: LogGroup, run: Run) -> None:
    _keep(group, run)


def _keep(group: LogGroup, run: Run) -> None:
    days, keep = group.retention_days or 0, run.cloud.logs.put_retention_policy
    run.cloud.call(keep, logGroupName=group.name, retentionInDays=days)


@delete.register
def _delete_log_group(group: LogGroup, run: Run) -> None:
    run.cloud.find(run.cloud.logs.delete_log_group, logGroupName=group.name)
