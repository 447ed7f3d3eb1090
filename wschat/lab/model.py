"""What a lab is made of: its resources as plain values, and how they are named in AWS.

What should exist and what does exist are values of the same classes, so a plan is their difference.
Resources name each other by name, never by an id that AWS gave: where such an id stands inside a
document or an ARN, `API` stands for it here.
"""

import json
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any, ClassVar

API = "{api}"
"""Stands for the API's id, which AWS chooses."""
TAG = "wschat:lab"
"""The tag that says whose a resource is: `<region>/<prefix>`."""
POLICY_NAME = "access"
"""The name of the one inline policy of each role."""
SELECT_DEFAULT = "\\$default"
"""The template selection expression that picks the template `$default`: a backslash, then its name."""
OPEN, AWS_IAM = "NONE", "AWS_IAM"
"""Who may connect, as API Gateway calls it: anyone, or who signs."""
DESCRIPTIONS = {
    OPEN: "The Websocket-Lab's chat room. Who may connect: anyone",
    AWS_IAM: "The Websocket-Lab's chat room. Who may connect: who signs with AWS_IAM",
}
"""The API's description, which keeps the choice that was made for $connect."""

Key = tuple[str, str]
"""A resource's kind and name."""


class Task(Enum):
    """The lab's headings, in its order."""

    TABLES = "Task 1: DynamoDB tables"
    FUNCTIONS = "Task 2: Lambda functions and their roles"
    API = "Task 3: the WebSocket API"


@dataclass(frozen=True)
class Lab:
    """One lab in one account and region; `prefix` stands before all its names.

    `sockets` and `callbacks` are the base URLs, with `API` in them, at which clients connect and at which
    functions post to connections. `endpoint` is what boto3 was told to use in place of AWS, or None.
    `authorization` says who may connect, `OPEN` or `AWS_IAM`; None is as it was, or anyone if there was
    nothing.
    """

    account: str
    region: str
    prefix: str = ""
    partition: str = "aws"
    sockets: str = f"wss://{API}.example"
    callbacks: str = f"https://{API}.example"
    endpoint: str | None = None
    authorization: str | None = None

    @property
    def tags(self) -> dict[str, str]:
        """The tag that every resource of this lab carries. Roles are account-wide, hence the region."""
        return {TAG: f"{self.region}/{self.prefix}"}

    def name(self, name: str) -> str:
        """Return a resource's name in AWS."""
        return f"{self.prefix}{name}"

    def arn(self, service: str, resource: str) -> str:
        """Return an ARN in this account and region; IAM's have no region."""
        region = "" if service == "iam" else self.region
        return f"arn:{self.partition}:{service}:{region}:{self.account}:{resource}"

    def invoke_arn(self, function: str) -> str:
        """Return the integration URI of a function. A bare function ARN is the HTTP API's form: 500 here."""
        target = self.arn("lambda", f"function:{function}")
        path = f"lambda:path/2015-03-31/functions/{target}/invocations"
        return f"arn:{self.partition}:apigateway:{self.region}:{path}"

    def url(self, api_id: str, stage: str) -> str:
        """Return the URL that a client connects to."""
        return f"{self.sockets}/{stage}".replace(API, api_id)


def canonical(document: object) -> str:
    """Return a JSON document in the one form in which equal documents are equal strings."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One thing in AWS; `name` is unique among its class within a lab."""

    name: str
    kind: ClassVar[str] = ""
    heading: ClassVar[Task] = Task.API
    fixed: ClassVar[frozenset[str]] = frozenset()
    """The attributes that AWS does not let anybody change."""

    @property
    def task(self) -> Task:
        """The lab's heading that it stands under."""
        return self.heading

    @property
    def key(self) -> Key:
        """What it is found by."""
        return (self.kind, self.name)

    @property
    def lane(self) -> Key:
        """What it is a part of: AWS takes changes of one such thing only one after another."""
        return self.key

    def differences(self, found: "Resource") -> dict[str, tuple[Any, Any]]:
        """Return what differs, as attribute: (wanted, found)."""
        pairs = {f.name: (getattr(self, f.name), getattr(found, f.name)) for f in fields(self)}
        return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


