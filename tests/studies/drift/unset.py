"""What decides how a lab works and provision does not set, changed by hand, and what heals it."""

import io
import json
import re
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from tests.studies.drift.cases import CONFIGURE, THE_API, THE_STAGE
from tests.studies.drift.hand import KINDS, Case, Do, do
from wschat.cli.attributes import differences
from wschat.lab.aws.log_groups import log_group_of
from wschat.lab.aws.stages import route_settings
from wschat.lab.blueprint import blueprint, throttled
from wschat.lab.chosen.throttle import DEFAULT
from wschat.lab.model.lab import Lab
from wschat.lab.model.resource import canonical
from wschat.lab.plan import Step, Verb

LAB = Lab(account="000000000000", region="us-east-1")
ROLE = LAB.arn("iam", r"role/\1")
ON = True


def _empty_zip() -> bytes:
    file = io.BytesIO()
    zipfile.ZipFile(file, "w").close()
    return file.getvalue()


def _json(value: object) -> str:
    return canonical(value).replace(":", ": ").replace(",", ", ")


def _arn(service: str, what: str) -> str:
    return f"arn:aws:{service}:us-east-1:000000000000:{what}"


EVERYTHING = canonical(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
QUEUE, KEY = _arn("sqs", "queue"), _arn("kms", "key/12345678-1234-1234-1234-123456789012")
MOUNT = _arn("elasticfilesystem", "access-point/fsap-12345678901234567")
THROTTLE = {"ThrottlingBurstLimit": 9, "ThrottlingRateLimit": 0.5}
TRACED = {"DataTraceEnabled": True, "LoggingLevel": "OFF"}
MODEL = {"$default": "Message"}
_layer = do("PublishLayerVersion", LayerName="theirs", Content={"ZipFile": _empty_zip()})
_with_layer = do(CONFIGURE, Layers=["<made LayerVersionArn>"])


def _set(words: str, resource: str, attribute: str, found: object, by_hand: Do, *heals: str) -> Case:
    """Return a case; if nothing else is said, the same call with the right value heals it."""
    return Case(resource, attribute, found, (by_hand,), heals or (str(by_hand),), words)


def _throttled(words: str, route: str, heals: tuple[str, ...]) -> Case:
    wanted = json.loads(throttled(DEFAULT)["route_settings"])
    call = do("UpdateStage", RouteSettings={route: THROTTLE})
    return _set(words, THE_STAGE, "route_settings", route_settings(wanted | {route: THROTTLE}), call, *heals)


# fmt: off
MENDED = (
    _set("Throttle, in Lambda's console", "function Connect", "reserved_concurrency", 0,
        do("PutFunctionConcurrency", ReservedConcurrentExecutions=0), "DeleteFunctionConcurrency"),
    _set("another reserved concurrency", "function RegisterUser", "reserved_concurrency", 5,
        do("PutFunctionConcurrency", ReservedConcurrentExecutions=5), "DeleteFunctionConcurrency"),
    _set("a function URL", "function SendMessage", "urls", ("<made FunctionUrl>",),
        do("CreateFunctionUrlConfig", AuthType="AWS_IAM"), "DeleteFunctionUrlConfig"),
    Case("function JoinRoom", "layers", ("<made LayerVersionArn>",), (_layer, _with_layer),
        (str(_with_layer),), "a layer"),
    _set("a VPC", "function LeaveRoom", "vpc_subnets", ("subnet-1",),
        do(CONFIGURE, VpcConfig={"SubnetIds": ["subnet-1"], "SecurityGroupIds": []})),
    _set("a dead-letter queue", "function Disconnect", "dead_letters", QUEUE,
        do(CONFIGURE, DeadLetterConfig={"TargetArn": QUEUE})),
    _set("logs as JSON", "function CreateRoom", "log_format", "JSON",
        do(CONFIGURE, LoggingConfig={"LogFormat": "JSON", "LogGroup": "/aws/lambda/<prefix>CreateRoom"})),
    _set("logs to another group", "function Connect", "log_group", "/theirs",
        do(CONFIGURE, LoggingConfig={"LogFormat": "Text", "LogGroup": "/theirs"})),
    _set("traces", "function RegisterUser", "tracing", "Active",
        do(CONFIGURE, TracingConfig={"Mode": "Active"})),
    _set("more storage", "function SendMessage", "storage", 1024,
        do(CONFIGURE, EphemeralStorage={"Size": 1024})),
    _set("SnapStart", "function JoinRoom", "snap_start", "PublishedVersions",
        do(CONFIGURE, SnapStart={"ApplyOn": "PublishedVersions"})),
    _set("a key for its environment", "function LeaveRoom", "kms_key", KEY, do(CONFIGURE, KMSKeyArn=KEY)),
    _set("a file system", "function Disconnect", "file_systems", (MOUNT,),
        do(CONFIGURE, FileSystemConfigs=[{"Arn": MOUNT, "LocalMountPath": "/mnt/theirs"}])),
    _set("a description", "function CreateRoom", "description", "theirs",
        do(CONFIGURE, Description="theirs")),
    _set("AdministratorAccess attached", "role ConnectRole", "attached", (ADMINISTRATOR,),
        do("AttachRolePolicy", PolicyArn=ADMINISTRATOR), "DetachRolePolicy"),
    _set("a second inline policy", "role JoinRoomRole", "inline", ("more",),
        do("PutRolePolicy", PolicyName="more", PolicyDocument=EVERYTHING), "DeleteRolePolicy"),
    _set("deletion protection of a table", "table client-records", "deletion_protection", ON,
        do("UpdateTable", DeletionProtectionEnabled=True)),
    _set("a limit of on-demand throughput", "table room-messages-users", "most_writes", 1,
        do("UpdateTable", OnDemandThroughput={"MaxWriteRequestUnits": 1})),
    _set("deletion protection of a log group", "log group Connect", "deletion_protection", ON,
        do("PutLogGroupDeletionProtection", deletionProtectionEnabled=True)),
    _set("the API's endpoint disabled", THE_API, "endpoint_disabled", ON,
        do("UpdateApi", DisableExecuteApiEndpoint=True)),
    _set("an API key required", "route $connect", "api_key", ON, do("UpdateRoute", ApiKeyRequired=True)),
    _set("a model that messages must fit", "route join", "request_models", _json(MODEL),
        do("UpdateRoute", RequestModels=MODEL), *("DeleteRoute", "CreateRoute", "CreateRouteResponse")),
    _set("an integration's timeout", "integration Connect", "timeout", 50,
        do("UpdateIntegration", TimeoutInMillis=50)),
    _set("an integration's role", "integration JoinRoom", "credentials", "<role ConnectRole>",
        do("UpdateIntegration", CredentialsArn="<role ConnectRole>")),
    _set("a stage's throttle", THE_STAGE, "rate", 0.5, do("UpdateStage", DefaultRouteSettings=THROTTLE)),
    _set("every message logged", THE_STAGE, "data_trace", ON,
        do("UpdateStage", DefaultRouteSettings=DEFAULT.share(1) | TRACED)),
    _throttled("a route's throttle", "create", heals=("UpdateStage(RouteSettings)",)),
    _throttled("a throttle of another route", "ping", heals=("DeleteStage", "CreateStage")),
)
# fmt: on
"""What provision mends."""


def as_status_says(case: Case) -> str:
    """Return the lines of status, in a lab without a prefix."""
    kind = next(kind for kind in KINDS if case.resource.startswith(f"{kind} "))
    name = case.resource.removeprefix(f"{kind} ")
    key = (kind, log_group_of(name) if kind == "log group" else name)
    (wanted,) = (each for each in blueprint(LAB) if each.key == key)
    texts = re.sub("<role (.*?)>", ROLE, json.dumps(case.found)).replace("<prefix>", "")
    value = json.loads(re.sub("<made .*?>", "…", texts))
    changed: dict[str, Any] = {case.attribute: tuple(value) if isinstance(value, list) else value}
    found = replace(wanted, **changed)
    return "; ".join([case.resource, *map(str, differences(Step(Verb.UPDATE, wanted, found)))])


def at_once(cases: Iterable[Case]) -> list[Case]:
    """Return those of which none takes back what one before it changed."""
    first: dict[tuple[str, str], Case] = {}
    for case in cases:
        first.setdefault((case.resource, str(case.by_hand[-1])), case)
    return list(first.values())


def _told(words: str, resource: str, attribute: str, found: object, by_hand: Do, undone: Do) -> Case:
    return Case(resource, attribute, found, (by_hand,), (), words, (undone,))


_group = "/aws/lambda/<prefix>JoinRoom"
# fmt: off
TOLD = (
    _told("a permissions boundary", "role SendMessageRole", "boundary", READ_ONLY,
        do("PutRolePermissionsBoundary", PermissionsBoundary=READ_ONLY), do("DeleteRolePermissionsBoundary")),
    _told("an event source", "function Disconnect", "event_sources", (QUEUE,),
        do("CreateEventSourceMapping", EventSourceArn=QUEUE),
        do("DeleteEventSourceMapping", UUID="<made UUID>")),
    _told("a key for a log group", "log group JoinRoom", "kms_key", KEY,
        do("AssociateKmsKey", logGroupName=_group, kmsKeyId=KEY),
        do("DisassociateKmsKey", logGroupName=_group)),
    _told("a replica of a table", "table room-messages-users", "replicas", ("eu-west-1",),
        do("UpdateTable", ReplicaUpdates=[{"Create": {"RegionName": "eu-west-1"}}]),
        do("UpdateTable", ReplicaUpdates=[{"Delete": {"RegionName": "eu-west-1"}}])),
    _told("a key for a table", "table client-records", "kms_key", KEY,
        do("UpdateTable", SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY}),
        do("UpdateTable", SSESpecification={"Enabled": False})),
)
# fmt: on
"""What provision only tells: somebody decided it, who may mean it so."""
