"""Creates, updates and deletes the parts of the WebSocket API.

Its creates get one attempt and a look before the next: API, integrations and deployments have no name
to collide on, so one that is sent again after a lost answer would make two.
"""

from typing import Any

from wschat.lab.api_observer import apis, listed
from wschat.lab.cloud import Cloud
from wschat.lab.found import Found, api_id, part
from wschat.lab.model import Api, Deployment, Integration, Route, Stage
from wschat.lab.writer import Run, create, delete, update


@create.register
def _create_api(api: Api, run: Run) -> None:
    """Create it, then look whether somebody else did so too meanwhile: the oldest is the one to keep.

    Only what exists counts: a list may still show one that was just torn down.
    """
    cloud = run.cloud
    made = cloud.create(
        cloud.api.create_api,
        Name=api.title,
        ProtocolType=api.protocol,  # type: ignore[arg-type]
        RouteSelectionExpression=api.selection,
        Description=api.description,
        Tags=cloud.lab.tags,
    )["ApiId"]
    cloud.pause(cloud.manners.lag, "somebody else may make it too: looking")
    there = tuple(each for each in apis(cloud) if each.id == made or _exists(each, cloud))
    kept = api_id({part(api): there}) or made
    if kept != made:
        cloud.find(cloud.api.delete_api, ApiId=made)
    run.ids[api.key] = kept


def _exists(api: Found, cloud: Cloud) -> bool:
    return cloud.find(cloud.api.get_api, ApiId=api.id) is not None


@update.register
def _update_api(api: Api, found: Api, run: Run) -> None:
    changed = {"title": "Name", "selection": "RouteSelectionExpression", "description": "Description"}
    wanted: Any = {changed[name]: pair[0] for name, pair in api.differences(found).items()}
    run.cloud.call(run.cloud.api.update_api, ApiId=run.ids[api.key], **wanted)


@delete.register
def _delete_api(api: Api, run: Run) -> None:
    run.cloud.find(run.cloud.api.delete_api, ApiId=run.ids[api.key])


@create.register
def _create_integration(integration: Integration, run: Run) -> None:
    made = run.cloud.create(
        run.cloud.api.create_integration,
        ApiId=run.api_id,
        **_whole(integration, run),
    )
    run.ids[integration.key] = made["IntegrationId"]
    _answer(integration, run)


@update.register
def _update_integration(integration: Integration, found: Integration, run: Run) -> None:
    differs = integration.differences(found).keys()
    changed = {ATTRIBUTES[name] for name in differs & ATTRIBUTES.keys()}
    wanted: Any = {name: value for name, value in _whole(integration, run).items() if name in changed}
    if wanted:
        which = run.ids[integration.key]
        run.cloud.call(run.cloud.api.update_integration, ApiId=run.api_id, IntegrationId=which, **wanted)
    if "answer" in differs:
        _answer_anew(integration, run)


ATTRIBUTES = {
    "type": "IntegrationType",
    "description": "Description",
    "function": "IntegrationUri",
    "method": "IntegrationMethod",
    "request": "RequestTemplates",
    "selects": "TemplateSelectionExpression",
}
"""What API Gateway calls the attributes of an integration."""


def _whole(integration: Integration, run: Run) -> dict[str, Any]:
    kind = {"IntegrationType": integration.type, "Description": integration.description}
    if integration.function:
        uri = run.cloud.lab.invoke_arn(integration.function)
        return kind | {"IntegrationMethod": integration.method, "IntegrationUri": uri}
    return kind | {
        "TemplateSelectionExpression": integration.selects,
        "RequestTemplates": {"$default": integration.request},
    }


def _answer(integration: Integration, run: Run) -> None:
    """Give a MOCK integration its one response, which a non-proxy integration needs in order to reply."""
    if integration.answer:
        whole: Any = {"ApiId": run.api_id, "IntegrationId": run.ids[integration.key]}
        whole |= _response(integration)
        run.cloud.create(run.cloud.api.create_integration_response, **whole)


def _answer_anew(integration: Integration, run: Run) -> None:
    """Change the response that there is, or make one; take away those that are too much."""
    cloud, of = run.cloud, dict[str, Any](ApiId=run.api_id, IntegrationId=run.ids[integration.key])
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
        _answer(integration, run)


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
def _delete_integration(integration: Integration, run: Run) -> None:
    which = run.ids[integration.key]
    run.cloud.find(run.cloud.api.delete_integration, ApiId=run.api_id, IntegrationId=which)


