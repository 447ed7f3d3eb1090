"""The lab as one table: tables, functions and what each may use, routes."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any

from wschat.errors import UsageError
from wschat.lab.aws.functions import Function
from wschat.lab.aws.log_groups import LogGroup, log_group_of
from wschat.lab.aws.permissions import Permission
from wschat.lab.aws.roles import Policy, Role
from wschat.lab.aws.routes import MOCK_KEY, Integration, Route
from wschat.lab.aws.stages import Stage, route_settings
from wschat.lab.aws.tables import Table
from wschat.lab.aws.websocket_api import API_NAME, Api, Deployment
from wschat.lab.chosen.throttle import Throttle, throttle
from wschat.lab.model.lab import API, AWS_IAM, OPEN, TAG, Lab
from wschat.lab.model.resource import Key, Resource, canonical
from wschat.protocol.events import Error, Pong
from wschat.protocol.refusals import ErrorCode

CLIENTS = "client-records"
ROOMS = "room-messages-users"
STAGE = "development"
DESCRIPTIONS = {
    OPEN: "The Websocket-Lab's chat room. Who may connect: anyone",
    AWS_IAM: "The Websocket-Lab's chat room. Who may connect: who signs with AWS_IAM",
}
"""The API's description, by which people, and labs whose tags do not say so, know who may connect."""
AUTHORIZATION = {"none": OPEN, "iam": AWS_IAM}
"""Who may connect as it is typed, and as API Gateway calls it."""
ARM, X86 = "arm64", "x86_64"
"""The zips hold Python only, for both; the first is a fifth cheaper, and not offered in every region."""
GATEWAY_TIMEOUT = 29_000  # milliseconds: the most that API Gateway waits for a function
TIMEOUT = 25  # seconds: under API Gateway's 29, so that the function's log tells of it; they post for 20


@dataclass(frozen=True)
class Spec:
    """One function: its source file, its routes, its DynamoDB actions, and whether it posts to others.

    The routes after the first are those of the lab's own browser page. `share` is the part of the stage's
    rate that they take together: a small one where a person asks once in a while, and what others ask is
    dearer for it, since it is told to more people.
    """

    name: str
    module: str
    routes: tuple[str, ...]
    clients: str
    rooms: str = ""
    posts: bool = True
    share: float = 1.0

    @property
    def memory(self) -> int:
        """MB. All need less than 128 (they measured 46), but the CPU comes with it: 1,769 MB are one core.

        A message in a room of ten took 6 ms of a core: 22 ms at 512 MB, beside some 50 ms of waiting; at
        1,024 MB it is 11 ms sooner for $0.30 more a million. A room of 500 takes 0.16 s of a core: 0.5 s at
        512 MB. Those that only ask DynamoDB take 2 ms of a core, and at 256 MB half as much is billed while
        they wait.
        """
        return 512 if self.posts else 256


# fmt: off
FUNCTIONS = (
    Spec("Connect", "connect", ("$connect",), posts=False, clients="PutItem"),
    Spec("RegisterUser", "register_user", ("register",), posts=False, share=0.025,
         clients="DeleteItem GetItem PutItem UpdateItem", rooms="GetItem UpdateItem"),
    Spec("CreateRoom", "create_room", ("create", "new-room"), share=0.025,
         clients="DeleteItem GetItem Scan UpdateItem", rooms="DeleteItem GetItem PutItem UpdateItem"),
    Spec("JoinRoom", "join_room", ("join", "join-room"), share=0.05,
         clients="DeleteItem GetItem Scan UpdateItem", rooms="BatchGetItem DeleteItem GetItem UpdateItem"),
    Spec("SendMessage", "send_message", ("message", "dispatch"),
         clients="DeleteItem GetItem Scan UpdateItem", rooms="DeleteItem GetItem PutItem UpdateItem"),
    Spec("LeaveRoom", "leave_room", ("leave", "leave-room"),
         clients="DeleteItem GetItem Scan UpdateItem", rooms="DeleteItem GetItem UpdateItem"),
    Spec("Disconnect", "disconnect", ("$disconnect",),
         clients="DeleteItem GetItem Scan UpdateItem", rooms="DeleteItem GetItem UpdateItem"),
)
# fmt: on

