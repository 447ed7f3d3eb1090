"""What a raw HTTP request asks of AWS: the service, the operation, its parameters and its resource."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from tests.support.models import LOADER

MODELS = {
    "apigateway": "apigatewayv2",
    "dynamodb": "dynamodb",
    "iam": "iam",
    "lambda": "lambda",
    "logs": "logs",
    "sts": "sts",
}
"""The name in a signature, to that of botocore's model."""
REST = {"apigateway", "lambda"}
DATA = {
    "lambda": {"Invoke"},
    "logs": {"FilterLogEvents", "GetLogEvents", "PutLogEvents"},
    "dynamodb": {
        *("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan"),
        *("BatchGetItem", "BatchWriteItem", "TransactGetItems", "TransactWriteItems"),
    },
    "sts": {"GetCallerIdentity"},
}
"""What is no matter of the control plane."""
XML = {"iam": "https://iam.amazonaws.com/doc/2010-05-08/", "sts": "https://sts.amazonaws.com/doc/2011-06-15/"}
READS = ("Get", "List", "Describe", "Simulate")
SCOPE = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")


@dataclass(frozen=True)
class Request:
    """`target` is the path and the query, as they came; the headers' names are lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def ok(self) -> bool:
        return self.status < 300

    @property
    def json(self) -> Any:  # noqa: ANN401
        return json.loads(self.body or b"{}")

    def with_date(self, date: str) -> "Answer":
        """Return the same with another Date."""
        kept = {name: value for name, value in self.headers.items() if name.lower() != "date"}
        return replace(self, headers=kept | {"Date": date})

    def with_json(self, body: object) -> "Answer":
        """Return the same with another body; of the headers those that speak of the body go."""
        return self.with_body(json.dumps(body).encode())

    def with_body(self, body: bytes) -> "Answer":
        kept = {k: v for k, v in self.headers.items() if k.lower() not in {"content-length", "x-amz-crc32"}}
        return Answer(self.status, kept, body)


@dataclass(frozen=True)
class Call:
    """One call: `resource` is a name, or the path of a part of an API; `time` in the clock's seconds."""

    service: str
    operation: str
    resource: str
    time: float
    key: str
    write: bool
    region: str = field(repr=False)
    params: Mapping[str, Any] = field(repr=False, compare=False)
    request: Request = field(repr=False, compare=False)

    @property
    def control(self) -> bool:
        """Whether it is a matter of the control plane."""
        return self.operation not in DATA.get(self.service, ())

    @property
    def read(self) -> bool:
        return self.control and not self.write

    @property
    def about(self) -> str:
        """The resource that it is about, also where it is about the tags of one."""
        return self.resource.partition("::/")[2] or self.resource

    @property
    def api(self) -> str:
        """The API's id, of a call on one API."""
        return str(self.params.get("apiId", ""))


def identify(request: Request, now: float) -> Call | None:
    """Return what is asked; None for what is no call of a service that is known here."""
    scope = SCOPE.search(request.headers.get("authorization", ""))
    if scope is None or scope[3] not in MODELS:
        return None
    key, region, service = scope[1], scope[2], scope[3]
    if service in REST:
        found = _rest(service, request)
        if found is None:
            return None
        operation, params = found
    elif target := request.headers.get("x-amz-target"):
        operation, params = target.rpartition(".")[2], json.loads(request.body or b"{}")
    else:
        params = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        operation = params.get("Action", "")
    resource = _resource(service, params, request)
    write = not operation.startswith(READS) and operation not in DATA.get(service, ())
    return Call(service, operation, resource, now, key, write, region, params, request)


@cache
def model(service: str, kind: str = "service-2") -> Any:  # noqa: ANN401
    """Return botocore's model of a service, named as in signatures, or of how its lists are paged."""
    return LOADER.load_service_model(MODELS[service], kind)


