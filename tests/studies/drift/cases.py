"""Every attribute that provision sets, changed by hand, and the calls that heal it."""

import base64
import hashlib
import io
import zipfile
from typing import Any

from tests.studies.drift.hand import Case, Do, do
from wschat.lab.aws.routes import MOCK_KEY
from wschat.lab.aws.websocket_api import API_NAME
from wschat.lab.blueprint import MOCKS, STAGE, TRUST
from wschat.lab.bundle import bundle
from wschat.lab.model.lab import TAG
from wschat.lab.model.resource import canonical

MISSING, TOO_MUCH = "missing", "too much"


def case(
    resource: str, attribute: str, *by_hand: Do, found: object = None, heals: tuple[str, ...] | None = None
) -> Case:
    """Return a case; if nothing else is said, the same call with the right value heals it.

    So, too, the attribute is found to be the first plain value that the first call sets.
    """
    if found is None:
        found = next((value for value in by_hand[0].params.values() if isinstance(value, str | int)), None)
    return Case(resource, attribute, found, by_hand, (str(by_hand[0]),) if heals is None else heals)


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
OURS = [{"Key": TAG, "Value": "us-east-1/<prefix>"}]
ONE_EACH = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
PONG, UNKNOWN = (event.encode() for _, event in MOCKS.values())
THE_API, THE_STAGE, DEPLOYMENT = f"API {API_NAME}", f"stage {STAGE}", "deployment current"
CONFIGURE, ANSWER = "UpdateFunctionConfiguration", "UpdateIntegrationResponse"


def _expires(attribute: str, *, on: bool) -> Do:
    return do("UpdateTimeToLive", TimeToLiveSpecification={"Enabled": on, "AttributeName": attribute})


def _integrated(name: str) -> dict[str, str]:
    return {"Target": f"integrations/<integration {name}>"}


def _statement(route: str, **changed: str) -> Do:
    wanted = {
        "Action": "lambda:InvokeFunction",
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": ARN.format("<api>", route),
    }
    return do("AddPermission", **{**wanted, **changed})


def _permission(function: str, route: str, attribute: str, found: str, **change: str) -> Case:
    resource, by_hand = (
        f"permission {function}:{route}",
        (do("RemovePermission"), _statement(route, **change)),
    )
    return case(resource, attribute, *by_hand, found=found, heals=("RemovePermission", "AddPermission"))


def _answer(integration: str, by_hand: Do, *found: str | None, heals: tuple[str, ...] | None = None) -> Case:
    return case(f"integration {integration}", "answer", by_hand, found=found or None, heals=heals)


def _missing(resource: str, deletes: str, *heals: str) -> Case:
    return case(resource, MISSING, *map(do, deletes.split()), heals=heals)


