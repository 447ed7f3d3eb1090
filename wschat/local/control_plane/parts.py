"""The parts of WebSocket APIs as AWS takes, keeps and refuses them, where MiniStack does otherwise.

Whoever makes a part, over HTTP, by a stack or otherwise, comes to the functions of MiniStack that are
replaced here. What AWS answers is recorded (us-east-1, 2026-09): see `shapes`.
"""

import json
import re
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from typing import Any

from ministack.services import apigateway

from wschat.local.control_plane.shapes import NOT_OF_WEBSOCKETS, WEBSOCKET, complete
from wschat.local.gateway.admission import SOURCE
from wschat.local.gateway.model import Json
from wschat.local.gateway.responses import Reply, error, refusal

Act = Callable[..., Reply]
KEPT = {
    "integration": ("credentialsArn", "templateSelectionExpression", "passthroughBehavior", "connectionId"),
    "authorizer": ("identityValidationExpression",),
}
"""What MiniStack forgets of a part."""
ROLE = re.compile(r"arn:aws[\w-]*:iam::\d{12}:(?:role/\S+|\S*\$\{stageVariables\.\w+\}\S*)", re.ASCII)
NO_ROLE = "Invalid role ARN"
NO_SOURCE = (
    "Invalid request identity source expression: {}. The sources must be separated by comma, and each source "
    "must be either a request parameter, matching 'route.request.querystring|header.[a-zA-Z0-9._-]+', or a "
    "stage variable, matching 'stageVariables.[a-zA-Z0-9._-]+', or a context parameter, matching "
    "'context.[a-zA-Z0-9._-]+'"
)


@cache
def make_as_aws() -> None:
    """Let MiniStack make, change and delete the parts of WebSocket APIs as AWS does from now on."""
    own = vars(apigateway)
    for name in KEPT:
        for verb in ("create", "update"):
            own[f"_{verb}_{name}"] = _keeping(name, own[f"_{verb}_{name}"])
    own["_delete_authorizer"] = _unless_in_use(own["_delete_authorizer"])
    own["_update_stage"] = _merging_variables(own["_update_stage"])


def _keeping(name: str, act: Act) -> Act:
    """Return what creates or updates a part and keeps all of it; of a WebSocket API what AWS takes alone."""

    def acts(api: str, *told: Any) -> Reply:  # noqa: ANN401  the ids of a part, and what is asked
        *place, asked = told
        creates = not place
        if is_websocket(api):
            if why := REFUSALS[name](asked, creates=creates):
                return error(HTTPStatus.BAD_REQUEST, why)
            asked = complete(f"{name}s", asked) if creates else asked
            sources = asked.get("identitySource")
            asked = {**asked, "identitySource": [*filter(None, sources)]} if sources else asked
        status, headers, answer = act(api, *place, asked)
        if status >= HTTPStatus.BAD_REQUEST:
            return status, headers, answer
        part = getattr(apigateway, f"_{name}s")[api][json.loads(answer)[f"{name}Id"]]
        for field in KEPT[name]:
            if asked.get(field):
                part[field] = asked[field]
            elif field in asked:
                part.pop(field, None)
        reply: Reply = apigateway._apigw_response(part, status)  # noqa: SLF001
        return reply

    return acts


def _unless_in_use(delete: Act) -> Act:
    """Return what deletes an authorizer, if no route of a WebSocket API has it."""

    def deletes(api: str, authorizer: str) -> Reply:
        found = apigateway._authorizers.get(api, {}).get(authorizer)  # noqa: SLF001
        routes = apigateway._routes.get(api, {}).values() if found and is_websocket(api) else ()  # noqa: SLF001
        for route in routes:
            if route.get("authorizerId") == authorizer:
                why = (
                    f"Cannot delete authorizer '{found['name']}', is referenced in route: {route['routeKey']}"
                )
                return refusal(HTTPStatus.CONFLICT, "ConflictException", {"message": why})
        return delete(api, authorizer)

    return deletes


def _merging_variables(update: Act) -> Act:
    """Return what updates a stage: a variable that is not named stays."""

    def updates(api: str, name: str, asked: Json) -> Reply:
        stage = apigateway._stages.get(api, {}).get(name, {})  # noqa: SLF001
        if "stageVariables" in asked and is_websocket(api):
            merged = {**(stage.get("stageVariables") or {}), **(asked["stageVariables"] or {})}
            asked = {**asked, "stageVariables": merged}
        return update(api, name, asked)

    return updates


def is_websocket(api: str) -> bool:
    """Tell whether an API, of this account and region, is one of WebSockets."""
    return bool(apigateway._apis.get(api, {}).get("protocolType") == WEBSOCKET)  # noqa: SLF001


def _refuse_integration(asked: Json, *, creates: bool) -> str:  # noqa: ARG001  both kinds are asked alike
    """Return why AWS refuses an integration: no role is none, and the caller's own can't be asked for."""
    role = asked.get("credentialsArn")
    return NO_ROLE if role and not ROLE.fullmatch(role) else ""


def _refuse_authorizer(asked: Json, *, creates: bool) -> str:
    """Return why AWS refuses an authorizer; an update without a role takes it away, a create does not."""
    for field in NOT_OF_WEBSOCKETS["authorizers"]:
        if field in asked:
            return f"{field[0].upper()}{field[1:]} cannot be set for WEBSOCKET protocol Apis."
    if asked.get("authorizerType", "REQUEST") != "REQUEST":
        return str(apigateway._WS_AUTHORIZER_TYPE_MESSAGE)  # noqa: SLF001
    for source in asked.get("identitySource") or ():
        if source and not SOURCE.fullmatch(source):
            return NO_SOURCE.format(source)
    role = asked.get("authorizerCredentialsArn")
    refused = not (role is None or ROLE.fullmatch(role)) and (creates or role)
    return NO_ROLE if refused else ""


REFUSALS: dict[str, Callable[..., str]] = {
    "integration": _refuse_integration,
    "authorizer": _refuse_authorizer,
}
