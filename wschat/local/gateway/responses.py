"""What API Gateway responds: to a handshake, to a message, to a call over HTTP, when it closes."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from typing import NamedTuple

from wschat.local.gateway.model import Integration, Route, mock_status
from wschat.local.gateway.quotas import MESSAGE_BYTES
from wschat.protocol.json_objects import json_object


class Problem(Enum):
    """What goes wrong: the message of the frame, the status of the handshake, and its own name."""

    FORBIDDEN = ("Forbidden", 403, "no such route")
    THROTTLED = ("Too Many Requests", 429, "a throttle")
    RAISED = ("Internal server error", 502, "the function raised")
    MALFORMED = ("Internal server error", 502, "the function returned no response")
    REFUSED = ("Internal server error", 500, "the function can't be invoked")
    TIMED_OUT = ("Endpoint request timed out", 504, "the function takes too long")
    UNAUTHORIZED = ("Unauthorized", 401, "an authorizer was not asked, or does not know who it is")
    NO_VERDICT = ("", 500, "an authorizer failed, or returned no policy")

    def __init__(self, message: str, status: int, _: str) -> None:
        self.message = message
        self.status = status


@dataclass(frozen=True)
class Result:
    """What came of an integration: a problem, with the reason for the log, or an answer.

    Its headers' names are in lower case. `raised` is the message of the error that the function raised, and
    `returned` what Lambda returned of it.
    """

    problem: Problem | None = None
    reason: str = ""
    raised: str = ""
    returned: bytes | None = None
    status: int = HTTPStatus.OK
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


MALFORMED = Result(Problem.MALFORMED, "Malformed Lambda proxy response")
TOO_LONG = f"what is replied has more than {MESSAGE_BYTES // 1024} KB"
STATUSES = {str(status) for status in range(200, 600)}
IN_A_HEADER = re.compile(r"[\t -~\x80-\xff]*")
"""What HTTP can bear there."""


def read_proxy(returned: bytes) -> Result:
    """Read what a function returned to an AWS_PROXY integration."""
    response = json_object(returned)
    if response is None:
        return MALFORMED
    status, body, headers = (response.get(name) for name in ("statusCode", "body", "headers"))
    if not (str(status) in STATUSES and isinstance(body, str | None) and isinstance(headers, dict | None)):
        return MALFORMED
    headers = {name.lower(): str(value) for name, value in (headers or {}).items()}
    if not all(IN_A_HEADER.fullmatch(text) for header in headers.items() for text in header):
        return MALFORMED
    return Result(status=int(str(status)), body=body or "", headers=headers)


def read_mock(integration: Integration) -> Result:
    """Read what a MOCK answers: its request template must yield an integer as `statusCode`.

    No template is evaluated: what stands in it is what it yields.
    """
    status = mock_status(integration.request_template)
    if status is None:
        return Result(Problem.REFUSED, "statusCode should be an integer which defined in request template")
    return Result(status=status, body=integration.response_template or "")


def reply(route: Route | None, result: Result) -> str | Problem | None:
    """Return what the client gets in return for a message: text, a problem, or nothing.

    A problem is reported on a one-way route as well, but for a malformed response, which is not sent there
    anyway. Of a response only the body is sent, on a two-way route, whatever its status: recorded of 503
    (us-east-1, 2026-09), inferred of 4xx.
    """
    two_way = route is not None and route.two_way
    if result.problem is Problem.MALFORMED and not two_way:
        return None
    if result.problem:
        return result.problem
    return result.body if two_way and result.body else None


def sendable(route: Route, result: Result) -> Result:
    """Return what came of a message's integration; that a two-way route's body is too long is a problem."""
    too_long = route.two_way and len(result.body.encode()) > MESSAGE_BYTES
    return Result(Problem.REFUSED, TOO_LONG) if too_long else result


def frame(message: str, connection_id: str, request_id: str) -> str:
    """Return the frame, or the body of a handshake, that reports a problem; spaced as on AWS."""
    text = json.dumps(message, ensure_ascii=False)
    return f'{{"message": {text}, "connectionId":"{connection_id}", "requestId":"{request_id}"}}'


def phrase(status: int) -> str:
    """Return the reason phrase of a handshake that `$connect` refuses with a status of its own."""
    return HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Unknown"


Reply = tuple[int, dict[str, str], bytes]
"""An answer over HTTP, as MiniStack has it: it adds headers of its own."""
ERRORS = {
    HTTPStatus.BAD_REQUEST: "BadRequestException",
    HTTPStatus.FORBIDDEN: "ForbiddenException",
    HTTPStatus.NOT_FOUND: "NotFoundException",
    HTTPStatus.GONE: "GoneException",
    HTTPStatus.TOO_MANY_REQUESTS: "LimitExceededException",
}
"""The errors of botocore's service models, of which each has a status of its own."""


WHY = {
    HTTPStatus.GONE: "it is not open, or of another API",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: f"more than {MESSAGE_BYTES // 1024} KB",
    HTTPStatus.TOO_MANY_REQUESTS: "beyond a throttle, or the client reads too slowly",
}
"""What an error's empty body does not say."""


def why(answer: Reply) -> str:
    """Return why a request was refused; nothing if it was served."""
    status, _, body = answer
    if status < HTTPStatus.BAD_REQUEST:
        return ""
    told = json.loads(body or b"{}")
    return str(told.get("message") or told.get("Message") or WHY.get(HTTPStatus(status), ""))


def ok(body: bytes = b"") -> Reply:
    """Return the answer to a request that was served."""
    return HTTPStatus.OK, {"content-type": "application/json"}, body


def error(status: int, message: str = "") -> Reply:
    """Return the answer that refuses a request; without a message its body is empty."""
    return refusal(status, ERRORS[HTTPStatus(status)], {"message": message} if message else None)


def refusal(status: int, name: str, told: object = None) -> Reply:
    """Return the answer of an error by its name, with what is told of it as JSON, without spaces as AWS's."""
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":")) if told else ""
    return status, {"content-type": "application/json", "x-amzn-errortype": name}, text.encode()


class Close(NamedTuple):
    """How a connection ends, as `$disconnect` reports it."""

    code: int
    reason: str


GOING_AWAY = Close(1001, "Going away")
BINARY = Close(1003, "Binary is not supported")
DELETED = Close(1000, "Connection Closed Normally")
NO_CODE = Close(1005, "Client-side close frame status not set")
RESTART = Close(1012, "Service restart")
DROPPED = Close(1006, "")
