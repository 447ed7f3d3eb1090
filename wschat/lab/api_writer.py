"""Creates, updates and deletes the parts of the WebSocket API.

Its creates get one attempt and a look before the next: API, integrations and deployments have no name
to collide on, so one that is sent again after a lost answer would make two.
"""

from typing import Any

from wschat.lab.api_observer import apis, listed
from wschat.lab.found import api_id, part
from wschat.lab.model import Api, Deployment, Integration, Route, Stage
from wschat.lab.writer import Pen, create, delete, update


@create.register
def _create_api(api: Api, pen: Pen) -> None:
    """Create it, then look whether somebody else did so too meanwhile: the oldest is the one to keep."""
    cloud = pen.cloud
    made = cloud.create(
        cloud.api.create_api,
        Name=api.title,
        ProtocolType=api.protocol,  # type: ignore[arg-type]
        RouteSelectionExpression=api.selection,
        Description=api.description,
        Tags=cloud.lab.tags,
    )["ApiId"]
    cloud.pause(cloud.manners.lag, "whether somebody else makes it too")
    kept = api_id({part(api): tuple(apis(cloud))}) or made
    if kept != made:
        cloud.find(cloud.api.delete_api, ApiId=made)
    pen.ids[api.key] = kept


@update.register
def _update_api(api: Api, found: Api, pen: Pen) -> None:
    changed = {"title": "Name", "selection": "RouteSelectionExpression", "description": "Description"}
    wanted: Any = {changed[name]: pair[0] for name, pair in api.differences(found).items()}
    pen.cloud.call(pen.cloud.api.update_api, ApiId=pen.ids[api.key], **wanted)


@delete.register
def _delete_api(api: Api, pen: Pen) -> None:
    pen.cloud.find(pen.cloud.api.delete_api, ApiId=pen.ids[api.key])


@create.register
def _create_integration(integration: Integration, pen: Pen) -> None:
    made = pen.cloud.create(
        pen.cloud.api.create_integration,
        ApiId=pen.api_id,
        **_whole(integration, pen),
    )
    pen.ids[integration.key] = made["IntegrationId"]
    _answer(integration, pen)


@update.register
def _update_integration(integration: Integration, found: Integration, pen: Pen) -> None:
    differs = integration.differences(found).keys()
    changed = {ATTRIBUTES[name] for name in differs & ATTRIBUTES.keys()}
    wanted: Any = {name: value for name, value in _whole(integration, pen).items() if name in changed}
    if wanted:
        which = pen.ids[integration.key]
        pen.cloud.call(pen.cloud.api.update_integration, ApiId=pen.api_id, IntegrationId=which, **wanted)
    if "answer" in differs:
        _answer_anew(integration, pen)


ATTRIBUTES = {
    "type": "IntegrationType",
    "description": "Description",
    "function": "IntegrationUri",
    "method": "IntegrationMethod",
    "request": "RequestTemplates",
    "selects": "TemplateSelectionExpression",
}
"""What API Gateway calls the attributes of an integration."""


def _whole(integration: Integration, pen: Pen) -> dict[str, Any]:
    kind = {"IntegrationType": integration.type, "Description": integration.description}
    if integration.function:
        uri = pen.cloud.lab.invoke_arn(integration.function)
        return kind | {"IntegrationMethod": integration.method, "IntegrationUri": uri}
    return kind | {
        "TemplateSelectionExpression": integration.selects,
        "RequestTemplates": {"$default": integration.request},
    }


def _answer(integration: Integration, pen: Pen) -> None:
    """Give a MOCK integration its one response, which a non-proxy integration needs in order to reply."""
    if integration.answer:
        whole: Any = {"ApiId": pen.api_id, "IntegrationId": pen.ids[integration.key]}
        whole |= _response(integration)
        pen.cloud.create(pen.cloud.api.create_integration_response, **whole)


def _answer_anew(integration: Integration, pen: Pen) -> None:
    """Change the response that there is, or make one; take away those that are too much."""
    cloud, of = pen.cloud, dict[str, Any](ApiId=pen.api_id, IntegrationId=pen.ids[integration.key])
    wanted = _response(integration)
    there = listed(cloud, "get_integration_responses", **of)
    there.sort(key=lambda each: each["IntegrationResponseKey"] != wanted.get("IntegrationResponseKey"))
    kept = there[:1] if wanted else []
    for spare in there[len(kept) :]:
        which = spare["IntegrationResponseId"]
        cloud.find(cloud.api.delete_integration_response, IntegrationResponseId=which, **of)
    for each in kept:
        change = cloud.api.update_integration_response
        changed = {name: value for name, value in wanted.items() if each.get(name) != value}
        if changed:
            cloud.call(change, IntegrationResponseId=each["IntegrationResponseId"], **of, **changed)
    if not kept:
        _answer(integration, pen)


