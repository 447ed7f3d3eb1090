"""Who may connect, as the route `$connect` asks: anybody, who signs, or whom a Lambda authorizer lets in.

And what answers a handshake.
"""

import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from email.utils import formatdate
from http import HTTPStatus
from typing import Any, NamedTuple

from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from wschat.local.gateway import events
from wschat.local.gateway.events import LATENCY, ConnectionInfo, Event, Handshake, RequestInfo
from wschat.local.gateway.model import ANYONE, AWS_IAM, Authorizer, Integration, Route, Stage
from wschat.local.gateway.responses import Problem, Result, phrase
from wschat.protocol.json_objects import json_object

CUSTOM = "CUSTOM"
SOURCE = re.compile(
    r"route\.request\.(header|querystring)\.([\w.-]+)|(stageVariables|context)\.([\w.-]+)", re.ASCII
)
"""An identity source, as CreateAuthorizer takes it."""
NEVER_THERE = {"eventType", "messageDirection"}
"""What the context has, and an identity source does not find (recorded, us-east-1, 2026-09)."""
RAISED = "Unauthorized"
"""What an authorizer raises to have a handshake refused with 401."""
SCALARS = (str, int, float, bool, type(None))
TWO_SIGNATURES = (
    b"<html>\r\n<head><title>400 Bad Request</title></head>\r\n<body>\r\n"
    b"<center><h1>400 Bad Request</h1></center>\r\n</body>\r\n</html>\r\n"
)

Identity = dict[str, str]
CheckSignature = Callable[[Request, Stage], Identity | str]
Decide = Callable[[object, Stage, str], str | None]
Invoke = Callable[[Integration, str, Event], Awaitable[Result | bytes]]


class Attempt(NamedTuple):
    """Somebody who wants to connect: the request, what functions see of it, and what is known so far."""

    request: Request
    handshake: Handshake
    info: ConnectionInfo
    about: RequestInfo


@dataclass(frozen=True)
class Admission:
    """Decides who may connect.

    Attributes:
        check: checks the signature of a handshake; returns who it is, or why not.
        decide: returns what a policy says of connecting to a stage from an address; None if it is no policy.
        invoke: invokes a function; returns what it returns, or the problem.
    """

    check: CheckSignature
    decide: Decide
    invoke: Invoke

    async def admit(self, attempt: Attempt, stage: Stage, route: Route) -> ConnectionInfo | Result:
        """Return what is known of who connects, or the refusal, whose body is the message, if it has one."""
        if route.authorization == AWS_IAM:
            who = self.check(attempt.request, stage)
            if isinstance(who, str):
                return Result(Problem.FORBIDDEN, who, body=who)
            return replace(attempt.info, identity={**attempt.info.identity, **who})
        if route.authorization == CUSTOM and route.authorizer:
            return await self._ask(route.authorizer, attempt, stage)
        if route.authorization != ANYONE:
            return Result(Problem.REFUSED, f"there is no {route.authorization} authorizer of the route's")
        return attempt.info

    async def _ask(self, authorizer: Authorizer, attempt: Attempt, stage: Stage) -> ConnectionInfo | Result:
        """Ask an authorizer's function, each time anew: WebSocket APIs have no cache for its answers."""
        info = attempt.info
        event = events.authorize(info, attempt.about, attempt.handshake, stage)
        missing = [source for source in authorizer.sources if not _find(source, event)]
        if missing:
            return Result(Problem.UNAUTHORIZED, f"the handshake has no {', '.join(missing)}")
        asked = time.monotonic()
        returned = await self.invoke(
            stage.filled(authorizer.function), stage.authorizer_arn(authorizer), event
        )
        if isinstance(returned, Result):
            return _failed(returned)
        policy, told = read(returned)
        decision = None if told is None else self.decide(policy, stage, info.identity.get("sourceIp", ""))
        if told is None or decision is None:
            return Result(
                Problem.NO_VERDICT,
                "the authorizer returned no policy, or a context of more than scalars",
            )
        if decision != "Allow":
            why = f"User is not authorized to access this resource {because('execute-api:Invoke', decision)}"
            return Result(Problem.FORBIDDEN, why, body=why)
        return replace(info, authorizer={**told, LATENCY: round((time.monotonic() - asked) * 1000)})


def because(action: str, decision: str) -> str:
    """Return why a policy that does not allow an action does not, in AWS's words."""
    if decision == "Deny":
        return "with an explicit deny in an identity-based policy"
    return f"because no identity-based policy allows the {action} action"


def _failed(result: Result) -> Result:
    """Return what comes of an authorizer that failed: 401 if it says so, 500 otherwise."""
    if result.problem is Problem.RAISED:
        problem = Problem.UNAUTHORIZED if result.raised == RAISED else Problem.NO_VERDICT
        return Result(problem, f"the authorizer: {result.reason}")
    return Result(Problem.REFUSED, f"the authorizer: {result.reason}")


def _find(source: str, event: Event) -> Any:  # noqa: ANN401  any JSON
    """Return the value of an identity source, which is not there if it is empty; of several the last."""
    matched = SOURCE.fullmatch(source)
    if not matched:
        return None
    kind, name, where, path = matched.groups()
    if kind == "header":
        values = {each.lower(): value for each, value in event["headers"].items()}
        return values.get(name.lower())
    if kind == "querystring":
        return event["queryStringParameters"].get(name)
    found: Any = event["stageVariables"]
    if where == "context":
        found = {key: value for key, value in event["requestContext"].items() if key not in NEVER_THERE}
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def read(returned: bytes) -> tuple[object, dict[str, str] | None]:
    """Read what an authorizer returned: its policy, and what it says of who connects, as texts.

    That is None if it is no answer of an authorizer's. Nulls are left out, and all else becomes the text of
    its JSON (recorded, us-east-1, 2026-09).
    """
    answer = json_object(returned)
    if answer is None:
        return None, None
    context = answer.get("context")
    context = {} if context is None else context
    if not isinstance(context, dict):
        return None, None
    told = {**context, "principalId": answer.get("principalId")}
    if not all(isinstance(value, SCALARS) for value in told.values()):
        return None, None
    return answer.get("policyDocument"), {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in told.items()
        if value is not None
    }


class Accepted(NamedTuple):
    """The answer to a handshake that opens a connection, with the subprotocol that `$connect` chose."""

    info: ConnectionInfo
    subprotocol: str = ""


def refuse_two_signatures() -> Response:
    """Return the answer to two Authorization headers, that of the load balancer before API Gateway."""
    head = {"Server": "awselb/2.0", "Date": formatdate(usegmt=True), "Content-Type": "text/html"}
    length = {"Content-Length": str(len(TWO_SIGNATURES)), "Connection": "close"}
    status = HTTPStatus.BAD_REQUEST
    return Response(status, status.phrase, Headers({**head, **length}), TWO_SIGNATURES)


def refuse(status: int, body: str, request_id: str, content_type: str = "application/json") -> Response:
    """Return the answer that refuses a handshake; AWS, but for this, keeps the connection alive."""
    content, charset = body.encode(), "" if "charset=" in content_type.lower() else "; charset=UTF-8"
    headers = {
        "Date": formatdate(usegmt=True),
        "Content-Type": content_type + charset,
        "Content-Length": str(len(content)),
        "Connection": "close",
        "x-amz-apigw-id": request_id,
    }
    return Response(status, phrase(status), Headers(headers), content)