MOCKS = {
    "ping": ("ping", Pong()),
    "unknown-action": ("$default", Error(ErrorCode.UNKNOWN_ACTION, "there is no such action")),
}
"""Integrations without a function: the route, and the event that API Gateway answers by itself."""


def blueprint(lab: Lab, packages: Mapping[str, bytes] | None = None) -> tuple[Resource, ...]:
    """Return all that should exist.

    `packages` maps each function's module to its zip; where names are all that matters, there need be none.
    """
    packages, api_name = packages or {}, lab.name(API_NAME)
    choices, tags = lab.choices, lab.choices.tags or ()
    authorization = AUTHORIZATION.get(choices.auth or "", lab.authorization or OPEN)
    kept = tuple(sorted({**dict(tags), **choices.kept}.items()))
    own = FUNCTIONS if not choices.role else ()
    integrations = [
        *(
            Integration(
                name=name,
                description=name,
                type="AWS_PROXY",
                method="POST",
                uri=lab.invoke_arn(lab.name(name)),
                timeout=GATEWAY_TIMEOUT,
            )
            for name in (spec.name for spec in FUNCTIONS)
        ),
        *(
            Integration(
                name=name,
                description=name,
                type="MOCK",
                request=(MOCK_KEY, '{"statusCode":200}'),
                answer=("$default", MOCK_KEY, event.encode()),
            )
            for name, (_, event) in MOCKS.items()
        ),
    ]
    routes = [
        *(
            Route(
                name=key,
                integration=spec.name,
                two_way=not key.startswith("$"),
                authorization=authorization if key == "$connect" else OPEN,  # where alone it is asked
            )
            for spec in FUNCTIONS
            for key in spec.routes
        ),
        *(Route(name=key, integration=name, two_way=True) for name, (key, _) in MOCKS.items()),
    ]
    deployment = Deployment(name=digest(*integrations, *routes))
    return (
        Table(name=lab.name(CLIENTS), partition_key="ID", ttl="expires", tags=kept),
        Table(name=lab.name(ROOMS), partition_key="room", tags=kept),
        *(
            Role(
                name=role(lab, spec),
                trust=canonical(TRUST),
                path=choices.path or "/",
                boundary=choices.boundary or None,
                tags=tags,
            )
            for spec in own
        ),
        *(Policy(name=role(lab, spec), document=canonical(policy(lab, spec))) for spec in own),
        *(
            LogGroup(name=log_group_of(lab.name(spec.name)), retention_days=14, tags=tags)
            for spec in FUNCTIONS
        ),
        *(function(lab, spec, packages.get(spec.module, b"")) for spec in FUNCTIONS),
        Api(
            name=api_name,
            title=api_name,
            selection="$request.body.action",
            protocol="WEBSOCKET",
            description=DESCRIPTIONS[authorization],
            tags=tags,
        ),
        *integrations,
        *routes,
        *(permission(lab, lab.name(spec.name), key) for spec in FUNCTIONS for key in spec.routes),
        deployment,
        Stage(
            name=STAGE,
            deployment=deployment.name,
            tags=tuple(sorted({**lab.tags, **dict(tags)}.items())),
            **throttled(throttle(choices.throttle)),
        ),
    )


def throttled(by: Throttle | None) -> dict[str, Any]:
    """Return the attributes of a stage with a throttle: a function's routes have its share between them."""
    if by is None:
        return {}
    shares = {key: spec.share / len(spec.routes) for spec in FUNCTIONS for key in spec.routes}
    own = {key: by.share(share) for key, share in shares.items() if share < 1}
    return {"rate": by.rate, "burst": by.burst, "route_settings": route_settings(own)}


TAG_VALUE = (r"[A-Za-z0-9 _.:/=+@-]*", 256)


