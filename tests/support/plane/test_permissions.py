"""What a person may do is checked as IAM does, also where MiniStack doesn't."""

from typing import Any

import pytest

from tests.support.plane.clock import VirtualClock
from tests.support.plane.conftest import Aws
from tests.support.plane.permissions import LINK, LINKED_ROLE, NO_LINK, Need, granted
from tests.support.plane.plane import Plane
from tests.support.plane.refusals import refused

HERE = "us-east-1:000000000000"
PASSED = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}


def allow(actions: str, resource: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"Effect": "Allow", "Action": actions.split(), "Resource": resource, **more}


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


STATEMENTS = {
    "table": allow("dynamodb:CreateTable", f"arn:aws:dynamodb:{HERE}:table/plane*"),
    "table tags": allow("dynamodb:TagResource", f"arn:aws:dynamodb:{HERE}:table/plane*"),
    "table's tags": allow("dynamodb:ListTagsOfResource", f"arn:aws:dynamodb:{HERE}:table/plane*"),
    "tables": allow("dynamodb:ListTables", "*"),
    "role": allow("iam:CreateRole", "arn:aws:iam::000000000000:role/plane*"),
    "role tags": allow("iam:TagRole", "arn:aws:iam::000000000000:role/plane*"),
    "pass": allow("iam:PassRole", "arn:aws:iam::000000000000:role/plane*", Condition=PASSED),
    "roles": allow("iam:ListRoles", "*"),
    "function": allow("lambda:CreateFunction lambda:GetFunction", f"arn:aws:lambda:{HERE}:function:plane*"),
    "function tags": allow("lambda:TagResource", f"arn:aws:lambda:{HERE}:function:plane*"),
    "function's tags": allow("lambda:ListTags", f"arn:aws:lambda:{HERE}:function:plane*"),
    "account": allow("lambda:GetAccountSettings lambda:ListFunctions", "*"),
    "group": allow("logs:CreateLogGroup", f"arn:aws:logs:{HERE}:log-group:plane*:*"),
    "group tags": allow("logs:TagResource", f"arn:aws:logs:{HERE}:log-group:plane*"),
    "groups": allow("logs:DescribeLogGroups", f"arn:aws:logs:{HERE}:log-group:*"),
    "api": allow("apigateway:POST apigateway:GET", "arn:aws:apigateway:us-east-1::/apis*"),
    "api tags": allow("apigateway:TagResource", "arn:aws:apigateway:us-east-1::/apis*"),
    "api's tags": allow("apigateway:PUT", "arn:aws:apigateway:us-east-1::/tags/*"),
    "api's own role": allow(LINK, LINKED_ROLE),
}
NAMED = {
    "table": "dynamodb:CreateTable on arn:aws:dynamodb:HERE:table/{}",
    "table tags": "dynamodb:TagResource on arn:aws:dynamodb:HERE:table/{}",
    "table's tags": "dynamodb:ListTagsOfResource on arn:aws:dynamodb:HERE:table/{}",
    "tables": "dynamodb:ListTables on *",
    "role": "iam:CreateRole on ROLE/{}",
    "role tags": "iam:TagRole on ROLE/{}",
    "pass": "iam:PassRole on ROLE/{}",
    "roles": "iam:ListRoles on *",
    "function": "lambda:CreateFunction on arn:aws:lambda:HERE:function:{}",
    "function tags": "lambda:TagResource on arn:aws:lambda:HERE:function:{}",
    "function's tags": "lambda:ListTags on arn:aws:lambda:HERE:function:{}",
    "account": "lambda:GetAccountSettings on *",
    "group": "logs:CreateLogGroup on arn:aws:logs:HERE:log-group:{}:log-stream:",
    "group tags": "logs:TagResource on arn:aws:logs:HERE:log-group:{}",
    "groups": "logs:DescribeLogGroups on arn:aws:logs:HERE:log-group::log-stream:",
    "api": "apigateway:POST on arn:aws:apigateway:us-east-1::/apis",
    "api tags": "apigateway:TagResource on arn:aws:apigateway:us-east-1::/apis",
    "api's tags": "apigateway:PUT on arn:aws:apigateway:us-east-1::/tags/arn%3Aaws%3Aapigateway",
}


