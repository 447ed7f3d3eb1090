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
MOCK_REQUEST = {"$default": '{"statusCode":200}'}
"""Without a request template that yields a status, a MOCK route answers Internal server error."""


def _calmly(pen: Pen, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    def passing(error: aws.ClientError) -> bool:
        concurrent = code(error) == "ConflictException" and "concurrent" in str(error)
        return concurrent or code(error) == "TooManyRequestsException"

    return pen.cloud.persist(passing, call, *args, **kwargs)


@create.register
def _create_api(api: Api, pen: Pen) -> None:
    made = _calmly(
        pen,
        pen.cloud.api.create_api,
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
    if integration.function:
        made = _calmly(
            pen,
            pen.cloud.api.create_integration,
            ApiId=pen.api_id,
            Description=integration.name,
            IntegrationType="AWS_PROXY",
            IntegrationMethod="POST",
            IntegrationUri=pen.cloud.lab.invoke_arn(str(integration.function)),
        )
    else:
        made = _calmly(
            pen,
            pen.cloud.api.create_integration,
            ApiId=pen.api_id,
            Description=integration.name,
            IntegrationType="MOCK",
            TemplateSelectionExpression=SELECT_DEFAULT,
            RequestTemplates=MOCK_REQUEST,
        )
    pen.ids[integration.key] = made["IntegrationId"]
    if integration.answer:
        _answer(integration, pen)


@update.register
def _update_integration(integration: Integration, found: Integration, pen: Pen) -> None:
    if integration.function != found.function:
        uri = pen.cloud.lab.invoke_arn(str(integration.function))
        change, which = pen.cloud.api.update_integration, pen.ids[integration.key]
        _calmly(
            pen,
            change,
            ApiId=pen.api_id,
            IntegrationId=which,
            IntegrationType="AWS_PROXY",
            IntegrationMethod="POST",
            IntegrationUri=uri,
        )
    if integration.answer:
        _answer(integration, pen)


def _answer(integration: Integration, pen: Pen) -> None:
    """Give a MOCK integration its one response, which a non-proxy integration needs in order to reply."""
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
        ResponseTemplates={"$default": str(integration.answer)},
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
    _respond(route, pen)


@update.register
def _update_route(route: Route, _found: Route, pen: Pen) -> None:
    change, which = pen.cloud.api.update_route, pen.ids[route.key]
    _calmly(pen, change, ApiId=pen.api_id, RouteId=which, **_target(route, pen))
    _respond(route, pen)


def _target(route: Route, pen: Pen) -> dict[str, Any]:
    integration = pen.ids[Integration.kind, str(route.integration)]
    target = {"Target": f"integrations/{integration}", "AuthorizationType": route.authorization}
    return target | ({"RouteResponseSelectionExpression": "$default"} if route.two_way else {})


def _respond(route: Route, pen: Pen) -> None:
    """Make a route two-way: it takes the selection expression and a route response, both `$default`."""
    api, which = pen.cloud.api, pen.ids[route.key]
    there = api.get_route_responses(ApiId=pen.api_id, RouteId=which)["Items"] if route.two_way else None
    if there == []:
        make = api.create_route_response
        _calmly(pen, make, ApiId=pen.api_id, RouteId=which, RouteResponseKey="$default")


@delete.register
def _delete_route(route: Route, pen: Pen) -> None:
    which = pen.ids[route.key]
    _calmly(pen, pen.cloud.api.delete_route, ApiId=pen.api_id, RouteId=which)


@create.register
def _create_deployment(deployment: Deployment, pen: Pen) -> None:
    make = pen.cloud.api.create_deployment
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
def _update_stage(stage: Stage, _found: Stage, pen: Pen) -> None:
    serves, change = pen.ids[Deployment.kind, str(stage.deployment)], pen.cloud.api.update_stage
    _calmly(pen, change, ApiId=pen.api_id, StageName=stage.name, DeploymentId=serves, AutoDeploy=False)


@delete.register
def _delete_stage(stage: Stage, pen: Pen) -> None:
    _calmly(pen, pen.cloud.api.delete_stage, ApiId=pen.api_id, StageName=stage.name)