def _response(integration: Integration) -> dict[str, Any]:
    """Return an integration response as API Gateway writes it; nothing if there should be none."""
    if not integration.answer:
        return {}
    key, selects, template = integration.answer
    return {
        "IntegrationResponseKey": key,
        "TemplateSelectionExpression": selects,
        "ResponseTemplates": {"$default": template},
    }


@delete.register
def _delete_integration(integration: Integration, pen: Pen) -> None:
    which = pen.ids[integration.key]
    pen.cloud.find(pen.cloud.api.delete_integration, ApiId=pen.api_id, IntegrationId=which)


@create.register
def _create_route(route: Route, pen: Pen) -> None:
    target: Any = {"Target": _target(route, pen), "AuthorizationType": route.authorization} | _selects(route)
    made = pen.cloud.create(pen.cloud.api.create_route, ApiId=pen.api_id, RouteKey=route.name, **target)
    pen.ids[route.key] = made["RouteId"]
    if route.two_way:
        _respond(route, pen)


@update.register
def _update_route(route: Route, found: Route, pen: Pen) -> None:
    if found.two_way and not route.two_way:  # there is no call that takes the expression away
        delete(found, pen)
        create(route, pen)
        return
    pen.ids[route.key] = pen.ids[found.key]
    wanted = {
        "name": {"RouteKey": route.name},
        "integration": {"Target": _target(route, pen)},
        "authorization": {"AuthorizationType": route.authorization},
        "two_way": _selects(route),
    }
    differs = route.differences(found).keys()
    changed: Any = {key: value for name in wanted.keys() & differs for key, value in wanted[name].items()}
    if changed:
        pen.cloud.call(pen.cloud.api.update_route, ApiId=pen.api_id, RouteId=pen.ids[route.key], **changed)
    if not found.responds or ("two_way" in differs and not _responds(route, pen)):
        _respond(route, pen)


def _target(route: Route, pen: Pen) -> str:
    return f"integrations/{pen.ids[Integration.kind, str(route.integration)]}"


def _selects(route: Route) -> dict[str, str]:
    return {"RouteResponseSelectionExpression": "$default"} if route.two_way else {}


def _respond(route: Route, pen: Pen) -> None:
    """Make a route two-way: beside the selection expression it takes a route response of that key."""
    respond = pen.cloud.api.create_route_response
    pen.cloud.create(respond, ApiId=pen.api_id, RouteId=pen.ids[route.key], RouteResponseKey="$default")


def _responds(route: Route, pen: Pen) -> bool:
    there = listed(pen.cloud, "get_route_responses", ApiId=pen.api_id, RouteId=pen.ids[route.key])
    return any(each["RouteResponseKey"] == "$default" for each in there)


@delete.register
def _delete_route(route: Route, pen: Pen) -> None:
    pen.cloud.find(pen.cloud.api.delete_route, ApiId=pen.api_id, RouteId=pen.ids[route.key])


@create.register
def _create_deployment(deployment: Deployment, pen: Pen) -> None:
    make = pen.cloud.api.create_deployment
    made = pen.cloud.create(make, ApiId=pen.api_id, Description=deployment.name)
    pen.ids[deployment.key] = made["DeploymentId"]


@delete.register
def _delete_deployment(deployment: Deployment, pen: Pen) -> None:
    which = pen.ids[deployment.key]
    pen.cloud.find(pen.cloud.api.delete_deployment, ApiId=pen.api_id, DeploymentId=which)


@create.register
def _create_stage(stage: Stage, pen: Pen) -> None:
    serves = pen.ids[Deployment.kind, str(stage.deployment)]
    pen.cloud.create(
        pen.cloud.api.create_stage,
        ApiId=pen.api_id,
        StageName=stage.name,
        DeploymentId=serves,
        Tags=pen.cloud.lab.tags,
    )


@update.register
def _update_stage(stage: Stage, found: Stage, pen: Pen) -> None:
    cloud, lab = pen.cloud, pen.cloud.lab
    of: Any = {"ApiId": pen.api_id, "StageName": stage.name}
    differs = stage.differences(found).keys()
    if "tag" in differs:
        arn = f"arn:{lab.partition}:apigateway:{lab.region}::/apis/{pen.api_id}/stages/{stage.name}"
        cloud.call(cloud.api.tag_resource, ResourceArn=arn, Tags=lab.tags)
    if "auto_deploy" in differs:  # while it is on, no deployment can be chosen
        cloud.call(cloud.api.update_stage, AutoDeploy=False, **of)
    if "deployment" in differs:
        serves = pen.ids[Deployment.kind, str(stage.deployment)]
        cloud.call(cloud.api.update_stage, DeploymentId=serves, **of)


@delete.register
def _delete_stage(stage: Stage, pen: Pen) -> None:
    pen.cloud.find(pen.cloud.api.delete_stage, ApiId=pen.api_id, StageName=stage.name)
