"""Functions, roles and what goes with them."""

from typing import Any

from tests.support.plane.clock import VirtualClock
from tests.support.plane.conftest import ONE, TRUST, Aws, refused
from tests.support.plane.functions import PENDING, UNASSUMABLE
from tests.support.plane.plane import Plane
from tests.support.websocket_api import package


def states(aws: Aws) -> tuple[Any, Any]:
    found = aws.functions.get_function(FunctionName=aws.name)["Configuration"]
    return found["State"], found.get("LastUpdateStatus")


def test_a_new_role_cannot_be_assumed(aws: Aws, clock: VirtualClock) -> None:
    """A role is too new for 10 s, also one that was deleted and made again, also for an update."""
    arn = aws.make_role()
    assert refused(aws.make_function, arn) == ("InvalidParameterValueException", UNASSUMABLE)
    clock.sleep(10)
    aws.make_function(arn)
    clock.sleep(3)
    aws.iam.delete_role(RoleName=aws.name)
    assert refused(aws.make_function, arn) == ("InvalidParameterValueException", UNASSUMABLE)
    aws.make_role()
    clock.sleep(5)
    update = aws.functions.update_function_configuration
    assert refused(update, FunctionName=aws.name, Role=arn)[1] == UNASSUMABLE
    clock.sleep(5)
    update(FunctionName=aws.name, Role=arn)


def test_a_role_made_anew_decrypts_nothing(aws: Aws, plane: Plane, clock: VirtualClock, role: str) -> None:
    """Lambda lets the role that was there decrypt a function's environment, and the next when it changes."""
    aws.make_function(role, Environment={"Variables": {"A": "1"}})
    clock.sleep(3)
    aws.iam.delete_role(RoleName=aws.name)
    aws.make_role()
    other = aws.iam.create_role(RoleName=f"{aws.name}Other", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    clock.sleep(10)

    def give(role: str) -> None:
        aws.functions.update_function_configuration(FunctionName=aws.name, Role=role)
        clock.sleep(3)

    assert plane.locked_out() == [aws.name]
    give(role)
    assert plane.locked_out() == [aws.name]
    give(other)
    give(role)
    assert plane.locked_out() == []


def test_pending(aws: Aws, clock: VirtualClock, role: str) -> None:
    """A new function is Pending for 3 s: no update and no delete, but permissions."""
    aws.make_function(role)
    clock.sleep(2)
    assert states(aws) == ("Pending", None)
    name, functions = aws.name, aws.functions
    for code, text in (
        refused(functions.update_function_code, FunctionName=name, ZipFile=package({"main.py": ONE})),
        refused(functions.update_function_configuration, FunctionName=name, Timeout=9),
        refused(functions.delete_function, FunctionName=name),
    ):
        assert (code, text.endswith(PENDING)) == ("ResourceConflictException", True)
    aws.permit("connect")
    clock.sleep(1)
    assert states(aws) == ("Active", "Successful")


def test_updating(aws: Aws, clock: VirtualClock, role: str) -> None:
    """An update leaves a function Active and is InProgress for 2 s, in which no other is accepted."""
    aws.make_function(role)
    clock.sleep(10)
    update = aws.functions.update_function_configuration
    made = update(FunctionName=aws.name, Timeout=9)
    assert (made["State"], made["LastUpdateStatus"]) == ("Active", "InProgress")
    assert made["LastUpdateStatusReasonCode"] == "Creating"
    clock.sleep(0.5)
    assert states(aws) == ("Active", "InProgress")
    code, text = refused(update, FunctionName=aws.name, Timeout=10)
    assert (code, "update is in progress" in text) == ("ResourceConflictException", True)
    clock.sleep(2)
    assert states(aws) == ("Active", "Successful")
    aws.functions.delete_function(FunctionName=aws.name)
    clock.sleep(2)
    assert refused(states, aws)[0] == "ResourceNotFoundException"
