"""What a person does with a lab, and which grants of the policy each of it needs."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from websockets.sync.client import connect as connect_websocket

from tests.studies.privileges.desk import PASSING, STANDING, Desk, at
from wschat.lab import engine, inventory
from wschat.lab.aws.roles import POLICY_NAME
from wschat.lab.aws.signing import LONGEST_URL, _sign
from wschat.lab.blueprint import CLIENTS, FUNCTIONS, ROOMS, STAGE, log_group, role
from wschat.lab.executor import execute
from wschat.lab.model import Actual

if TYPE_CHECKING:
    from mypy_boto3_apigatewayv2.type_defs import RouteTypeDef

SPECS = {spec.name: spec for spec in FUNCTIONS}
SOME_POLICY = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
NOBODY = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}]}'
Act = Callable[[Desk], None]


@dataclass(frozen=True)
class Errand:
    """One thing that a person does, and the grants of which it needs every single one.

    `before` is what root did before it, `run` what the person does. A grant is an action, with ` on ` and
    the words of the permit where several permits have it. `prefix` tells the lab that it is about.
    """

    name: str
    needs: tuple[str, ...]
    before: Act
    run: Act
    prefix: str = STANDING


USES: list[Errand] = []
HEALS: list[Errand] = []
"""The last two take the API away, and with it what those before did to its parts."""
TEARDOWNS: list[Errand] = []


def errand(name: str, *needs: str) -> Callable[[Act], Act]:
    """Note what the person does."""

    def note(run: Act) -> Act:
        USES.append(Errand(name, needs, lambda _: None, run))
        return run

    return note


def heal(name: str, *needs: str) -> Callable[[Act], Act]:
    """Note what somebody did to the lab; the person provisions it again."""

    def note(before: Act) -> Act:
        HEALS.append(Errand(name, needs, before, Desk.provision))
        return before

    return note


def teardown(name: str, *needs: str) -> Callable[[Act], Act]:
    """Note what is left of another lab; the person tears it down."""

    def note(before: Act) -> Act:
        TEARDOWNS.append(Errand(name, needs, before, Desk.tear_down, PASSING))
        return before

    return note


@errand(
    "look at the lab",
    *("dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive", "dynamodb:ListTagsOfResource"),
    *("iam:GetRole", "iam:GetRolePolicy", "lambda:GetFunction", "lambda:GetPolicy", "lambda:ListTags"),
    *("logs:DescribeLogGroups", "logs:ListTagsForResource"),
    *("apigateway:GET on `/apis`", "apigateway:GET on `/apis/*`"),
)
def _look(desk: Desk) -> None:
    assert engine.differences(desk.mine, inventory.look(desk.mine)) == ()


@errand("ask how many functions may run at once", "lambda:GetAccountSettings")
def _concurrency(desk: Desk) -> None:
    assert engine.concurrency(desk.mine) > 0


@errand("read a log", "logs:FilterLogEvents")
def _read_log(desk: Desk) -> None:
    group = log_group(desk.mine.lab, SPECS["Connect"])
    assert "events" in desk.mine.logs.filter_log_events(logGroupName=group)


@errand("connect, to chat", "execute-api:Invoke")
def _connect(desk: Desk) -> None:
    credentials = desk.session.get_credentials()
    assert credentials
    signed = _sign(desk.url, credentials.get_frozen_credentials(), desk.mine.lab.region, LONGEST_URL)
    with connect_websocket(signed.url, proxy=None):
        pass


@errand("tag the stage", "apigateway:PUT on `/tags/*`")
def _tag(desk: Desk) -> None:
    stage = f"arn:aws:apigateway:{desk.mine.lab.region}::/apis/{desk.api_id}/stages/{STAGE}"
    desk.mine.api.tag_resource(ResourceArn=stage, Tags=desk.mine.lab.tags)


@heal("make a table again", "dynamodb:CreateTable", "dynamodb:TagResource", "dynamodb:UpdateTimeToLive")
def _no_table(desk: Desk) -> None:
    desk.root.dynamodb.delete_table(TableName=desk.root.lab.name(CLIENTS))


@heal("mend a table's billing", "dynamodb:UpdateTable")
def _table_is_provisioned(desk: Desk) -> None:
    desk.root.dynamodb.update_table(
        TableName=desk.root.lab.name(ROOMS),
        BillingMode="PROVISIONED",
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
    )


@heal("make a role again", "iam:CreateRole", "iam:TagRole", "iam:PutRolePolicy", "iam:PassRole")
def _no_role(desk: Desk) -> None:
    name = role(desk.root.lab, SPECS["Connect"])
    desk.root.iam.delete_role_policy(RoleName=name, PolicyName=POLICY_NAME)
    desk.root.iam.delete_role(RoleName=name)


@heal("mend a role's trust", "iam:UpdateAssumeRolePolicy")
def _role_trusts_nobody(desk: Desk) -> None:
    name = role(desk.root.lab, SPECS["RegisterUser"])
    desk.root.iam.update_assume_role_policy(RoleName=name, PolicyDocument=NOBODY)


@heal("make a function again", "lambda:CreateFunction", "lambda:TagResource", "lambda:AddPermission")
def _no_function(desk: Desk) -> None:
    desk.root.functions.delete_function(FunctionName=desk.root.lab.name("JoinRoom"))


@heal("mend a function's code", "lambda:UpdateFunctionCode")
def _other_code(desk: Desk) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as package:
        package.writestr("other.py", "")
    name = desk.root.lab.name("LeaveRoom")
    desk.root.functions.update_function_code(FunctionName=name, ZipFile=archive.getvalue())


@heal("mend a function's settings", "lambda:UpdateFunctionConfiguration")
def _little_memory(desk: Desk) -> None:
    name = desk.root.lab.name("SendMessage")
    desk.root.functions.update_function_configuration(FunctionName=name, MemorySize=128)


@heal("mend a permission", "lambda:RemovePermission")
def _other_source(desk: Desk) -> None:
    functions, name = desk.root.functions, desk.root.lab.name("CreateRoom")
    functions.remove_permission(FunctionName=name, StatementId="create")
    functions.add_permission(
        FunctionName=name,
        StatementId="create",
        Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com",
        SourceArn=desk.root.lab.arn("execute-api", "other/*/create"),
    )


@heal("make a log group again", "logs:CreateLogGroup", "logs:TagResource", "logs:PutRetentionPolicy")
def _no_log_group(desk: Desk) -> None:
    """Delete that of a function which nothing here invokes: a late line would make it again."""
    desk.root.logs.delete_log_group(logGroupName=log_group(desk.root.lab, SPECS["LeaveRoom"]))


@heal("make a route again", "apigateway:POST on `/apis/*`")
def _no_route(desk: Desk) -> None:
    desk.root.api.delete_route(ApiId=desk.api_id, RouteId=_route(desk, "leave")["RouteId"])


@heal("mend a route", "apigateway:PATCH on `/apis/*`")
def _other_target(desk: Desk) -> None:
    target, route = _route(desk, "create")["Target"], _route(desk, "join")["RouteId"]
    desk.root.api.update_route(ApiId=desk.api_id, RouteId=route, Target=target)


@heal("remove a route that somebody added", "apigateway:DELETE on `/apis/*`")
def _spare_route(desk: Desk) -> None:
    desk.root.api.create_route(ApiId=desk.api_id, RouteKey="spare", Target=_route(desk, "create")["Target"])


def _route(desk: Desk, key: str) -> "RouteTypeDef":
    pages = desk.root.api.get_paginator("get_routes").paginate(ApiId=desk.api_id)
    return next(route for page in pages for route in page["Items"] if route["RouteKey"] == key)


@heal("make the API again", "apigateway:POST on `/apis`", "apigateway:TagResource on `/apis`, `/apis/*`")
def _no_api(desk: Desk) -> None:
    desk.root.api.delete_api(ApiId=desk.api_id)


@heal("make the first API of an account", "iam:CreateServiceLinkedRole")
def _no_api_ever(desk: Desk) -> None:
    _no_api(desk)
    desk.plane.unlink()


@teardown("tear down a table", "dynamodb:DeleteTable")
def _a_table_is_left(desk: Desk) -> None:
    _leave(desk, f"{PASSING}{CLIENTS}")


@teardown(
    "tear down a role that somebody gave a policy",
    *("iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:ListRolePolicies"),
    *("iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole"),
)
def _a_role_is_left(desk: Desk) -> None:
    _leave(desk, f"{PASSING}ConnectRole")
    name = role(at(desk.root, PASSING).lab, SPECS["Connect"])
    desk.root.iam.attach_role_policy(RoleName=name, PolicyArn=SOME_POLICY)


@teardown("tear down a function", "lambda:DeleteFunction")
def _a_function_is_left(desk: Desk) -> None:
    _leave(desk, f"{PASSING}RegisterUserRole", f"{PASSING}RegisterUser")


@teardown("tear down a log group", "logs:DeleteLogGroup")
def _a_log_group_is_left(desk: Desk) -> None:
    _leave(desk, f"/aws/lambda/{PASSING}Connect")


def _leave(desk: Desk, *names: str) -> None:
    """Make some parts of the other lab, as a provision does that is stopped."""
    cloud = at(desk.root, PASSING)
    steps = [step for step in engine.plan_up(cloud, Actual()) if step.resource.name in names]
    assert steps
    list(execute(cloud, steps, Actual()))
