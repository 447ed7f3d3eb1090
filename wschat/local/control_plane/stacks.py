"""What CloudFormation makes of WebSocket APIs: MiniStack's stacks, and the parts of an API that they lack."""

import json
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from functools import cache
from http import HTTPStatus
from typing import Any

from ministack.services import apigateway

from wschat.local.control_plane.apis import APIS_URL
from wschat.local.control_plane.parts import is_websocket
from wschat.local.control_plane.shapes import complete
from wschat.local.gateway.model import Json
from wschat.local.gateway.responses import Reply

Handle = Callable[..., Awaitable[Reply]]
Properties = dict[str, Any]
Made = tuple[str, dict[str, Any]]
"""A resource's physical id, and its attributes."""
KIND = "AWS::ApiGatewayV2::"
DEPLOYMENT = "deployment"
PARTS = {
    "Authorizer": ("authorizer", ()),
    "Deployment": (DEPLOYMENT, ()),
    "Integration": ("integration", ()),
    "IntegrationResponse": ("integration_response", ("IntegrationId",)),
    "Route": ("route", ()),
    "RouteResponse": ("route_response", ("RouteId",)),
}
"""What MiniStack's stacks lack, or make in part: its name in MiniStack's API Gateway, and its owners."""
DEPLOYED = {KIND + kind for kind in PARTS if kind != "Deployment"}
NESTED = {"DefaultRouteSettings", "JwtConfiguration", "TlsConfig"}
"""Properties whose value has names of API Gateway's; in other maps they are one's own."""


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
    for kind, better in (("Api", _with_url), ("Stage", _with_settings)):
        own = handlers[KIND + kind]
        handlers[KIND + kind] = {**own, **{verb: better(own[verb]) for verb in ("create", "update")}}


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
        """Call MiniStack's API Gateway."""
        place = [properties[owner] for owner in ("ApiId", *owners)]
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
        dropped = {_small(key): "" for key in old if key not in new}
        asked = complete(f"{name}s", _asked(new)) if is_websocket(new["ApiId"]) else _asked(new)
        call("update", new, physical_id, {**dropped, **asked})
        return physical_id, {f"{kind}Id": physical_id}

    def delete(physical_id: str, properties: Properties) -> None:
        with suppress(ValueError):  # it went with what it belongs to
            call("delete", properties, physical_id)

    return {"create": create, "update": update, "delete": delete}


def _asked(properties: Properties) -> Json:
    """Return what is asked of API Gateway, whose names begin with a small letter."""
    return {_small(key): _nested(key, value) for key, value in properties.items()}


def _nested(key: str, value: Any) -> Any:  # noqa: ANN401  any JSON
    """Return the value of a property with the names in it as API Gateway has them."""
    if key in NESTED and value:
        return {_small(name): each for name, each in value.items()}
    if key == "RouteSettings" and value:
        return {route: _nested("DefaultRouteSettings", settings) for route, settings in value.items()}
    return value


def _small(name: str) -> str:
    return name[0].lower() + name[1:]


def _with_url(make: Callable[..., Made]) -> Callable[..., Made]:
    """Return what makes an API; a WebSocket API's `ApiEndpoint` can be dialled, with a stage behind it."""

    def made(*resource: object) -> Made:
        identity, attributes = make(*resource)
        if is_websocket(identity):
            attributes = {**attributes, "ApiEndpoint": f"{APIS_URL}/{identity}"}
        return identity, attributes

    return made


def _with_settings(make: Callable[..., Made]) -> Callable[..., Made]:
    """Return what makes a stage, whose settings have names of API Gateway's."""

    def made(*resource: Any) -> Made:  # noqa: ANN401  its ids, and its properties
        settled = (
            {key: _nested(key, value) for key, value in each.items()} if isinstance(each, dict) else each
            for each in resource
        )
        return make(*settled)

    return made