def use_everything(aws: Aws, clock: VirtualClock) -> None:
    """Do what the statements allow, tags on all creates included."""
    tags = {"lab": "mine"}
    tag_list = [{"Key": "lab", "Value": "mine"}]
    aws.make_table(Tags=tag_list)
    arn = aws.make_role(Tags=tag_list)
    aws.logs.create_log_group(logGroupName=aws.name, tags=tags)
    api = aws.make_api(Tags=tags)
    clock.sleep(10)
    aws.make_function(arn, Tags=tags)
    clock.sleep(3)
    assert aws.functions.get_function(FunctionName=aws.name)["Tags"] == tags
    table = f"arn:aws:dynamodb:{HERE}:table/{aws.name}"
    assert aws.dynamodb.list_tags_of_resource(ResourceArn=table)["Tags"] == tag_list
    aws.dynamodb.list_tables()
    aws.iam.list_roles()
    aws.functions.get_account_settings()
    aws.functions.list_functions()
    aws.logs.describe_log_groups()
    aws.api.get_apis()
    aws.api.tag_resource(ResourceArn=f"arn:aws:apigateway:us-east-1::/apis/{api}", Tags=tags)


def test_just_enough(aws: Aws, plane: Plane, clock: VirtualClock) -> None:
    """Who has all the statements may do everything, with MiniStack's own enforcement on."""
    session = plane.person(f"{aws.name}-person", policy(*STATEMENTS.values()))
    use_everything(Aws(session, plane.endpoint, aws.name), clock)


@pytest.mark.parametrize("missing", NAMED)
def test_each_is_needed(aws: Aws, plane: Plane, clock: VirtualClock, missing: str) -> None:
    """Without any one statement a call is refused, in words that name the action and the resource."""
    session = plane.session()
    rest = [statement for name, statement in STATEMENTS.items() if name != missing]
    plane.restrict("test", policy(*rest))
    code, text = refused(use_everything, Aws(session, plane.endpoint, aws.name), clock)
    assert code in {"AccessDenied", "AccessDeniedException"}
    action, _, resource = NAMED[missing].format(aws.name).partition(" on ")
    resource = resource.replace("HERE", HERE).replace("ROLE", "arn:aws:iam::000000000000:role")
    asked = f"is not authorized to perform: {action} on resource: {resource}"
    assert text.startswith(f"User: arn:aws:iam::000000000000:user/person {asked}")
    assert text.endswith(f" because no identity-based policy allows the {action} action")


def test_first_api_of_an_account(aws: Aws, plane: Plane) -> None:
    """Who makes it makes API Gateway's own role as well, which takes a permission; later ones need none."""
    rest = [statement for name, statement in STATEMENTS.items() if name != "api's own role"]
    plane.restrict("test", policy(*rest))
    assert refused(aws.make_api, Tags={"lab": "mine"}) == ("AccessDeniedException", NO_LINK)
    plane.restrict("test", policy(*STATEMENTS.values()))
    aws.make_api(Tags={"lab": "mine"})
    plane.restrict("test", policy(*rest))
    aws.make_api(Tags={"lab": "mine"})
    plane.unlink()
    assert refused(aws.make_api, Tags={"lab": "mine"}) == ("AccessDeniedException", NO_LINK)


def test_policies() -> None:
    """Wildcards, case, lists, conditions, and that a Deny wins."""
    need = Need("iam:PassRole", "arn:role/a", {"iam:PassedToService": "lambda.amazonaws.com"})
    statement = allow("iam:pass*", "arn:role/?", Condition=PASSED)
    assert granted(policy(statement), need) is True
    assert granted(policy(statement), Need(need.action, need.resource)) is False
    assert granted(policy(statement), Need(need.action, "arn:role/A/b", need.context)) is False
    assert granted(policy(allow("iam:*", "ARN:role/a")), need) is False
    assert granted(policy(allow("iam:GetRole", "*")), need) is False
    assert granted(policy(statement, {**allow("*", "*"), "Effect": "Deny"}), need) is None
