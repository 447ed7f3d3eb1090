"""The management API over HTTP: whose connections, through which stage, and by whose leave.

There is nothing else of a WebSocket API over HTTP.
"""

import json
import time
from collections.abc import Callable
from http import HTTPStatus

from ministack.app import _credential_failure, _enforce_data_plane, _parse_execute_api_url
from ministack.core.iam_evaluator import AuthError
from ministack.services.apigateway import _api_owner

from wschat.local.access.front import Manage
from wschat.local.access.signatures import Asked, Claim
from wschat.local.gateway import ids
from wschat.local.gateway.addresses import PREFIX as APIS
from wschat.local.gateway.addresses import is_in, path_here
from wschat.local.gateway.gateway import Gateway
from wschat.local.gateway.iam import identity, is_allowed
from wschat.local.gateway.model import Stage
from wschat.local.gateway.responses import Reply, error, refusal
from wschat.local.logs.access import Call
from wschat.target import HOST

PREFIX = "/@connections/"
MANAGE = "execute-api:ManageConnections"
DENIED = "AccessDeniedException"
UNTRACED = {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE}


def management(gateway: Gateway, log: Callable[[Call], None]) -> Manage:
    """Return what handles requests to connections, as recorded of AWS (us-east-1, 2026-09).

    `log` writes what stages have logged of a call; it is recorded of what was answered with 204 or 410.
    """

    async def manage(path: str, asked: Asked, body: bytes, claim: Claim | AuthError) -> Reply | None:
        host = asked.headers.get("host", "")
        here = path_here(host, path)
        no_stage = here.removeprefix(f"{APIS}/").strip("/"), "", ""
        api, stage, rest = _parse_execute_api_url(host, here) or no_stage
        protocol, _, region = _api_owner(api) or ("", "", "")
        if not rest.startswith(PREFIX):
            return error(HTTPStatus.FORBIDDEN, "Forbidden") if protocol == "WEBSOCKET" else None
        if not is_in(region, host):
            stage = ""  # no API is there
        connection, began, logging = rest.removeprefix(PREFIX), time.time(), list[Stage]()

        def denied(there: Stage) -> Reply | None:
            refused = may_not_manage(there, asked, claim)
            if not refused and there.description.get("accessLogSettings"):
                logging.append(there)
            return refused

        status, told, answer = await gateway.manage(asked.method, api, stage, connection, body, denied)
        if status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            told["x-amzn-requestid"] = ids.uuid()
            told["x-amz-apigw-id"] = ids.request_id()
        if status not in UNTRACED:
            told["X-Amzn-Trace-Id"] = ids.trace_id()
        for there in logging:
            made = told["x-amzn-requestid"], told["x-amz-apigw-id"]
            log(Call(there, asked.method, connection, _who(asked, claim), *made, status, began, time.time()))
        return status, told, answer

    return manage


def _who(asked: Asked, claim: Claim | AuthError) -> dict[str, str]:
    """Return who called, as an access log has it."""
    signed = identity(claim) if isinstance(claim, Claim) else {}
    return {**signed, "sourceIp": HOST, "userAgent": asked.headers.get("user-agent", "")}


def may_not_manage(stage: Stage, asked: Asked, claim: Claim | AuthError) -> Reply | None:
    """Return the refusal of who does not sign, signs wrongly, or may not manage a stage's connections.

    Policies are held against `…/STAGE/METHOD/@connections/{connectionId}`, literally: one that names a
    connection allows nothing. The text has four digits of the account (recorded, us-east-1, 2026-09).
    """
    arn = stage.arn(f"{asked.method}/@connections/{{connectionId}}")
    named = arn.replace(f":{stage.account}:", f":{stage.account[-4:]:*>12}:")
    if isinstance(claim, AuthError):
        refused = _credential_failure("apigateway", MANAGE, "", claim, asked.headers)
    elif is_allowed(claim, MANAGE, arn, stage.region):
        return None
    else:
        refused = _enforce_data_plane(
            "apigateway", MANAGE, asked.headers, asked.query, "", resource_arn=arn, named_resource=named
        )
    if not refused:
        return None
    told = json.loads(refused[2])
    message = "Message" if told["__type"] == DENIED else "message"
    return refusal(HTTPStatus.FORBIDDEN, told["__type"], {message: told["message"]})
