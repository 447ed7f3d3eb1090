"""Creates, updates and deletes tables, roles, log groups and functions, one at a time."""

from dataclasses import dataclass
from functools import singledispatch

import botocore.exceptions as aws

from wschat.errors import AwsError
from wschat.lab.bundle import bundle
from wschat.lab.cloud import Cloud, code, find
from wschat.lab.model import (
    API,
    POLICY_NAME,
    Api,
    Function,
    LogGroup,
    Permission,
    Policy,
    Resource,
    Role,
    Table,
)


@dataclass(frozen=True)
class Pen:
    """What writing needs: the clients, and the ids that AWS chose, which grow while things are made."""

    cloud: Cloud
    ids: dict[tuple[str, str], str]

    @property
    def api_id(self) -> str:
        """The id of the lab's API, the first that was found or made."""
        return next(found for (kind, _), found in self.ids.items() if kind == Api.kind)

    @property
    def tag_list(self) -> list[dict[str, str]]:
        """The lab's tags in the form of IAM and DynamoDB."""
        return [{"Key": key, "Value": value} for key, value in self.cloud.lab.tags.items()]


@singledispatch
def create(resource: Resource, pen: Pen) -> None:
    """Create a resource, and wait until others can build on it."""
    raise TypeError(resource, pen)


@singledispatch
def update(resource: Resource, _found: Resource | None, pen: Pen) -> None:
    """Change in place what differs; where creating again does that, it is this."""
    create(resource, pen)


@singledispatch
def delete(resource: Resource, pen: Pen) -> None:
    """Delete a resource, and wait until it is gone."""
    raise TypeError(resource, pen)


ROLE_IS_NEW = ("assumed by Lambda", "does not have permissions", "invalid for CreateGrant")


def _role_is_new(error: aws.ClientError) -> bool:
    """A new role can't be assumed by Lambda for some seconds, rarely for minutes."""
    text = error.response["Error"].get("Message", "")
    return code(error) == "InvalidParameterValueException" and any(part in text for part in ROLE_IS_NEW)


def _busy(error: aws.ClientError) -> bool:
    """The thing is still being made or changed, or somebody else changes it."""
    return code(error) in {"ResourceConflictException", "ResourceInUseException"}


# Tables


