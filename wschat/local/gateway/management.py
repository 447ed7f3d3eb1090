"""The management API over HTTP: its requests go to the gateway before MiniStack asks IAM about them."""

import json
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus

from ministack.app import _enforce_data_plane, _parse_execute_api_url

from wschat.local.gateway import ids
from wschat.local.gateway.addresses import path_here
from wschat.local.gateway.gateway import Gateway
from wschat.local.gateway.model import Json, Stage
from wschat.local.gateway.responses import Reply, refusal

Handle = Callable[..., Awaitable[Reply | None]]
PREFIX = "/@connections/"
MANAGE = "execute-api:ManageConnections"
DENIED = "AccessDeniedException"
UNTRACED = {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE}


def with_management(gateway: Gateway, others: Handle) -> Handle:
    """Return what handles all requests to APIs: those to connections as recorded of AWS (us-east-1, 2026-09).

    `others` is MiniStack's own handler, which handles the rest; None is what is no request to an API.
    """

    async def handle(
        host: str, path: str, method: str, headers: Json, body: bytes, query: Json, **more: object
    ) -> Reply | None:
        path = path_here(host, path)
        api, stage, rest = _parse_execute_api_url(host, path) or ("", "", "")
        if not rest.startswith(PREFIX):
            return await others(host, path, method, headers, body, query, **more)
        denied = partial(may_not_manage, method=method, headers=headers, query=query)
        status, told, answer = await gateway.manage(
            method, api, stage, rest.removeprefix(PREFIX), body, denied
        )
        if status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            told["x-amz-apigw-id"] = ids.request_id()
        if status not in UNTRACED:
            told["X-Amzn-Trace-Id"] = ids.trace_id()
        return status, told, answer

    return handle


def may_not_manage(stage: Stage, method: str, headers: Json, query: Json) -> Reply | None:
    """Return the refusal of who does not sign, signs wrongly, or may not manage a stage's connections.

    Policies are held against `…/STAGE/METHOD/@connections/{connectionId}`, literally: one that names a
    connection allows nothing. The text has four digits of the account (recorded, us-east-1, 2026-09).
    """
    arn = stage.arn(f"{method}/@connections/{{connectionId}}")
    named = arn.replace(f":{stage.account}:", f":{stage.account[-4:]:*>12}:")
    refused = _enforce_data_plane(
        "apigateway", MANAGE, headers, query, "", resource_arn=arn, named_resource=named
    )
    if not refused:
        return None
    told = json.loads(refused[2])
    message = "Message" if told["__type"] == DENIED else "message"
    return refusal(HTTPStatus.FORBIDDEN, told["__type"], {message: told["message"]})
