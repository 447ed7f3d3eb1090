"""Creates, updates and deletes functions, and the permissions to invoke them."""

from typing import Any

from wschat.lab.bundle import bundle
from wschat.lab.model import API, Function, Permission
from wschat.lab.writer import Pen, create, delete, update

CODE = {"code", "architecture"}
"""What belongs to the package; all else is configuration."""


@create.register
def _create_function(function: Function, pen: Pen) -> None:
    pen.cloud.create(
        pen.cloud.functions.create_function,
        FunctionName=function.name,
        Architectures=[function.architecture],  # type: ignore[list-item]
        Code={"ZipFile": _package(function)},
        Tags=pen.cloud.lab.tags,
        **_configuration(function, pen),
    )


@update.register
def _update_function(function: Function, found: Function, pen: Pen) -> None:
    differs = function.differences(found).keys()
    if CODE & differs:
        pen.cloud.call(
            pen.cloud.functions.update_function_code,
            FunctionName=function.name,
            ZipFile=_package(function),
            Architectures=[function.architecture],  # type: ignore[list-item]
        )
    if differs - CODE:
        changed = {ATTRIBUTES[name] for name in differs - CODE}
        wanted = {key: value for key, value in _configuration(function, pen).items() if key in changed}
        pen.cloud.call(
            pen.cloud.functions.update_function_configuration, FunctionName=function.name, **wanted
        )


@delete.register
def _delete_function(function: Function, pen: Pen) -> None:
    functions, name = pen.cloud.functions, function.name
    pen.cloud.find(functions.delete_function, FunctionName=name)
    gone = lambda: pen.cloud.find(functions.get_function, FunctionName=name) is None  # noqa: E731
    pen.cloud.wait(gone, "the function to be gone")


ATTRIBUTES = {
    "runtime": "Runtime",
    "role": "Role",
    "handler": "Handler",
    "timeout": "Timeout",
    "memory": "MemorySize",
    "environment": "Environment",
}
"""What Lambda calls the attributes that are configuration."""


def _configuration(function: Function, pen: Pen) -> dict[str, Any]:
    return {
        "Runtime": function.runtime,
        "Role": pen.cloud.lab.arn("iam", f"role/{function.role}"),
        "Handler": function.handler,
        "Timeout": function.timeout,
        "MemorySize": function.memory,
        "Environment": {"Variables": dict(function.environment)},
    }


def _package(function: Function) -> bytes:
    return bundle(function.handler.split(".")[-2])


@create.register
def _create_permission(permission: Permission, pen: Pen) -> None:
    pen.cloud.create(
        pen.cloud.functions.add_permission,
        FunctionName=permission.function,
        StatementId=_statement(permission),
        Action=permission.action,
        Principal=permission.principal,
        SourceArn=permission.source.replace(API, pen.api_id),
    )


@update.register
def _update_permission(permission: Permission, _found: Permission, pen: Pen) -> None:
    delete(permission, pen)
    create(permission, pen)


@delete.register
def _delete_permission(permission: Permission, pen: Pen) -> None:
    remove = pen.cloud.functions.remove_permission
    pen.cloud.find(remove, FunctionName=permission.function, StatementId=_statement(permission))


def _statement(permission: Permission) -> str:
    return permission.name.rpartition(":")[2]
