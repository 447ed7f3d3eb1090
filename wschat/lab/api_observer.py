"""What exists of the WebSocket API, read back into the classes of the model, one call after another."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from wschat.lab.blueprint import API_NAME, FUNCTIONS, MOCKS
from wschat.lab.cloud import Cloud
from wschat.lab.found import INSIDE_API, Found, Seen, api_id, is_ours
from wschat.lab.model import OPEN, SELECT_DEFAULT, TAG, Api, Deployment, Integration, Key, Route, Stage

ANSWERS: dict[str | None, str] = {event.encode(): name for name, (_, event) in MOCKS.items()}
INTEGRATIONS = {*(spec.name for spec in FUNCTIONS), *MOCKS}
"""What integrations are called: by their description, or, if somebody changed that, by what they do."""


def look_at_api(cloud: Cloud, parts: Iterable[Key], seen: Seen) -> Seen:
    """Look at the API, and at its parts; `seen` tells which API that is, if it is not looked at."""
    wanted, now = {kind for kind, _ in parts}, dict[Key, tuple[Found, ...]]()
    if Api.kind in wanted:
        now[Api.kind, ""] = tuple(apis(cloud))
    found = api_id(now or seen)
    for kind in (each.kind for each in INSIDE_API if each.kind in wanted):
        now[kind, ""] = tuple(INSIDE[kind](cloud, found)) if found else ()
    return now


def apis(cloud: Cloud) -> Iterator[Found]:
    """Yield the APIs that have the lab's name for it, which is not unique, or its tag.

    One of a lab whose prefix differs in capitals alone is a stranger's: to IAM its roles have our names.
    """
    name, tag = cloud.lab.name(API_NAME), cloud.lab.tags[TAG].casefold()
    for api in listed(cloud, "get_apis"):
        ours = is_ours(cloud.lab, api.get("Tags"))
        alike = api.get("Tags", {}).get(TAG, "").casefold() == tag
        if not alike and api["Name"] != name:
            continue
        resource = Api(
            name=name if ours else api["Name"],
            title=api["Name"],
            selection=api.get("RouteSelectionExpression", ""),
            description=api.get("Description", ""),
            protocol=api["ProtocolType"],
        )
        yield Found(resource, id=api["ApiId"], ours=ours, born=api["CreatedDate"].timestamp())


def listed(cloud: Cloud, what: str, **of: str) -> list[dict[str, Any]]:
    """Read all pages of a list; an empty one if what it is of is gone."""
    pages = cloud.api.get_paginator(what)  # type: ignore[call-overload]
    return cloud.find(lambda: [item for page in pages.paginate(**of) for item in page["Items"]]) or []


def _integrations(cloud: Cloud, api: str) -> Iterator[Found]:
    prefix, _, suffix = cloud.lab.invoke_arn("|").partition("|")
    for each in listed(cloud, "get_integrations", ApiId=api):
        which, kind, told = (
            each["IntegrationId"],
            each.get("IntegrationType", ""),
            each.get("Description", ""),
        )
        if kind == "AWS_PROXY":
            function = each.get("IntegrationUri", "").removeprefix(prefix).removesuffix(suffix)
            found: dict[str, Any] = {"function": function, "method": each.get("IntegrationMethod")}
            does = function.removeprefix(cloud.lab.prefix)
        else:
            answer = _answer(listed(cloud, "get_integration_responses", ApiId=api, IntegrationId=which))
            found = {
                "request": each.get("RequestTemplates", {}).get("$default"),
                "selects": each.get("TemplateSelectionExpression", SELECT_DEFAULT),  # MiniStack drops it
                "answer": answer,
            }
            does = ANSWERS.get(answer[-1] if answer else None, "")
        name = next((known for known in (told, does) if known in INTEGRATIONS), which)
        yield Found(Integration(name=name, type=kind, description=told, **found), id=which)


def _answer(responses: list[dict[str, Any]]) -> tuple[str | None, ...] | None:
    if not responses:
        return None
    return tuple(
        part
        for each in responses
        for part in (
            each["IntegrationResponseKey"],
            each.get("TemplateSelectionExpression"),
            each.get("ResponseTemplates", {}).get("$default"),
        )
    )


def _routes(cloud: Cloud, api: str) -> Iterator[Found]:
    for route in listed(cloud, "get_routes", ApiId=api):
        which = route["RouteId"]
        two_way = route.get("RouteResponseSelectionExpression") == "$default"
        responses = listed(cloud, "get_route_responses", ApiId=api, RouteId=which) if two_way else []
        resource = Route(
            name=route["RouteKey"],
            integration=route.get("Target", "").rpartition("/")[2],
            two_way=two_way,
            responds=not two_way or any(each["RouteResponseKey"] == "$default" for each in responses),
            authorization=route.get("AuthorizationType", OPEN),
        )
        yield Found(resource, id=which)


def _deployments(cloud: Cloud, api: str) -> Iterator[Found]:
    for deployment in listed(cloud, "get_deployments", ApiId=api):
        which = deployment["DeploymentId"]
        yield Found(Deployment(name=deployment.get("Description") or which), id=which)


def _stages(cloud: Cloud, api: str) -> Iterator[Found]:
    for stage in listed(cloud, "get_stages", ApiId=api):
        yield Found(
            Stage(
                name=stage["StageName"],
                deployment=stage.get("DeploymentId"),
                tag=stage.get("Tags", {}).get(TAG),
                auto_deploy=stage.get("AutoDeploy", False),
            )
        )


INSIDE: dict[str, Callable[[Cloud, str], Iterator[Found]]] = {
    Integration.kind: _integrations,
    Route.kind: _routes,
    Deployment.kind: _deployments,
    Stage.kind: _stages,
}
