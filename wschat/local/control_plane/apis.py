"""The control plane: MiniStack's, what the gateway reads of it, and a snapshot of each deployment."""

import json
import re
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from ministack.core.responses import get_account_id
from ministack.services import apigateway
from ministack.services.apigateway import (
    _PORT,
    _api_owner,
    _api_tags,
    _apis,
    _authorizers,
    _create_deployment,
    _integration_responses,
    _integrations,
    _route_responses,
    _routes,
    _stages,
    handle_request,
)

from wschat.local.control_plane.parts import make_as_aws
from wschat.local.control_plane.shapes import LACKING, OTHER_STATUS, WEBSOCKET, kind_of, shaped
from wschat.local.gateway.addresses import PREFIX
from wschat.local.gateway.model import Deployment, Json, Stage, read_deployment
from wschat.local.gateway.responses import Reply, error
from wschat.protocol.json_objects import json_object
from wschat.target import HOST

APIS_URL = f"ws://{HOST}:{_PORT}{PREFIX}"
"""Under which all APIs are served: this machine has no hosts of their own."""
API = re.compile(r"/v2/apis/?([^/]*)")
TAGGED = re.compile(r"/v2/tags/(arn:.*::/apis/([^/]*)(?:/stages/(.*))?)")
STAGE = re.compile(r"\$default|[A-Za-z0-9_-]{1,128}")


class ControlPlane:
    """Serves the control plane, and reads it where MiniStack keeps it.

    MiniStack keeps no snapshot of the routes with a deployment, so one is taken here at each.
    """

    def __init__(self) -> None:
        self._deployments: dict[tuple[str, str], Deployment] = {}
        apigateway._create_deployment = self._create_deployment  # noqa: SLF001  whoever deploys, comes there
        make_as_aws()

    def find_stage(self, api: str, name: str) -> Stage | str:
        """Return a stage that serves a deployment, or why there is none such."""
        if not (api and name):
            return "the URL names no API and stage, or is too long"
        protocol, account, region = _api_owner(api) or ("", "", "")
        if protocol != WEBSOCKET:
            return f"{api} is no WebSocket API" if protocol else f"there is no API {api}"
        found = _stages.get_scoped(account, region, api, {}).get(name)
        if not found:
            return f"API {api} has no stage {name}"
        if found.get("autoDeploy"):
            deployment: Deployment | None = _read_deployment(account, region, api)
        else:
            deployment = self._deployments.get((api, found.get("deploymentId", "")))
        if deployment is None:
            return f"stage {name} of API {api} has no deployment"
        return Stage(api, name, region, account, deployment, found)

    def apis(self) -> list[dict[str, Any]]:
        """Return the WebSocket APIs of all accounts and regions: id, name, and the stages that are served."""
        return [
            {
                "id": api,
                "name": found.get("name", ""),
                "stages": [
                    name
                    for name in _stages.get_scoped(account, region, api, {})
                    if isinstance(self.find_stage(api, name), Stage)
                ],
            }
            for (account, region, api), found in _apis.all_items()
            if found.get("protocolType") == WEBSOCKET
        ]

    async def handle_request(self, method: str, path: str, headers: Json, body: bytes, query: Json) -> Reply:
        """Answer a request that MiniStack has let in, about WebSocket APIs in AWS's shapes.

        What can't be read is refused, as on AWS: MiniStack takes it for nothing, and any name for a stage's.
        """
        api = API.match(path)
        if not api:
            reply: Reply = await handle_request(method, path, headers, body, query)
            if tagged := TAGGED.fullmatch(unquote(path)):
                _show_tags(*tagged.groups())
            return reply
        asked = _parse(body)
        if asked is None:
            return error(HTTPStatus.BAD_REQUEST, "BadRequestException")
        kind, owner = kind_of(path), _api_owner(api[1])
        ours = kind == "apis" or (owner and owner[0] == WEBSOCKET)
        status, answered, answer = await handle_request(method, path, headers, body, query)
        if status == HTTPStatus.NOT_FOUND and json.loads(answer).get("message") == f"API {api[1]} not found":
            return error(status, f"Invalid API identifier specified {get_account_id()}:{api[1]}")
        if ours and status == HTTPStatus.NOT_FOUND and kind in LACKING:
            return error(status, LACKING[kind])
        if ours and answer and status < HTTPStatus.BAD_REQUEST:
            told = shaped(kind, json.loads(answer), APIS_URL)
            return OTHER_STATUS.get((method, kind), status), answered, json.dumps(told).encode()
        return status, answered, answer

    def _create_deployment(self, api: str, asked: Json) -> Reply:
        """Make a deployment and take its snapshot, for a stage if it names one."""
        reply: Reply = _create_deployment(api, asked)
        if reply[0] == HTTPStatus.CREATED:
            deployment = json.loads(reply[2])["deploymentId"]
            _, account, region = _api_owner(api)
            self._deployments[api, deployment] = _read_deployment(account, region, api)
            if found := _stages.get_scoped(account, region, api, {}).get(asked.get("stageName")):
                found["deploymentId"] = deployment
        return reply


def _show_tags(arn: str, api: str, stage: str | None) -> None:
    """Let an API or a stage be shown with the tags that it was given later, which MiniStack keeps apart."""
    found = _stages.get(api, {}).get(stage) if stage else _apis.get(api)
    if found:
        found["tags"] = dict(_api_tags.get(arn, {}))


def _read_deployment(account: str, region: str, api: str) -> Deployment:
    stores = (_apis, _routes, _integrations, _integration_responses, _route_responses, _authorizers)
    return read_deployment(*(store.get_scoped(account, region, api, {}) for store in stores))


def _parse(body: bytes) -> Json | None:
    """Parse the body of a request about an API; None if AWS would refuse it."""
    asked = json_object(body or b"{}")
    stage = asked.get("stageName", "any") if asked is not None else None
    return asked if isinstance(stage, str) and STAGE.fullmatch(stage) else None
