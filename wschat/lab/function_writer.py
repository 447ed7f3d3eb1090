"""Creates, updates and deletes functions, and the permissions to invoke them."""

from typing import Any

from wschat.lab.blueprint import FUNCTIONS, role
from wschat.lab.bundle import bundle
from wschat.lab.found import DELETED
from wschat.lab.model import API, Function, Permission
from wschat.lab.writer import Run, create, delete, update

CODE = {"code", "architecture"}
"""What belongs to the package; all else is configuration."""


@create.register
def _create_function(function: Function, run: Run) -> None:
    run.cloud.create(
        run.cloud.functions.create_function,
        FunctionName=function.name,
        Architectures=[function.architecture],  # type: ignore[list-item]
        Code={"ZipFile": _package(function)},
        Tags=run.cloud.lab.tags,
        **_configuration(function, run),
    )


@update.register
def _update_function(function: Function, found: Function, run: Run) -> None:
    """Send what differs; after a change that failed all of it, since AWS does not tell which one it was.

    Lambda takes no change before the last one has ended, and is asked again until then.
    """
    if found.role == function.role + DELETED:
        _take_another_role(function, run)
    failed = function.last_update != found.last_update
    differs = CODE | ATTRIBUTES.keys() if failed else function.differences(found).keys()
    if CODE & differs:
        run.cloud.call(
            run.cloud.functions.update_function_code,
            FunctionName=function.name,
            ZipFile=_package(function),
            Architectures=[function.architecture],  # type: ignore[list-item]
        )
    if differs - CODE:
        changed = {ATTRIBUTES[name] for name in differs - CODE}
        wanted = {key: value for key, value in _configuration(function, run).items() if key in changed}
        run.cloud.call(
            run.cloud.functions.update_function_configuration, FunctionName=function.name, **wanted
        )


def _take_another_role(function: Function, run: Run) -> None:
    """Let a function have another of the lab's roles for a moment: then its own is a change again.

    Its environment is encrypted, and Lambda gave the role that was deleted, not its name, the grant to
    decrypt it. It renews that only when the role changes: to set the same name is in vain, and each call
    ends in KMSAccessDeniedException (AWS re:Post, "Lambda KMSAccessDeniedException errors"; the note on it
    in Terraform's aws_lambda_function). This comes before all other changes: they would make the function
    younger than its role, and nobody would see any more that it lost it.
    """
    other = next(name for each in FUNCTIONS if (name := role(run.cloud.lab, each)) != function.role)
    run.cloud.call(
        run.cloud.functions.update_function_configuration,
        FunctionName=function.name,
        Role=run.cloud.lab.arn("iam", f"role/{other}"),
    )


@delete.register
def _delete_function(function: Function, run: Run) -> None:
    functions, name = run.cloud.functions, function.name
    run.cloud.find(functions.delete_function, FunctionName=name)
    run.cloud.wait_gone(functions.get_function, "the function is not gone yet", FunctionName=name)


ATTRIBUTES = {
    "runtime": "Runtime",
    "role": "Role",
    "handler": "Handler",
    "timeout": "Timeout",
    "memory": "MemorySize",
    "environment": "Environment",
}
"""What Lambda calls the attributes that are configuration."""


def _configuration(function: Function, run: Run) -> dict[str, Any]:
    return {
        "Runtime": function.runtime,
        "Role": run.cloud.lab.arn("iam", f"role/{function.role}"),
        "Handler": function.handler,
        "Timeout": function.timeout,
        "MemorySize": function.memory,
        "Environment": {"Variables": dict(function.environment)},
    }


def _package(function: Function) -> bytes:
    return bundle(function.handler.split(".")[-2])


@create.register
def _create_permission(permission: Permission, run: Run) -> None:
    run.cloud.create(
        run.cloud.functions.add_permission,
        FunctionName=permission.function,
        StatementId=_statement(permission),
        Action=permission.action,
        Principal=permission.principal,
        SourceArn=permission.source.replace(API, run.api_id),
    )


@update.register
def _update_permission(permission: Permission, _found: Permission, run: Run) -> None:
    delete(permission, run)
    create(permission, run)


@delete.register
def _delete_permission(permission: Permission, run: Run) -> None:
    remove = run.cloud.functions.remove_permission
    run.cloud.find(remove, FunctionName=permission.function, StatementId=_statement(permission))


def _statement(permission: Permission) -> str:
    return permission.name.rpartition(":")[2]
