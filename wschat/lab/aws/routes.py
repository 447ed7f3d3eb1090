"""API Gateway: the API's routes, and the integrations that they lead to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Self

from wschat.lab.aws.websocket_api import Api, ApiPart
from wschat.lab.model import OPEN, Resource

if TYPE_CHECKING:
    from wschat.lab.aws.cloud import Cloud

SELECT_DEFAULT = "\\$default"
"""The template selection expression that picks the template `$default`: a backslash, then its name."""


@dataclass(frozen=True, kw_only=True)
class Integration(ApiPart):
    """What a route leads to: a function (AWS_PROXY), or a fixed answer without one (MOCK).

    `request` is the request template of a MOCK: without one that yields a status, it answers Internal
    server error. `selects` is the expression that picks it; `answer` is the integration response: its key,
    expression and template. AWS knows it by its description, which is its name here.
    """

    kind = "integration"
    id_name = "IntegrationId"
    read_with = (Api.kind, "route")
    type: Annotated[str, "IntegrationType"]
    description: Annotated[str, "Description"]
    function: str | None = None
    method: Annotated[str | None, "IntegrationMethod"] = None
    request: str | None = None
    selects: Annotated[str | None, "TemplateSelectionExpression"] = None
    answer: tuple[str | None, ...] | None = None

    def identified(self, desired: Iterable[Resource]) -> Self:
        """Return it under its name, which is lost if somebody changed its description, by what it does."""
        known = [each for each in desired if isinstance(each, Integration)]
        alike = (each.name for each in known if each.does == self.does)
        return (
            self if self.name in {each.name for each in known} else replace(self, name=next(alike, self.name))
        )

    @property
    def does(self) -> object:
        """What it does, whatever it is called."""
        return self.function or (self.answer[-1] if self.answer else self)

    @classmethod
    def attributes(cls, cloud: "Cloud", api: str, answer: Any) -> dict[str, Any]:  # noqa: ANN401
        which, description = answer["IntegrationId"], answer.get("Description", "")
        found = {"name": description or which, "description": description}
        if answer.get("IntegrationType") == "AWS_PROXY":
            prefix, _, suffix = cloud.lab.invoke_arn("|").partition("|")
            function = answer.get("IntegrationUri", "").removeprefix(prefix).removesuffix(suffix)
            return found | {"function": function, "selects": None}
        of = {"ApiId": api, "IntegrationId": which}
        return found | {
            "method": None,
            "request": answer.get("RequestTemplates", {}).get("$default"),
            "selects": answer.get("TemplateSelectionExpression", SELECT_DEFAULT),  # MiniStack drops it
            "answer": _answer(cloud.pages(cloud.api, "get_integration_responses", "Items[]", **of)),
        }

    def settings(self, cloud: "Cloud") -> dict[str, tuple[str, Any]]:
        return super().settings(cloud) | {
            "function": ("IntegrationUri", self.function and cloud.lab.invoke_arn(self.function)),
            "request": ("RequestTemplates", self.request and {"$default": self.request}),
        }

    def create(self, cloud: "Cloud") -> None:
        super().create(cloud)
        self._create_response(cloud)

    def update(self, found: Self, cloud: "Cloud") -> None:
        super().update(found, cloud)
        if self.answer != found.answer:
            self._update_responses(cloud)

    @property
    def _response(self) -> dict[str, Any]:
        """The integration response as API Gateway writes it; nothing if there should be none."""
        if not self.answer:
            return {}
        key, selects, template = self.answer
        return {
            "IntegrationResponseKey": key,
            "TemplateSelectionExpression": selects,
            "ResponseTemplates": {"$default": template},
        }

    def _create_response(self, cloud: "Cloud") -> None:
        """Give a MOCK integration its one response, which a non-proxy integration needs in order to reply."""
        if self.answer:
            make = cloud.api.create_integration_response
            cloud.create(make, **self.path(cloud), **self._response)

    def _update_responses(self, cloud: "Cloud") -> None:
        """Change the response that there is, or make one; delete those that are too much."""
        path, wanted = self.path(cloud), self._response
        there = cloud.pages(cloud.api, "get_integration_responses", "Items[]", **path)
        there.sort(key=lambda each: each["IntegrationResponseKey"] != wanted.get("IntegrationResponseKey"))
        for number, each in enumerate(there):
            path["IntegrationResponseId"] = each["IntegrationResponseId"]
            changed = {name: value for name, value in wanted.items() if each.get(name) != value}
            if number or not wanted:
                cloud.find(cloud.api.delete_integration_response, **path)
            elif changed:
                cloud.call(cloud.api.update_integration_response, **path, **changed)
        if not there:
            self._create_response(cloud)


def _answer(responses: list[Mapping[str, Any]]) -> tuple[str | None, ...] | None:
    answer = list[str | None]()
    for each in responses:
        template = each.get("ResponseTemplates", {}).get("$default")
        answer += [each["IntegrationResponseKey"], each.get("TemplateSelectionExpression"), template]
    return tuple(answer) or None


@dataclass(frozen=True, kw_only=True)
class Route(ApiPart):
    """A route; `name` is its key. Only what a two-way route's function returns reaches the client.

    `two_way` is whether it has the route response selection expression, which is in vain without a route
    response: `responds` is false if that is missing.
    """

    kind = "route"
    id_name = "RouteId"
    read_with = (Api.kind, Integration.kind)
    refers_to = Integration.kind
    renamable = True
    name: Annotated[str, "RouteKey"]
    integration: str | None
    two_way: bool
    responds: bool = True
    authorization: Annotated[str, "AuthorizationType"] = OPEN

    @classmethod
    def attributes(cls, cloud: "Cloud", api: str, answer: Any) -> dict[str, Any]:  # noqa: ANN401
        two_way = answer.get("RouteResponseSelectionExpression") == "$default"
        return {
            "integration": answer.get("Target", "").rpartition("/")[2],
            "two_way": two_way,
            "responds": not two_way or _responds(cloud, api, answer["RouteId"]),
            "authorization": answer.get("AuthorizationType", OPEN),
        }

    def settings(self, cloud: "Cloud") -> dict[str, tuple[str, Any]]:
        target = f"integrations/{cloud.ids[Integration.kind, str(self.integration)]}"
        return super().settings(cloud) | {
            "integration": ("Target", target),
            "two_way": ("RouteResponseSelectionExpression", "$default" if self.two_way else None),
        }

    def create(self, cloud: "Cloud") -> None:
        super().create(cloud)
        if self.two_way:
            self._create_response(cloud)

    def update(self, found: Self, cloud: "Cloud") -> None:
        """Change what differs, and make the route response if it is missing."""
        if found.two_way and not self.two_way:  # there is no call that takes the expression away
            found.delete(cloud)
            self.create(cloud)
            return
        cloud.ids[self.key] = cloud.ids[found.key]
        super().update(found, cloud)
        becomes_two_way = self.two_way and not found.two_way
        if not found.responds or (becomes_two_way and not _responds(cloud, *self.path(cloud).values())):
            self._create_response(cloud)

    def _create_response(self, cloud: "Cloud") -> None:
        """Make it two-way: beside the selection expression that takes a route response of that key."""
        cloud.create(cloud.api.create_route_response, **self.path(cloud), RouteResponseKey="$default")


def _responds(cloud: "Cloud", api: str, route: str) -> bool:
    """Tell whether a route has the route response that it needs in order to be two-way."""
    there = cloud.pages(cloud.api, "get_route_responses", "Items[]", ApiId=api, RouteId=route)
    return any(each["RouteResponseKey"] == "$default" for each in there)
