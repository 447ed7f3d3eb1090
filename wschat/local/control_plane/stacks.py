"""What CloudFormation makes of WebSocket APIs: MiniStack's stacks, and the parts of an API that they lack."""

import json
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from functools import cache
from http import HTTPStatus
from typing import Any

from ministack.services import apigateway

from wschat.local.control_plane.apis import APIS_URL
from wschat.local.control_plane.shapes import WEBSOCKET
from wschat.local.gateway.model import Json
from wschat.local.gateway.responses import Reply

Handle = Callable[..., Awaitable[Reply]]
Properties = dict[str, Any]
Made = tuple[str, dict[str, Any]]
"""A resource's physical id, and its attributes."""
KIND = "AWS::ApiGatewayV2::"
DEPLOYMENT = "deployment"
PARTS = {
    "Deployment": (DEPLOYMENT, ()),
    "IntegrationResponse": ("integration_response", ("IntegrationId",)),
    "RouteResponse": ("route_response", ("RouteId",)),
}
"""What MiniStack's stacks lack: its name in MiniStack's API Gateway, and what names where it belongs."""
DEPLOYED = {KIND + kind for kind in ("Route", "RouteResponse", "Integration", "IntegrationResponse")}


def with_whole_stacks(handle: Handle) -> Handle:
    """Return what answers CloudFormation's requests with `handle`, MiniStack's own.

    What it has to load takes more than a second, so that waits for the first request.
    """

    async def handled(*request: object) -> Reply:
        _complete()
        return await handle(*request)

    return handled


@cache
def _complete() -> None:
    """Let MiniStack's stacks make whole WebSocket APIs."""
    from ministack.services.cloudformation import provisioners, stacks

    handlers = provisioners._RESOURCE_HANDLERS  # noqa: SLF001  it has no public seam there
    for kind, (name, owners) in PARTS.items():
        handlers[KIND + kind] = _handlers_of(kind, name, owners)
    sort = stacks._topological_sort  # noqa: SLF001
    stacks._topological_sort = lambda resources, *more: sort(deployed_last(resources), *more)  # noqa: SLF001
    apis = handlers[f"{KIND}Api"]
    handlers[f"{KIND}Api"] = {**apis, **{verb: _with_url(apis[verb]) for verb in ("create", "update")}}


def deployed_last(resources: Properties) -> Properties:
    """Return a stack's resources, of which each deployment comes after all that is to be deployed.

    A template need not say so: AWS makes what does not depend on each other at the same time, and what else a
    deployment waits for takes long enough there.
    """
    parts = [name for name, each in resources.items() if each.get("Type") in DEPLOYED]
    return {
        name: {**each, "DependsOn": [*_listed(each.get("DependsOn", ())), *parts]}
        if each.get("Type") == f"{KIND}Deployment"
        else each
        for name, each in resources.items()
    }


def _listed(names: str | Iterable[str]) -> list[str]:
    return [names] if isinstance(names, str) else [*names]


def _handlers_of(kind: str, name: str, owners: tuple[str, ...]) -> dict[str, Callable[..., Any]]:
    """Return how a stack makes, changes and deletes a part of an API."""

    def call(verb: str, properties: Properties, *more: object) -> Json:
        """Call MiniStack's API Gateway; a route's id is behind its API's, in MiniStack's stacks."""
        place = [properties[owner].rpartition("/")[2] for owner in ("ApiId", *owners)]
        status, _, body = getattr(apigateway, f"_{verb}_{name}")(*place, *more)
        answer: Json = json.loads(body or b"{}")
        if status >= HTTPStatus.BAD_REQUEST:
            raise ValueError(f"{KIND}{kind}: {answer['message']}")
        return answer

    def create(_logical_id: str, properties: Properties, _stack: str) -> Made:
        identity = call("create", properties, _asked(properties))[f"{kind[0].lower()}{kind[1:]}Id"]
        return identity, {f"{kind}Id": identity}

    def update(physical_id: str, old: Properties, new: Properties, stack: str) -> Made:
        if name == DEPLOYMENT or any(old[owner] != new[owner] for owner in ("ApiId", *owners)):
            return create("", new, stack)
        call("update", new, physical_id, _asked(new))
        return physical_id, {f"{kind}Id": physical_id}

    def delete(physical_id: str, properties: Properties) -> None:
        with suppress(ValueError):  # it went with what it belongs to
            call("delete", properties, physical_id)

    return {"create": create, "update": update, "delete": delete}


def _asked(properties: Properties) -> Json:
    """Return what is asked of API Gateway, whose names begin with a small letter."""
    return {key[0].lower() + key[1:]: value for key, value in properties.items()}


def _with_url(make: Callable[..., Made]) -> Callable[..., Made]:
    """Return what makes an API; a WebSocket API's `ApiEndpoint` can be dialled, with a stage behind it."""

    def made(*resource: object) -> Made:
        identity, attributes = make(*resource)
        if apigateway._apis[identity]["protocolType"] == WEBSOCKET:  # noqa: SLF001  it has no public seam there
            attributes = {**attributes, "ApiEndpoint": f"{APIS_URL}/{identity}"}
        return identity, attributes

    return made
