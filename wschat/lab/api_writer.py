"""Creates, updates and deletes the parts of the WebSocket API.

Its creates get one attempt and a look before the next: API, integrations and deployments have no name
to collide on, so one that is sent again after a lost answer would make two.
"""

from typing import Any

from wschat.lab.api_observer import apis
from wschat.lab.found import api_id
from wschat.lab.model import Api, Deployment, Integration, Route, Stage
from wschat.lab.writer import Pen, create, delete, fixed, update


@create.register
def _create_api(api: Api, pen: Pen) -> None:
    """Create it, then look whether somebody else did so too meanwhile: the oldest is the one to keep."""
    cloud = pen.cloud
    made = cloud.create(
        cloud.api.create_api,
        Name=api.name,
        ProtocolType=api.protocol,  # type: ignore[arg-type]
        RouteSelectionExpression=api.selection,
        Description=api.description,
        Tags=cloud.lab.tags,
    )["ApiId"]
    cloud.pause(cloud.manners.lag, "whether somebody else makes it too")
    kept = api_id({api.key: tuple(apis(cloud, api.name))}) or made
    if kept != made:
        cloud.find(cloud.api.delete_api, ApiId=made)
    pen.ids[api.key] = kept


@update.register
def _update_api(api: Api, found: Api, pen: Pen) -> None:
    if api.protocol != found.protocol:
        raise fixed("the API's protocol", api.protocol, found.protocol, f"API {api.name}")
    changed = {"selection": "RouteSelectionExpression", "description": "Description"}
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
        Description=integration.description,
        IntegrationType=integration.type,  # type: ignore[arg-type]
        **_to(integration, pen),
    )
    pen.ids[integration.key] = made["IntegrationId"]
    _answer(integration, pen)


@update.register
def _update_integration(integration: Integration, found: Integration, pen: Pen) -> None:
    differs = integration.differences(found).keys()
    if "type" in differs:
        kind: Any = {"IntegrationType": integration.type, **_to(integration, pen)}
    else:
        changed = {ATTRIBUTES[name] for name in differs - {"answer"}}
        whole = {"Description": integration.description, **_to(integration, pen)}
        kind = {name: value for name, value in whole.items() if name in changed}
    if kind:
        which = pen.ids[integration.key]
        pen.cloud.call(pen.cloud.api.update_integration, ApiId=pen.api_id, IntegrationId=which, **kind)
    if "answer" in differs:
        _unanswer(integration, pen)
        _answer(integration, pen)


ATTRIBUTES = {
    "description": "Description",
    "function": "IntegrationUri",
    "method": "IntegrationMethod",
    "request": "RequestTemplates",
    "selects": "TemplateSelectionExpression",
}
"""What API Gateway calls the attributes of an integration."""


def _to(integration: Integration, pen: Pen) -> dict[str, Any]:
    if integration.function:
        uri = pen.cloud.lab.invoke_arn(integration.function)
        return {"IntegrationMethod": integration.method, "IntegrationUri": uri}
    return {
        "TemplateSelectionExpression": integration.selects,
        "RequestTemplates": {"$default": integration.request},
    }


def _answer(integration: Integration, pen: Pen) -> None:
    """Give a MOCK integration its one response, which a non-proxy integration needs in order to reply."""
    if integration.answer:
        key, selects, template = integration.answer
        pen.cloud.create(
            pen.cloud.api.create_integration_response,
            ApiId=pen.api_id,
            IntegrationId=pen.ids[integration.key],
            IntegrationResponseKey=str(key),
            TemplateSelectionExpression=str(selects),
            ResponseTemplates={str(key): str(template)},
        )


def _unanswer(integration: Integration, pen: Pen) -> None:
    cloud, of = pen.cloud, {"ApiId": pen.api_id, "IntegrationId": pen.ids[integration.key]}
    pages = cloud.api.get_paginator("get_integration_responses")
    for old in cloud.call(lambda: [each for page in pages.paginate(**of) for each in page["Items"]]):  # type: ignore[arg-type]
        which = old["IntegrationResponseId"]
        cloud.find(cloud.api.delete_integration_response, IntegrationResponseId=which, **of)


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
    wanted = {
        "integration": {"Target": _target(route, pen)},
        "authorization": {"AuthorizationType": route.authorization},
        "two_way": _selects(route),
    }
    changed: Any = {key: value for name in route.differences(found) for key, value in wanted[name].items()}
    pen.cloud.call(pen.cloud.api.update_route, ApiId=pen.api_id, RouteId=pen.ids[route.key], **changed)
    if "two_way" in route.differences(found) and not _responds(route, pen):
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
    pages = pen.cloud.api.get_paginator("get_route_responses")
    of: Any = {"ApiId": pen.api_id, "RouteId": pen.ids[route.key]}
    there = pen.cloud.call(lambda: [each for page in pages.paginate(**of) for each in page["Items"]])
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
    if differs - {"tag"}:
        serves = pen.ids[Deployment.kind, str(stage.deployment)]
        cloud.call(cloud.api.update_stage, DeploymentId=serves, **of)


@delete.register
def _delete_stage(stage: Stage, pen: Pen) -> None:
    pen.cloud.find(pen.cloud.api.delete_stage, ApiId=pen.api_id, StageName=stage.name)
