"""What a person may do is checked as IAM does, also where MiniStack doesn't."""

from typing import Any

import pytest

from tests.support.plane.clock import VirtualClock
from tests.support.plane.conftest import Aws, refused
from tests.support.plane.permissions import LINK, LINKED_ROLE, NO_LINK
from tests.support.plane.plane import Plane

HERE = "us-east-1:000000000000"
PASSED = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
TABLE, ROLE = f"arn:aws:dynamodb:{HERE}:table/", "arn:aws:iam::000000000000:role/"
FUNCTION, GROUP = f"arn:aws:lambda:{HERE}:function:", f"arn:aws:logs:{HERE}:log-group:"
GATEWAY = "arn:aws:apigateway:us-east-1::/"
NAMED = {
    TABLE: "dynamodb:CreateTable dynamodb:TagResource dynamodb:ListTagsOfResource",
    ROLE: "iam:CreateRole iam:TagRole iam:PassRole",
    FUNCTION: "lambda:CreateFunction lambda:GetFunction lambda:TagResource lambda:ListTags",
}
NAMELESS = "dynamodb:ListTables iam:ListRoles lambda:GetAccountSettings lambda:ListFunctions"
NEEDED = dict.fromkeys(NAMELESS.split(), ("*", "*")) | {
    **{each: (f"{arn}plane*", f"{arn}NAME") for arn, actions in NAMED.items() for each in actions.split()},
    "logs:CreateLogGroup": (f"{GROUP}plane*:*", f"{GROUP}NAME:log-stream:"),
    "logs:TagResource": (f"{GROUP}plane*", f"{GROUP}NAME"),
    "logs:DescribeLogGroups": (f"{GROUP}*", f"{GROUP}:log-stream:"),
    "apigateway:POST": (f"{GATEWAY}apis*", f"{GATEWAY}apis"),
    "apigateway:GET": (f"{GATEWAY}apis*", f"{GATEWAY}apis"),
    "apigateway:TagResource": (f"{GATEWAY}apis*", f"{GATEWAY}apis"),
    "apigateway:PUT": (f"{GATEWAY}tags/*", f"{GATEWAY}tags/arn%3Aaws%3Aapigateway"),
}
"""Actions that are needed, with the resource that a policy names and the one that a refusal names."""


def all_but(*missing: str) -> dict[str, Any]:
    """Return a policy that grants what is needed, and API Gateway's own role, but for some actions."""
    rows = {**{action: granted for action, (granted, _) in NEEDED.items()}, LINK: LINKED_ROLE}
    statements = [
        {"Effect": "Allow", "Action": action, "Resource": resource}
        | ({"Condition": PASSED} if action == "iam:PassRole" else {})
        for action, resource in rows.items()
        if action not in missing
    ]
    return {"Version": "2012-10-17", "Statement": statements}


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


@pytest.mark.parametrize("missing", NEEDED)
def test_each_is_needed(aws: Aws, plane: Plane, clock: VirtualClock, missing: str) -> None:
    """Without any one of them a call is refused, in words that name the action and the resource."""
    plane.restrict(plane.backend.root.access_key, all_but(missing))
    code, text = refused(use_everything, aws, clock)
    assert code in {"AccessDenied", "AccessDeniedException"}
    asked = f"is not authorized to perform: {missing} on resource: {NEEDED[missing][1]}"
    assert text.startswith(f"User: arn:aws:iam::000000000000:user/person {asked}".replace("NAME", aws.name))
    assert text.endswith(f" because no identity-based policy allows the {missing} action")


def test_first_api_of_an_account(aws: Aws, plane: Plane) -> None:
    """Who makes it makes API Gateway's own role as well, which takes a permission; later ones need none."""
    plane.restrict(plane.backend.root.access_key, all_but(LINK))
    assert refused(aws.make_api, Tags={"lab": "mine"}) == ("AccessDeniedException", NO_LINK)
    plane.restrict(plane.backend.root.access_key, all_but())
    aws.make_api(Tags={"lab": "mine"})
    plane.restrict(plane.backend.root.access_key, all_but(LINK))
    aws.make_api(Tags={"lab": "mine"})
    plane.unlink()
    assert refused(aws.make_api, Tags={"lab": "mine"}) == ("AccessDeniedException", NO_LINK)