@create.register
def _create_table(table: Table, pen: Pen) -> None:
    name = table.name
    pen.cloud.dynamodb.create_table(
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
    if table.partition_key != found.partition_key:
        raise AwsError(
            f"the table's key is {found.partition_key!r}, not {table.partition_key!r}, and can't be changed",
            where=f"table {table.name}",
            hint="save what you need of it, run `wschat teardown`, then `wschat provision`",
        )
    if table.billing != found.billing:
        pen.cloud.dynamodb.update_table(TableName=table.name, BillingMode=table.billing)  # type: ignore[arg-type]
        _table_is_active(table.name, pen)
    if found.ttl and table.ttl != found.ttl:
        _expire(table.name, found.ttl, pen, enabled=False)
    if table.ttl and table.ttl != found.ttl:
        _expire(table.name, table.ttl, pen)


def _table_is_active(name: str, pen: Pen) -> None:
    describe = pen.cloud.dynamodb.describe_table
    active = lambda: describe(TableName=name)["Table"].get("TableStatus") == "ACTIVE"  # noqa: E731
    pen.cloud.wait(active, f"table {name}")


def _expire(name: str, attribute: str, pen: Pen, *, enabled: bool = True) -> None:
    specification = {"Enabled": enabled, "AttributeName": attribute}
    expire = pen.cloud.dynamodb.update_time_to_live
    pen.cloud.persist(_busy, expire, TableName=name, TimeToLiveSpecification=specification)  # type: ignore[arg-type]


@delete.register
def _delete_table(table: Table, pen: Pen) -> None:
    dynamodb, name = pen.cloud.dynamodb, table.name
    pen.cloud.persist(_busy, find, dynamodb.delete_table, TableName=name)
    gone = lambda: find(dynamodb.describe_table, TableName=name) is None  # noqa: E731
    pen.cloud.wait(gone, f"table {name}")


# Roles and their policies


@create.register
def _create_role(role: Role, pen: Pen) -> None:
    pen.cloud.iam.create_role(
        RoleName=role.name,
        AssumeRolePolicyDocument=role.trust,
        Description="Made by wschat for the Websocket-Lab",
        Tags=pen.tag_list,  # type: ignore[arg-type]
    )


@update.register
def _update_role(role: Role, _found: Role, pen: Pen) -> None:
    pen.cloud.iam.update_assume_role_policy(RoleName=role.name, PolicyDocument=role.trust)


@delete.register
def _delete_role(role: Role, pen: Pen) -> None:
    find(_strip, role.name, pen)
    still = lambda error: code(error) == "DeleteConflict"  # noqa: E731  a policy that was just deleted
    pen.cloud.persist(still, find, pen.cloud.iam.delete_role, RoleName=role.name)


def _strip(role: str, pen: Pen) -> None:
    """Remove all policies of a role, and it from instance profiles, whoever did that: IAM insists."""
    iam = pen.cloud.iam
    for page in iam.get_paginator("list_role_policies").paginate(RoleName=role):
        for policy in page["PolicyNames"]:
            iam.delete_role_policy(RoleName=role, PolicyName=policy)
    for attached in iam.get_paginator("list_attached_role_policies").paginate(RoleName=role):
        for each in attached["AttachedPolicies"]:
            iam.detach_role_policy(RoleName=role, PolicyArn=each["PolicyArn"])
    for held in iam.get_paginator("list_instance_profiles_for_role").paginate(RoleName=role):
        for profile in held["InstanceProfiles"]:
            name = profile["InstanceProfileName"]
            iam.remove_role_from_instance_profile(RoleName=role, InstanceProfileName=name)


@create.register
def _create_policy(policy: Policy, pen: Pen) -> None:
    document = policy.document.replace(API, pen.api_id) if API in policy.document else policy.document
    pen.cloud.iam.put_role_policy(RoleName=policy.name, PolicyName=POLICY_NAME, PolicyDocument=document)


@delete.register
def _delete_policy(policy: Policy, pen: Pen) -> None:
    delete = pen.cloud.iam.delete_role_policy
    find(delete, RoleName=policy.name, PolicyName=POLICY_NAME)


# Log groups


@create.register
def _create_log_group(group: LogGroup, pen: Pen) -> None:
    pen.cloud.logs.create_log_group(logGroupName=group.name, tags=pen.cloud.lab.tags)
    update(group, None, pen)


@update.register
def _update_log_group(group: LogGroup, _found: LogGroup | None, pen: Pen) -> None:
    if group.retention_days:
        pen.cloud.logs.put_retention_policy(
            logGroupName=group.name,
            retentionInDays=group.retention_days,
        )


@delete.register
def _delete_log_group(group: LogGroup, pen: Pen) -> None:
    find(pen.cloud.logs.delete_log_group, logGroupName=group.name)


# Functions, and who may invoke them


@create.register
def _create_function(function: Function, pen: Pen) -> None:
    module = function.handler.split(".")[-2]
    pen.cloud.persist(
        _role_is_new,
        pen.cloud.functions.create_function,
        FunctionName=function.name,
        Runtime=function.runtime,  # type: ignore[arg-type]
        Architectures=[function.architecture],  # type: ignore[list-item]
        Role=pen.cloud.lab.arn("iam", f"role/{function.role}"),
        Handler=function.handler,
        Code={"ZipFile": bundle(module)},
        Timeout=function.timeout,
        MemorySize=function.memory,
        Environment={"Variables": dict(function.environment)},
        Tags=pen.cloud.lab.tags,
    )


@update.register
def _update_function(function: Function, found: Function, pen: Pen) -> None:
    name, functions = function.name, pen.cloud.functions
    differences = function.differences(found)
    if {"code", "architecture"} & differences.keys():
        package = bundle(function.handler.split(".")[-2])
        pen.cloud.persist(
            _busy,
            functions.update_function_code,
            FunctionName=name,
            ZipFile=package,
            Architectures=[function.architecture],  # type: ignore[list-item]
        )
    if differences.keys() - {"code", "architecture"}:
        pen.cloud.persist(
            lambda error: _busy(error) or _role_is_new(error),
            functions.update_function_configuration,
            FunctionName=name,
            Runtime=function.runtime,  # type: ignore[arg-type]
            Role=pen.cloud.lab.arn("iam", f"role/{function.role}"),
            Handler=function.handler,
            Timeout=function.timeout,
            MemorySize=function.memory,
            Environment={"Variables": dict(function.environment)},
        )


@delete.register
def _delete_function(function: Function, pen: Pen) -> None:
    functions, name = pen.cloud.functions, function.name
    pen.cloud.persist(_busy, find, functions.delete_function, FunctionName=name)
    gone = lambda: find(functions.get_function, FunctionName=name) is None  # noqa: E731
    pen.cloud.wait(gone, f"function {name}")


@create.register
def _create_permission(permission: Permission, pen: Pen) -> None:
    pen.cloud.persist(
        lambda error: _busy(error) and "already exists" not in str(error),
        pen.cloud.functions.add_permission,
        FunctionName=permission.function,
        StatementId=permission.name.rpartition(":")[2],
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=permission.source.replace(API, pen.api_id),
    )


@update.register
def _update_permission(permission: Permission, _found: Permission, pen: Pen) -> None:
    delete(permission, pen)
    create(permission, pen)


@delete.register
def _delete_permission(permission: Permission, pen: Pen) -> None:
    remove, statement = pen.cloud.functions.remove_permission, permission.name.rpartition(":")[2]
    find(remove, FunctionName=permission.function, StatementId=statement)