_set_expiry = "UpdateTimeToLive(TimeToLiveSpecification)"
_set_role = f"{CONFIGURE}(Role)"
_role_anew = (
    do("DeleteRolePolicy", "policy LeaveRoomRole"),
    do("DeleteRole", "role LeaveRoomRole"),
    do("CreateRole", "role LeaveRoomRole", AssumeRolePolicyDocument=canonical(TRUST), Tags=OURS),
)
_provisioned = do("UpdateTable", BillingMode="PROVISIONED", ProvisionedThroughput=ONE_EACH)
_of_intel = do("UpdateFunctionCode", ZipFile=bundle("register_user"), Architectures=["x86_64"])
_request_anew = "UpdateIntegration(RequestTemplates, TemplateSelectionExpression)"
_spare_answer = do("CreateIntegrationResponse", IntegrationResponseKey="/5../")
_two_answers = ("$default", MOCK_KEY, PONG, "/5../", None, "")
_two_way = (
    do("UpdateRoute", RouteResponseSelectionExpression="$default"),
    do("CreateRouteResponse", RouteResponseKey="$default"),
)
_move = do("UpdateStage", THE_STAGE, DeploymentId="<made DeploymentId>")
_leave = tuple(
    do("UpdateRoute", f"route {name}", **_integrated("Connect")) for name in ("leave", "leave-room")
)
# fmt: off
CASES = (
    case("table client-records", "ttl", _expires("expires", on=False)),
    case("table room-messages-users", "ttl", _expires("ends", on=True), found="ends"),
    case("table room-messages-users", "billing", _provisioned, heals=("UpdateTable(BillingMode)",)),
    case("role ConnectRole", "trust", do("UpdateAssumeRolePolicy", PolicyDocument=WHOEVER)),
    case("policy ConnectRole", "document", do("PutRolePolicy", PolicyDocument=ANYTHING)),
    case("policy JoinRoomRole", "document", do("PutRolePolicy", PolicyDocument=ANYTHING)),
    case("log group Connect", "retention_days", do("PutRetentionPolicy", retentionInDays=30)),
    case("log group JoinRoom", "retention_days", do("DeleteRetentionPolicy"), heals=("PutRetentionPolicy",)),
    case("function Connect", "code", do("UpdateFunctionCode", ZipFile=OTHER_ZIP), found=OTHER_HASH,
        heals=("UpdateFunctionCode(Architectures, ZipFile)",)),
    case("function RegisterUser", "architecture", _of_intel, found="x86_64"),
    case("function CreateRoom", "runtime", do(CONFIGURE, Runtime="python3.12")),
    case("function JoinRoom", "role", do(CONFIGURE, Role="<role ConnectRole>"), found="<prefix>ConnectRole"),
    case("function SendMessage", "handler", do(CONFIGURE, Handler="module.handler")),
    case("function LeaveRoom", "timeout", do(CONFIGURE, Timeout=3)),
    case("function Disconnect", "memory", do(CONFIGURE, MemorySize=128)),
    case("function Connect", "environment", do(CONFIGURE, Environment=THEIRS),
        found=tuple(THEIRS["Variables"].items())),
    case("function LeaveRoom", "role", *_role_anew, found="<prefix>LeaveRoomRole, which was deleted",
        heals=(_set_role, "PutRolePolicy", _set_role)),
    _permission("SendMessage", "message", "action", "lambda:GetFunction", Action="lambda:GetFunction"),
    _permission("JoinRoom", "join", "principal", "s3.amazonaws.com", Principal="s3.amazonaws.com"),
    _permission("LeaveRoom", "leave", "source", ARN.format("{api}", "join"),
        SourceArn=ARN.format("<api>", "join")),
    case(THE_API, "title", do("UpdateApi", Name="renamed")),
    case(THE_API, "selection", do("UpdateApi", RouteSelectionExpression="$request.body.verb")),
    case(THE_API, "description", do("UpdateApi", Description="mine")),
    case("integration Connect", "description", do("UpdateIntegration", Description="mine")),
    case("integration RegisterUser", "uri", do("UpdateIntegration", IntegrationUri="<function Connect>"),
        found="<function Connect>"),
    case("integration CreateRoom", "method", do("UpdateIntegration", IntegrationMethod="GET")),
    case("integration unknown-action", "request", do("UpdateIntegration", RequestTemplates={MOCK_KEY: "{}"}),
        found=(MOCK_KEY, "{}"), heals=(_request_anew,)),
    case("integration ping", "request", do("UpdateIntegration", RequestTemplates={}), found=(MOCK_KEY, ""),
        heals=(_request_anew,)),
    case("integration ping", "request", do("UpdateIntegration", TemplateSelectionExpression="1"),
        found=("1", '{"statusCode":200}'), heals=(_request_anew,)),
    case("integration unknown-action", "description", do("UpdateIntegration", Description="mine")),
    case("integration JoinRoom", "type", do("UpdateIntegration", IntegrationType="MOCK"),
        heals=("UpdateIntegration(IntegrationMethod, IntegrationType, IntegrationUri, TimeoutInMillis)",)),
    case("integration ping", "type",
        do("UpdateIntegration", IntegrationType="AWS_PROXY", IntegrationUri="<function Connect>"),
        heals=("UpdateIntegration(IntegrationType, RequestTemplates, TemplateSelectionExpression)",)),
    _answer("ping", do(ANSWER, IntegrationResponseKey="/4../"), "/4../", MOCK_KEY, PONG),
    _answer("unknown-action", do(ANSWER, TemplateSelectionExpression="1"), "$default", "1", UNKNOWN),
    _answer("ping", do(ANSWER, ResponseTemplates={MOCK_KEY: "{}"}), "$default", MOCK_KEY, "{}"),
    _answer("unknown-action", do("DeleteIntegrationResponse"), heals=("CreateIntegrationResponse",)),
    _answer("ping", _spare_answer, *_two_answers, heals=("DeleteIntegrationResponse",)),
    case("route create", "name", do("UpdateRoute", RouteKey="made")),
    case("route join", "integration", do("UpdateRoute", **_integrated("CreateRoom")), found="CreateRoom"),
    case("route $connect", "authorization", do("UpdateRoute", AuthorizationType="AWS_IAM")),
    case("route message", "two_way", do("UpdateRoute", RouteResponseSelectionExpression="none"), found=False),
    case("route leave", "two_way", do("DeleteRouteResponse"), found=False,
        heals=("UpdateRoute(RouteResponseSelectionExpression)", "CreateRouteResponse")),
    case("route $disconnect", "two_way", *_two_way, found=True, heals=("DeleteRoute", "CreateRoute")),
    case(THE_STAGE, "deployment", do("CreateDeployment", Description="by hand"), _move,
        heals=("UpdateStage(DeploymentId)", "DeleteDeployment")),
    case(THE_STAGE, "tags", do("UntagResource", TagKeys=[TAG]), found=(), heals=("TagResource",)),
    case(THE_STAGE, "auto_deploy", do("UpdateStage", AutoDeploy=True)),
    _missing("table client-records", "DeleteTable", "CreateTable",
        "UpdateTimeToLive(TimeToLiveSpecification)"),
    _missing("role CreateRoomRole", "DeleteRolePolicy DeleteRole",
        *("CreateRole", _set_role, "PutRolePolicy", _set_role)),
    _missing("policy SendMessageRole", "DeleteRolePolicy", "PutRolePolicy"),
    _missing("log group RegisterUser", "DeleteLogGroup", "CreateLogGroup", "PutRetentionPolicy"),
    _missing("function Disconnect", "DeleteFunction", "CreateFunction", "AddPermission"),
    _missing("permission SendMessage:dispatch", "RemovePermission", "AddPermission"),
    case("integration LeaveRoom", MISSING, *_leave, do("DeleteIntegration"),
        heals=("CreateIntegration", *map(str, _leave))),
    _missing("route register", "DeleteRoute", "CreateRoute", "CreateRouteResponse"),
    _missing(THE_STAGE, "DeleteStage", "CreateStage"),
    case(DEPLOYMENT, MISSING, do("DeleteStage", THE_STAGE), do("DeleteDeployment"),
        heals=("CreateDeployment", "CreateStage")),
    case(DEPLOYMENT, MISSING, do("CreateDeployment", THE_API, Description="mine"), _move,
        do("DeleteDeployment"), heals=("CreateDeployment", "UpdateStage(DeploymentId)", "DeleteDeployment")),
    case("route extra", TOO_MUCH, do("CreateRoute", RouteKey="extra"), heals=("DeleteRoute",)),
    case("integration <made IntegrationId>", TOO_MUCH,
        do("CreateIntegration", THE_API, IntegrationType="MOCK"), heals=("DeleteIntegration",)),
    case("permission JoinRoom:extra", TOO_MUCH, _statement("join"), heals=("RemovePermission",)),
    case("stage extra", TOO_MUCH, do("CreateStage"), heals=("DeleteStage",)),
)
# fmt: on


def _table(key: str, kind: str) -> Do:
    return do(
        "CreateTable",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": kind}],
        KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=OURS,
    )


_http = do("CreateApi", Name=f"<prefix>{API_NAME}", ProtocolType="HTTP", Tags={TAG: "us-east-1/<prefix>"})
FIXED = (
    case("table client-records", "partition_key", _table("id", "S"), found="id"),
    case("table room-messages-users", "partition_key", _table("room", "N"), found="room:N"),
    case(THE_API, "protocol", _http, found="HTTP"),
)
"""What can't be changed in place, of things that somebody else made with the lab's tag."""
TAGS_CHANGED = (
    ("table client-records", do("TagResource", Tags=[{"Key": TAG, "Value": "us-east-1/theirs-"}])),
    ("role ConnectRole", do("TagRole", Tags=[{"Key": TAG, "Value": "eu-central-1/<prefix>"}])),
    ("log group Connect", do("UntagResource", tagKeys=[TAG])),
    ("function Connect", do("UntagResource", TagKeys=[TAG])),
    (THE_API, do("UntagResource", TagKeys=[TAG])),
)
"""What makes a resource somebody else's: another lab's tag, one of another region, or none."""