@create.register
def _create_route(route: Route, run: Run) -> None:
    target: Any = {"Target": _target(route, run), "AuthorizationType": route.authorization} | _selects(route)
    made = run.cloud.create(run.cloud.api.create_route, ApiId=run.api_id, RouteKey=route.name, **target)
    run.ids[route.key] = made["RouteId"]
    if route.two_way:
        _respond(route, run)


@update.register
def _update_route(route: Route, found: Route, run: Run) -> None:
    if found.two_way and not route.two_way:  # there is no call that takes the expression away
        delete(found, run)
        create(route, run)
        return
    run.ids[route.key] = run.ids[found.key]
    wanted = {
        "name": {"RouteKey": route.name},
        "integration": {"Target": _target(route, run)},
        "authorization": {"AuthorizationType": route.authorization},
        "two_way": _selects(route),
    }
    differs = route.differences(found).keys()
    changed: Any = {key: value for name in wanted.keys() & differs for key, value in wanted[name].items()}
    if changed:
        run.cloud.call(run.cloud.api.update_route, ApiId=run.api_id, RouteId=run.ids[route.key], **changed)
    if not found.responds or ("two_way" in differs and not _responds(route, run)):
        _respond(route, run)


def _target(route: Route, run: Run) -> str:
    return f"integrations/{run.ids[Integration.kind, str(route.integration)]}"


def _selects(route: Route) -> dict[str, str]:
    return {"RouteResponseSelectionExpression": "$default"} if route.two_way else {}


def _respond(route: Route, run: Run) -> None:
    """Make a route two-way: beside the selection expression it takes a route response of that key."""
    respond = run.cloud.api.create_route_response
    run.cloud.create(respond, ApiId=run.api_id, RouteId=run.ids[route.key], RouteResponseKey="$default")


def _responds(route: Route, run: Run) -> bool:
    there = listed(run.cloud, "get_route_responses", ApiId=run.api_id, RouteId=run.ids[route.key])
    return any(each["RouteResponseKey"] == "$default" for each in there)


@delete.register
def _delete_route(route: Route, run: Run) -> None:
    run.cloud.find(run.cloud.api.delete_route, ApiId=run.api_id, RouteId=run.ids[route.key])


@create.register
def _create_deployment(deployment: Deployment, run: Run) -> None:
    make = run.cloud.api.create_deployment
    made = run.cloud.create(make, ApiId=run.api_id, Description=deployment.name)
    run.ids[deployment.key] = made["DeploymentId"]


@delete.register
def _delete_deployment(deployment: Deployment, run: Run) -> None:
    which = run.ids[deployment.key]
    run.cloud.find(run.cloud.api.delete_deployment, ApiId=run.api_id, DeploymentId=which)


@create.register
def _create_stage(stage: Stage, run: Run) -> None:
    serves = run.ids[Deployment.kind, str(stage.deployment)]
    run.cloud.create(
        run.cloud.api.create_stage,
        ApiId=run.api_id,
        StageName=stage.name,
        DeploymentId=serves,
        Tags=run.cloud.lab.tags,
    )


@update.register
def _update_stage(stage: Stage, found: Stage, run: Run) -> None:
    cloud, lab = run.cloud, run.cloud.lab
    of: Any = {"ApiId": run.api_id, "StageName": stage.name}
    differs = stage.differences(found).keys()
    if "tag" in differs:
        arn = f"arn:{lab.partition}:apigateway:{lab.region}::/apis/{run.api_id}/stages/{stage.name}"
        cloud.call(cloud.api.tag_resource, ResourceArn=arn, Tags=lab.tags)
    if "auto_deploy" in differs:  # while it is on, no deployment can be chosen
        cloud.call(cloud.api.update_stage, AutoDeploy=False, **of)
    if "deployment" in differs:
        serves = run.ids[Deployment.kind, str(stage.deployment)]
        cloud.call(cloud.api.update_stage, DeploymentId=serves, **of)


@delete.register
def _delete_stage(stage: Stage, run: Run) -> None:
    run.cloud.find(run.cloud.api.delete_stage, ApiId=run.api_id, StageName=stage.name)