def naming_error(lab: Lab) -> UsageError | None:
    """Return the error that says which name, of those that a prefix leads to, is not legal in its service.

    It says the limit, too: of several that are too long, the one that leaves the least room.
    """
    named = [(each, *each.legal_name) for each in blueprint(lab) if each.legal_name]
    names = [(f"{each.kind} {each.name}", each.name, letters, limit) for each, letters, limit in named]
    names.append((f"tag {TAG}", lab.tags[TAG], *TAG_VALUE))
    what, name, _, limit = min(names, key=lambda each: each[3] - len(each[1]))
    if len(name) > limit:
        why = f"which has {len(name)} characters; the limit is {limit}"
        hint = f"use at most {len(lab.prefix) - len(name) + limit} characters"
    else:
        what = next((what for what, name, letters, _ in names if not re.fullmatch(letters, name)), "")
        why, hint = "which AWS does not allow", "use letters, digits, - and _, such as --prefix anna-"
    return UsageError(f"it leads to the {what!r}, {why}", where="--prefix", hint=hint) if what else None


def role(lab: Lab, spec: Spec) -> str:
    """Return the name of a function's role."""
    return f"{lab.name(spec.name)}Role"


def role_path(lab: Lab, spec: Spec) -> str:
    """Return the path and name of the role that a function has: the one that was given, or its own."""
    given = (lab.choices.role or "").partition(":role/")[2]
    return given or f"{lab.choices.path or '/'}{role(lab, spec)}"[1:]


def given_role(lab: Lab) -> Key:
    """Return the key that a given role would have if it were one of the lab's."""
    return (Role.kind, (lab.choices.role or "").rpartition("/")[2])


def function(lab: Lab, spec: Spec, package: bytes) -> Function:
    """Return one function, with what its code reads from the environment."""
    environment = {
        "CLIENT_RECORDS": lab.name(CLIENTS),
        "ROOM_MESSAGES_USERS": lab.name(ROOMS),
        "MANAGEMENT_URL": lab.callbacks,
    }
    return Function(
        name=lab.name(spec.name),
        package=package,
        role=role_path(lab, spec),
        handler=f"wschat.functions.{spec.module}.handler",
        code=base64.b64encode(hashlib.sha256(package).digest()).decode(),
        runtime="python3.13",  # the newest that Lambda supports for sure
        architecture=lab.choices.architecture or ARM,
        memory=spec.memory,
        timeout=TIMEOUT,
        environment=tuple(sorted(environment.items())),
        tags=lab.choices.tags or (),
        log_group=log_group_of(lab.name(spec.name)),
    )


def permission(lab: Lab, function: str, route: str) -> Permission:
    """Return the statement that lets a route invoke a function, from any stage of the API.

    A statement id may have no `$`. In the ARN `$` is literal.
    """
    source = lab.arn("execute-api", f"{API}/*/{route}")
    return Permission.of(function, route.removeprefix("$"), source=source)


TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}


def policy(lab: Lab, spec: Spec) -> dict[str, Any]:
    """Return what one function may do: write its log, use the tables, post to connections.

    There is no action for transactions: they need those of the operations in them. The log group is
    made beforehand, so that a late call can't bring it back after teardown.
    """
    own_log = lab.arn("logs", f"log-group:{log_group_of(lab.name(spec.name))}:*")
    allowed = [(["logs:CreateLogStream", "logs:PutLogEvents"], own_log)]
    for table, actions in ((CLIENTS, spec.clients), (ROOMS, spec.rooms)):
        if actions:
            arn = lab.arn("dynamodb", f"table/{lab.name(table)}")
            allowed.append(([f"dynamodb:{action}" for action in actions.split()], arn))
    if spec.posts:
        connections = lab.arn("execute-api", f"{API}/{STAGE}/POST/@connections/*")
        allowed.append((["execute-api:ManageConnections"], connections))
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": actions, "Resource": arn} for actions, arn in allowed],
    }


def digest(*resources: Resource) -> str:
    """Return a digest by which sets of routes and integrations differ."""
    return hashlib.sha256(canonical(sorted(map(repr, map(astuple, resources)))).encode()).hexdigest()[:16]
