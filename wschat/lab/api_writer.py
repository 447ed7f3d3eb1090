"""Creates, updates and deletes the parts of the WebSocket API, one call after another.

API Gateway refuses parallel changes of one API ("concurrent modification").
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import botocore.exceptions as aws

from wschat.lab.cloud import code
from wschat.lab.model import Api, Deployment, Integration, Route, Stage
from wschat.lab.writer import Pen, create, delete, update

P = ParamSpec("P")
T = TypeVar("T")
SELECT_DEFAULT = "\\$default"
"""The template selection expression that picks the template `$default`: a backslash, then its name."""


def _calmly(pen: Pen, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    def passing(error: aws.ClientError) -> bool:
        concurrent = code(error) == "ConflictException" and "concurrent" in str(error)
        return concurrent or code(error) == "TooManyRequestsException"

    return pen.cloud.persist(passing, call, *args, **kwargs)


@create.register
def _create_api(api: Api, pen: Pen) -> None:
    made = _calmly(
        pen,
        pen.cloud.api_once.create_api,
        Name=api.name,
        ProtocolType="WEBSOCKET",
        RouteSelectionExpression=api.selection,
        Tags=pen.cloud.lab.tags,
    )
    pen.ids[api.key] = made["ApiId"]


@update.register
def _update_api(api: Api, _found: Api, pen: Pen) -> None:
    change = pen.cloud.api.update_api
    _calmly(pen, change, ApiId=pen.ids[api.key], RouteSelectionExpression=api.selection)


@delete.register
def _delete_api(api: Api, pen: Pen) -> None:
    _calmly(pen, pen.cloud.api.delete_api, ApiId=pen.ids[api.key])


@create.register
def _create_integration(integration: Integration, pen: Pen) -> None:
    make = pen.cloud.api_once.create_integration
    made = _calmly(pen, make, ApiId=pen.api_id, Description=integration.name, **_to(integration, pen))
    pen.ids[integration.key] = made["IntegrationId"]
    _answer(integration, pen)


@update.register
def _update_integration(integration: Integration, _found: Integration, pen: Pen) -> None:
    change, which = pen.cloud.api.update_integration, pen.ids[integration.key]
    _calmly(pen, change, ApiId=pen.api_id, IntegrationId=which, **_to(integration, pen))
    _answer(integration, pen)


def _to(integration: Integration, pen: Pen) -> dict[str, Any]:
    if integration.function:
        uri = pen.cloud.lab.invoke_arn(integration.function)
        return {"IntegrationType": "AWS_PROXY", "IntegrationMethod": "POST", "IntegrationUri": uri}
    return {
        "IntegrationType": "MOCK",
        "TemplateSelectionExpression": SELECT_DEFAULT,
        "RequestTemplates": {"$default": str(integration.request)},
    }


def _answer(integration: Integration, pen: Pen) -> None:
    """Give a MOCK integration its one response, which a non-proxy integration needs in order to reply."""
    if integration.answer is None:
        return
    api, which = pen.cloud.api, pen.ids[integration.key]
    for old in api.get_integration_responses(ApiId=pen.api_id, IntegrationId=which)["Items"]:
        _calmly(
            pen,
            api.delete_integration_response,
            ApiId=pen.api_id,
            IntegrationId=which,
            IntegrationResponseId=old["IntegrationResponseId"],
        )
    _calmly(
        pen,
        api.create_integration_response,
        ApiId=pen.api_id,
        IntegrationId=which,
        IntegrationResponseKey="$default",
        TemplateSelectionExpression=SELECT_DEFAULT,
        ResponseTemplates={"$default": integration.answer},
    )


@delete.register
def _delete_integration(integration: Integration, pen: Pen) -> None:
    which = pen.ids[integration.key]
    _calmly(pen, pen.cloud.api.delete_integration, ApiId=pen.api_id, IntegrationId=which)


@create.register
def _create_route(route: Route, pen: Pen) -> None:
    make = pen.cloud.api.create_route
    made = _calmly(pen, make, ApiId=pen.api_id, RouteKey=route.name, **_target(route, pen))
    pen.ids[route.key] = made["RouteId"]
    if route.two_way:
        _respond(route, pen)


@update.register
def _update_route(route: Route, found: Route, pen: Pen) -> None:
    if found.two_way and not route.two_way:  # there is no call that takes the expression away
        delete(found, pen)
        create(route, pen)
        return
    api, which = pen.cloud.api, pen.ids[route.key]
    _calmly(pen, api.update_route, ApiId=pen.api_id, RouteId=which, **_target(route, pen))
    if route.two_way and not api.get_route_responses(ApiId=pen.api_id, RouteId=which)["Items"]:
        _respond(route, pen)


def _target(route: Route, pen: Pen) -> dict[str, Any]:
    integration = pen.ids[Integration.kind, str(route.integration)]
    target = {"Target": f"integrations/{integration}", "AuthorizationType": route.authorization}
    return target | ({"RouteResponseSelectionExpression": "$default"} if route.two_way else {})


def _respond(route: Route, pen: Pen) -> None:
    """Make a route two-way: it takes the selection expression and a route response, both `$default`."""
    make = pen.cloud.api.create_route_response
    _calmly(pen, make, ApiId=pen.api_id, RouteId=pen.ids[route.key], RouteResponseKey="$default")


@delete.register
def _delete_route(route: Route, pen: Pen) -> None:
    which = pen.ids[route.key]
    _calmly(pen, pen.cloud.api.delete_route, ApiId=pen.api_id, RouteId=which)


@create.register
def _create_deployment(deployment: Deployment, pen: Pen) -> None:
    make = pen.cloud.api_once.create_deployment
    made = _calmly(pen, make, ApiId=pen.api_id, Description=deployment.name)
    pen.ids[deployment.key] = made["DeploymentId"]


@delete.register
def _delete_deployment(deployment: Deployment, pen: Pen) -> None:
    which = pen.ids[deployment.key]
    _calmly(pen, pen.cloud.api.delete_deployment, ApiId=pen.api_id, DeploymentId=which)


@create.register
def _create_stage(stage: Stage, pen: Pen) -> None:
    serves = pen.ids[Deployment.kind, str(stage.deployment)]
    _calmly(
        pen,
        pen.cloud.api.create_stage,
        ApiId=pen.api_id,
        StageName=stage.name,
        DeploymentId=serves,
        Tags=pen.cloud.lab.tags,
    )


@update.register
def _update_stage(stage: Stage, found: Stage, pen: Pen) -> None:
    change, serves = pen.cloud.api.update_stage, pen.ids[Deployment.kind, str(stage.deployment)]
    if found.auto_deploy:  # while it is on, no deployment can be chosen
        _calmly(pen, change, ApiId=pen.api_id, StageName=stage.name, AutoDeploy=False)
    _calmly(pen, change, ApiId=pen.api_id, StageName=stage.name, DeploymentId=serves)


@delete.register
def _delete_stage(stage: Stage, pen: Pen) -> None:
    _calmly(pen, pen.cloud.api.delete_stage, ApiId=pen.api_id, StageName=stage.name)