@cache
def _patterns(service: str) -> tuple[tuple[str, re.Pattern[str], str], ...]:
    """Return method, path and operation of each call; no two of one method match the same path."""
    found = []
    for name, operation in model(service)["operations"].items():
        http = operation["http"]
        path = http["requestUri"].partition("?")[0].rstrip("/")
        parts = re.split(r"\{([\w-]+)(\+?)\}", path)
        pattern = re.escape(parts[0])
        for label, greedy, literal in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
            group = label.replace("-", "_")
            pattern += f"(?P<{group}>{'.+' if greedy else '[^/]+'}){re.escape(literal)}"
        found.append((http["method"], re.compile(pattern), name))
    return tuple(found)


def _rest(service: str, request: Request) -> tuple[str, dict[str, Any]] | None:
    parts = urlsplit(request.target)
    path = parts.path.rstrip("/")
    for method, pattern, name in _patterns(service):
        if method == request.method and (match := pattern.fullmatch(path)):
            params: dict[str, Any] = dict(parse_qsl(parts.query))
            if name not in DATA.get(service, ()) and request.body:
                params |= json.loads(request.body)
            return name, params | {label: unquote(value) for label, value in match.groupdict().items()}
    return None


def _resource(service: str, params: Mapping[str, Any], request: Request) -> str:
    if service == "apigateway":
        return unquote(urlsplit(request.target).path).removeprefix("/v2/").rstrip("/")
    arn = str(params.get("ResourceArn") or params.get("resourceArn") or params.get("Resource") or "")
    if service == "iam":
        return str(params.get("RoleName") or params.get("UserName") or "")
    if service == "dynamodb":
        return str(params.get("TableName") or arn.partition(":table/")[2]).rpartition("/")[2]
    if service == "logs":
        name = (
            params.get("logGroupName") or params.get("logGroupIdentifier") or params.get("logGroupNamePrefix")
        )
        return str(name or arn.partition(":log-group:")[2].removesuffix(":*"))
    return str(params.get("FunctionName") or arn).rpartition(":")[2]


def similar(call: Call, method: str, target: str, body: object = None, **headers: str) -> Request:
    """Return another request of the same caller to the same service, not signed yet."""
    kept = {name: call.request.headers[name] for name in ("host", "authorization")}
    return Request(method, target, kept | headers, json.dumps(body).encode() if body is not None else b"")


def beside(call: Call, method: str, target: str, body: object = None, **headers: str) -> Call:
    """Return another call of the same caller to the same service at the same time."""
    asked = identify(similar(call, method, target, body, **headers), call.time)
    assert asked
    return asked


def members(call: Call, name: str) -> list[dict[str, str]]:
    """Return the elements of a list among the parameters of IAM, each by the paths inside of it."""
    found: dict[int, dict[str, str]] = {}
    for key, value in call.params.items():
        if match := re.fullmatch(rf"{name}\.member\.(\d+)\.?(.*)", key):
            found.setdefault(int(match[1]), {})[match[2]] = str(value)
    return [each for _, each in sorted(found.items())]


def tags_of(call: Call) -> dict[str, str]:
    """Return the tags that a call gives."""
    listed: Any = members(call, "Tags") or next(
        (value for name, value in call.params.items() if name.lower() == "tags"), {}
    )
    return listed if isinstance(listed, dict) else {each["Key"]: each["Value"] for each in listed}


def xml(service: str, operation: str, result: str) -> Answer:
    """Return an answer of IAM or STS."""
    body = (
        f'<{operation}Response xmlns="{XML[service]}"><{operation}Result>{result}</{operation}Result>'
        f"</{operation}Response>"
    )
    return Answer(200, {"Content-Type": "text/xml"}, body.encode())


def token(number: int) -> str:
    """Return an opaque token for a page of a list."""
    return base64.urlsafe_b64encode(number.to_bytes(18, "big")).decode()


def path_of(*parts: str) -> str:
    return "/" + "/".join(quote(part, safe="") for part in parts)
