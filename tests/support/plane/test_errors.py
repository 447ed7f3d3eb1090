"""Errors come in the words that AWS was recorded to use."""

from collections.abc import Callable

import pytest

from tests.support.plane.clock import VirtualClock
from tests.support.plane.conftest import Aws, refused

GROUP = "The specified log group"
SAID: dict[str, tuple[Callable[[Aws], object], str, str]] = {
    "no role": (
        lambda aws: aws.iam.get_role(RoleName="none"),
        *("NoSuchEntity", "The role with name none cannot be found."),
    ),
    "a policy that is no JSON": (
        lambda aws: aws.iam.put_role_policy(RoleName=aws.name, PolicyName="p", PolicyDocument="{"),
        *("MalformedPolicyDocument", "This policy contains invalid Json"),
    ),
    "no table": (
        lambda aws: aws.dynamodb.describe_table(TableName="none"),
        *("ResourceNotFoundException", "Requested resource not found: Table: none not found"),
    ),
    "no function": (
        lambda aws: aws.functions.get_function(FunctionName="none"),
        "ResourceNotFoundException",
        "Function not found: arn:aws:lambda:us-east-1:000000000000:function:none",
    ),
    "no permission": (
        lambda aws: aws.functions.get_policy(FunctionName=aws.name),
        *("ResourceNotFoundException", "The resource you requested does not exist."),
    ),
    "no log group": (
        lambda aws: aws.logs.delete_log_group(logGroupName="none"),
        *("ResourceNotFoundException", f"{GROUP} does not exist."),
    ),
    "a log group twice": (
        lambda aws: aws.logs.create_log_group(logGroupName=aws.name),
        *("ResourceAlreadyExistsException", f"{GROUP} already exists"),
    ),
    "no API": (
        lambda aws: aws.api.get_api(ApiId="none"),
        *("NotFoundException", "Invalid API identifier specified 000000000000:none"),
    ),
}
"""A call, and the code and the text of its refusal."""


@pytest.mark.parametrize("what", SAID)
def test_words(aws: Aws, clock: VirtualClock, role: str, what: str) -> None:
    """A refusal says what AWS says, whatever MiniStack says of it."""
    call, code, text = SAID[what]
    aws.make_function(role)
    aws.logs.create_log_group(logGroupName=aws.name)
    clock.sleep(10)
    assert refused(call, aws) == (code, text)


def test_what_is_not_seen_yet(aws: Aws) -> None:
    """What a read does not show yet is refused in the same words as what is not there."""
    aws.make_role()
    assert (
        refused(aws.iam.get_role, RoleName=aws.name)[1] == f"The role with name {aws.name} cannot be found."
    )
    api = aws.make_api()
    assert refused(aws.api.get_routes, ApiId=api)[1] == f"Invalid API identifier specified 000000000000:{api}"


def test_tags_and_policies_that_are_not_there(aws: Aws, clock: VirtualClock, role: str) -> None:
    """A function or an API without tags has no such key; without a last permission there is no policy."""
    api = aws.make_api()
    aws.make_function(role)
    aws.permit("one")
    clock.sleep(10)
    assert "Tags" not in aws.functions.get_function(FunctionName=aws.name)
    assert "Tags" not in aws.api.get_api(ApiId=api)
    assert "one" in aws.functions.get_policy(FunctionName=aws.name)["Policy"]
    aws.functions.remove_permission(FunctionName=aws.name, StatementId="one")
    clock.sleep(2)
    assert refused(aws.functions.get_policy, FunctionName=aws.name)[0] == "ResourceNotFoundException"