@dataclass(frozen=True, kw_only=True)
class Table(Resource):
    """A DynamoDB table, on demand, with one string key; `ttl` is the attribute of its time to live."""

    kind = "table"
    heading = Task.TABLES
    fixed = frozenset({"partition_key"})
    partition_key: str
    ttl: str | None = None
    billing: str = "PAY_PER_REQUEST"


@dataclass(frozen=True, kw_only=True)
class LogGroup(Resource):
    """A CloudWatch log group. Lambda would make it by itself, without an end to what it keeps."""

    kind = "log group"
    heading = Task.FUNCTIONS
    retention_days: int | None


@dataclass(frozen=True, kw_only=True)
class Role(Resource):
    """An IAM role; `trust` is the document that says who may assume it."""

    kind = "role"
    heading = Task.FUNCTIONS
    trust: str


@dataclass(frozen=True, kw_only=True)
class Policy(Resource):
    """The inline policy of the role of that name; one that names the API belongs to the API's task."""

    kind = "policy"
    document: str

    @property
    def lane(self) -> Key:
        """The role's."""
        return (Role.kind, self.name)

    @property
    def task(self) -> Task:
        """The API's id is in it, so it can't be written before the API exists."""
        return Task.API if API in self.document else Task.FUNCTIONS


@dataclass(frozen=True, kw_only=True)
class Function(Resource):
    """A Lambda function; `code` is its zip's SHA-256 in base64. Memory in MB, timeout in seconds.

    `state` and `last_update` are as they should be, or tell AWS's reason: a function that could not be made
    has to be made anew, while a change that failed can be sent again.
    """

    kind = "function"
    heading = Task.FUNCTIONS
    fixed = frozenset({"state"})
    role: str
    handler: str
    code: str
    runtime: str
    architecture: str
    memory: int
    timeout: int
    environment: tuple[tuple[str, str], ...]
    state: str = "Active"
    last_update: str = "Successful"


@dataclass(frozen=True, kw_only=True)
class Api(Resource):
    """The WebSocket API; `selection` is the route selection expression.

    `title` is what AWS calls its name, by which it is found as well as by its tag. `description` says who
    may connect, so that a later run knows it, and `status` sees a change.
    """

    kind = "API"
    fixed = frozenset({"protocol"})
    title: str
    selection: str
    description: str = DESCRIPTIONS[OPEN]
    protocol: str = "WEBSOCKET"

    @property
    def lane(self) -> Key:
        """All parts of the API are in one lane: it refuses parallel changes ("concurrent modification")."""
        return (Api.kind, "")


@dataclass(frozen=True, kw_only=True)
class PartOfApi(Resource):
    """What lives inside the API, and goes with it."""

    @property
    def lane(self) -> Key:
        """The API's."""
        return (Api.kind, "")


@dataclass(frozen=True, kw_only=True)
class Integration(PartOfApi):
    """What a route leads to: a function (AWS_PROXY), or a fixed answer without one (MOCK).

    `request` is the request template of a MOCK: without one that yields a status, it answers Internal
    server error. `selects` is the expression that picks it; `answer` is the integration response.
    """

    kind = "integration"
    type: str
    description: str
    function: str | None = None
    method: str | None = None
    request: str | None = None
    selects: str | None = None
    answer: tuple[str | None, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Permission(Resource):
    """The statement in a function's policy that lets one route of the API invoke it."""

    kind = "permission"
    function: str
    source: str
    principal: str = "apigateway.amazonaws.com"
    action: str = "lambda:InvokeFunction"

    @property
    def lane(self) -> Key:
        """The function's: it refuses parallel changes of its policy."""
        return (Function.kind, self.function)


@dataclass(frozen=True, kw_only=True)
class Route(PartOfApi):
    """A route; `name` is its key. Only what a two-way route's function returns reaches the client.

    `two_way` is whether it has the route response selection expression, which is in vain without a route
    response: `responds` is false if that is missing.
    """

    kind = "route"
    integration: str | None
    two_way: bool
    responds: bool = True
    authorization: str = OPEN


@dataclass(frozen=True, kw_only=True)
class Deployment(PartOfApi):
    """A snapshot of the routes; `name` is the digest of them, which stands in its description."""

    kind = "deployment"


@dataclass(frozen=True, kw_only=True)
class Stage(PartOfApi):
    """A stage, and the deployment that it serves."""

    kind = "stage"
    deployment: str | None
    tag: str | None
    auto_deploy: bool = False
