"""Every attribute that provision sets, changed by hand, and the calls that heal it."""

import base64
import hashlib
import io
import zipfile
from typing import Any

from tests.studies.drift.case import differs, missing, too_much
from tests.studies.drift.hand import Do, do
from wschat.lab.aws.routes import SELECT_DEFAULT
from wschat.lab.aws.websocket_api import API_NAME
from wschat.lab.blueprint import MOCKS, STAGE, TRUST
from wschat.lab.bundle import bundle
from wschat.lab.model import TAG, canonical


def _document(**statement: Any) -> str:  # noqa: ANN401  as in JSON
    return canonical({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def _zip(text: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("module.py", text)
    return file.getvalue()


OTHER_ZIP = _zip("def handler(event, context):\n    return None\n")
OTHER_HASH = base64.b64encode(hashlib.sha256(OTHER_ZIP).digest()).decode()
ANYTHING = _document(Action="*", Resource="*")
WHOEVER = _document(Principal={"Service": "ec2.amazonaws.com"}, Action="sts:AssumeRole")
ARN = "arn:aws:execute-api:us-east-1:000000000000:{}/*/{}"
THEIRS = {"Variables": {"CLIENT_RECORDS": "theirs"}}
ONE_EACH = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
PONG, UNKNOWN = (event.encode() for _, event in MOCKS.values())
THE_API, THE_STAGE = f"API {API_NAME}", f"stage {STAGE}"


def _expires(attribute: str, *, on: bool) -> Do:
    change = {"Enabled": on, "AttributeName": attribute}
    return do("UpdateTimeToLive", TimeToLiveSpecification=change)


TABLES = (
    differs("table client-records", "ttl", _expires("expires", on=False)),
    differs("table room-messages-users", "ttl", _expires("ends", on=True), found="ends"),
    differs(
        "table client-records",
        "billing",
        do("UpdateTable", BillingMode="PROVISIONED", ProvisionedThroughput=ONE_EACH),
        found="PROVISIONED",
        heals=("UpdateTable(BillingMode)",),
    ),
)
_policy = do("PutRolePolicy", PolicyDocument=ANYTHING)
ROLES = (
    differs("role ConnectRole", "trust", do("UpdateAssumeRolePolicy", PolicyDocument=WHOEVER), found=WHOEVER),
    differs("policy ConnectRole", "document", _policy, found=ANYTHING),
    differs("policy JoinRoomRole", "document", _policy, found=ANYTHING),
)
LOG_GROUPS = (
    differs("log group Connect", "retention_days", do("PutRetentionPolicy", retentionInDays=30), found=30),
    differs(
        "log group JoinRoom", "retention_days", do("DeleteRetentionPolicy"), heals=("PutRetentionPolicy",)
    ),
)
_SET_ROLE = "UpdateFunctionConfiguration(Role)"
_role_anew = (
    do("DeleteRolePolicy", "policy LeaveRoomRole"),
    do("DeleteRole", "role LeaveRoomRole"),
    do(
        "CreateRole",
        "role LeaveRoomRole",
        AssumeRolePolicyDocument=canonical(TRUST),
        Tags=[{"Key": TAG, "Value": "us-east-1/<prefix>"}],
    ),
)
_new_code = ("UpdateFunctionCode(Architectures, ZipFile)",)
_of_intel = do("UpdateFunctionCode", ZipFile=bundle("register_user"), Architectures=["x86_64"])
FUNCTIONS = (
    differs(
        "function Connect",
        "code",
        do("UpdateFunctionCode", ZipFile=OTHER_ZIP),
        found=OTHER_HASH,
        heals=_new_code,
    ),
    differs("function RegisterUser", "architecture", _of_intel, found="x86_64"),
    *(
        differs(f"function {name}", attribute, do("UpdateFunctionConfiguration", **change), found=found)
        for name, attribute, found, change in (
            ("CreateRoom", "runtime", "python3.12", {"Runtime": "python3.12"}),
            ("JoinRoom", "role", "<prefix>ConnectRole", {"Role": "<role ConnectRole>"}),
            ("SendMessage", "handler", "module.handler", {"Handler": "module.handler"}),
            ("LeaveRoom", "timeout", 3, {"Timeout": 3}),
            ("Disconnect", "memory", 128, {"MemorySize": 128}),
            ("Connect", "environment", (("CLIENT_RECORDS", "theirs"),), {"Environment": THEIRS}),
        )
    ),
    differs(
        "function LeaveRoom",
        "role",
        *_role_anew,
        found="<prefix>LeaveRoomRole, which was deleted",
        heals=(*(_SET_ROLE,) * 2, "PutRolePolicy on policy LeaveRoomRole"),
    ),
)


def _statement(route: str, **changed: str) -> Do:
    wanted = {
        "Action": "lambda:InvokeFunction",
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": ARN.format("<api>", route),
    }
    return do("AddPermission", **{**wanted, **changed})


PERMISSIONS = tuple(
    differs(
        f"permission {function}:{route}",
        attribute,
        do("RemovePermission"),
        _statement(route, **change),
        found=found,
        heals=("RemovePermission", "AddPermission"),
    )
    for function, route, attribute, found, change in (
        ("SendMessage", "message", "action", "lambda:GetFunction", {"Action": "lambda:GetFunction"}),
        ("JoinRoom", "join", "principal", "s3.amazonaws.com", {"Principal": "s3.amazonaws.com"}),
        (
            "LeaveRoom",
            "leave",
            "source",
            ARN.format("{api}", "join"),
            {"SourceArn": ARN.format("<api>", "join")},
        ),
    )
)
API = (
    differs(THE_API, "title", do("UpdateApi", Name="renamed"), found="renamed"),
    differs(
        THE_API,
        "selection",
        do("UpdateApi", RouteSelectionExpression="$request.body.verb"),
        found="$request.body.verb",
    ),
    differs(THE_API, "description", do("UpdateApi", Description="mine"), found="mine"),
)
_spare_answer = do("CreateIntegrationResponse", IntegrationResponseKey="/5../")
INTEGRATIONS = (
    *(
        differs(f"integration {name}", attribute, do("UpdateIntegration", **change), found=found)
        for name, attribute, found, change in (
            ("Connect", "description", "mine", {"Description": "mine"}),
            ("RegisterUser", "function", "<prefix>Connect", {"IntegrationUri": "<function Connect>"}),
            ("CreateRoom", "method", "GET", {"IntegrationMethod": "GET"}),
            ("unknown-action", "request", "{}", {"RequestTemplates": {"$default": "{}"}}),
            ("ping", "selects", "1", {"TemplateSelectionExpression": "1"}),
            ("unknown-action", "description", "mine", {"Description": "mine"}),
        )
    ),
    differs(
        "integration JoinRoom",
        "type",
        do("UpdateIntegration", IntegrationType="MOCK"),
        found="MOCK",
        heals=("UpdateIntegration(IntegrationMethod, IntegrationType, IntegrationUri)",),
    ),
    differs(
        "integration ping",
        "type",
        do("UpdateIntegration", IntegrationType="AWS_PROXY", IntegrationUri="<function Connect>"),
        found="AWS_PROXY",
        heals=("UpdateIntegration(IntegrationType, RequestTemplates, TemplateSelectionExpression)",),
    ),
    *(
        differs(f"integration {name}", "answer", do("UpdateIntegrationResponse", **change), found=found)
        for name, found, change in (
            ("ping", ("/4../", SELECT_DEFAULT, PONG), {"IntegrationResponseKey": "/4../"}),
            ("unknown-action", ("$default", "1", UNKNOWN), {"TemplateSelectionExpression": "1"}),
            ("ping", ("$default", SELECT_DEFAULT, "{}"), {"ResponseTemplates": {"$default": "{}"}}),
        )
    ),
    differs(
        "integration unknown-action",
        "answer",
        do("DeleteIntegrationResponse"),
        heals=("CreateIntegrationResponse",),
    ),
    differs(
        "integration ping",
        "answer",
        _spare_answer,
        found=("$default", SELECT_DEFAULT, PONG, "/5../", None, None),
        heals=("DeleteIntegrationResponse",),
    ),
)
_elsewhere = {"Target": "integrations/<integration CreateRoom>"}
_replies = {"RouteResponseSelectionExpression": "$default"}
ROUTES = (
    *(
        differs(f"route {name}", attribute, do("UpdateRoute", **change), found=found)
        for name, attribute, found, change in (
            ("create", "name", "made", {"RouteKey": "made"}),
            ("join", "integration", "CreateRoom", _elsewhere),
            ("$connect", "authorization", "AWS_IAM", {"AuthorizationType": "AWS_IAM"}),
            ("message", "two_way", False, {"RouteResponseSelectionExpression": "none"}),
        )
    ),
    differs(
        "route leave", "responds", do("DeleteRouteResponse"), found=False, heals=("CreateRouteResponse",)
    ),
    differs(
        "route $disconnect",
        "two_way",
        do("UpdateRoute", **_replies),
        do("CreateRouteResponse", RouteResponseKey="$default"),
        found=True,
        heals=("DeleteRoute", "CreateRoute"),
    ),
)
_move = do("UpdateStage", THE_STAGE, DeploymentId="<made DeploymentId>")
STAGES = (
    differs(
        THE_STAGE,
        "deployment",
        do("CreateDeployment", Description="by hand"),
        _move,
        found="by hand",
        heals=("UpdateStage(DeploymentId)", "DeleteDeployment on deployment by hand"),
    ),
    differs(THE_STAGE, "tag", do("UntagResource", TagKeys=[TAG]), heals=("TagResource",)),
    differs(THE_STAGE, "auto_deploy", do("UpdateStage", AutoDeploy=True), found=True),
)
_expiry = "UpdateTimeToLive(TimeToLiveSpecification)"
_leave = tuple(
    do("UpdateRoute", f"route {name}", Target="integrations/<integration Connect>")
    for name in ("leave", "leave-room")
)
GONE = (
    missing("table client-records", do("DeleteTable"), heals=("CreateTable", _expiry)),
    missing(
        "role CreateRoomRole",
        do("DeleteRolePolicy"),
        do("DeleteRole"),
        heals=(
            "CreateRole",
            *(f"{_SET_ROLE} on function CreateRoom",) * 2,
            "PutRolePolicy on policy CreateRoomRole",
        ),
    ),
    missing("policy SendMessageRole", do("DeleteRolePolicy"), heals=("PutRolePolicy",)),
    missing("log group RegisterUser", do("DeleteLogGroup"), heals=("CreateLogGroup", "PutRetentionPolicy")),
    missing(
        "function Disconnect",
        do("DeleteFunction"),
        heals=("CreateFunction", "AddPermission on permission Disconnect:disconnect"),
    ),
    missing("permission SendMessage:dispatch", do("RemovePermission"), heals=("AddPermission",)),
    missing(
        "integration LeaveRoom",
        *_leave,
        do("DeleteIntegration"),
        heals=(
            "CreateIntegration",
            "UpdateRoute(Target) on route leave",
            "UpdateRoute(Target) on route leave-room",
        ),
    ),
    missing("route register", do("DeleteRoute"), heals=("CreateRoute", "CreateRouteResponse")),
    missing(THE_STAGE, do("DeleteStage"), heals=("CreateStage",)),
    missing(
        "deployment current",
        do("DeleteStage", THE_STAGE),
        do("DeleteDeployment"),
        heals=("CreateDeployment", f"CreateStage on {THE_STAGE}"),
    ),
    missing(
        "deployment current",
        do("CreateDeployment", THE_API, Description="mine"),
        _move,
        do("DeleteDeployment"),
        heals=(
            "CreateDeployment",
            f"UpdateStage(DeploymentId) on {THE_STAGE}",
            "DeleteDeployment on deployment mine",
        ),
    ),
)
EXTRA = (
    too_much("route extra", do("CreateRoute", RouteKey="extra"), "DeleteRoute"),
    too_much(
        "integration <made IntegrationId>",
        do("CreateIntegration", THE_API, IntegrationType="MOCK"),
        "DeleteIntegration",
    ),
    too_much("permission JoinRoom:extra", _statement("join"), "RemovePermission"),
    too_much("stage extra", do("CreateStage"), "DeleteStage"),
)
CASES = (
    *TABLES,
    *ROLES,
    *LOG_GROUPS,
    *FUNCTIONS,
    *PERMISSIONS,
    *API,
    *INTEGRATIONS,
    *ROUTES,
    *STAGES,
    *GONE,
    *EXTRA,
)
