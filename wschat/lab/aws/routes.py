"""API Gateway: the API's routes, and the integrations that they lead to."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Annotated, Any, Self

from wschat.lab.attributes.attributes import Attributes
from wschat.lab.aws.websocket_api import Api, ApiPart
from wschat.lab.model.actual import Observed
from wschat.lab.model.lab import OPEN
from wschat.lab.model.resource import Resource

if TYPE_CHECKING:
    from wschat.lab.aws.cloud import Cloud

MOCK_KEY = "200"
"""A MOCK's templates stand under this key, and this is the static expression that selects them.

Public stacks whose MOCK routes answer have these two, and as the integration response's key `$default`, the
documented catch-all, or `/200/`: https://github.com/obytes/terraform-aws-sumu (components/gateway/keepalive).
"""

Told = tuple[str | None, ...]
"""Values of a MOCK, of which None is one that AWS does not tell."""


@dataclass(frozen=True, kw_only=True)
class Integration(ApiPart):
    """What a route leads to: a function (AWS_PROXY), or a fixed answer without one (MOCK).

    `request` is the template selection expression of a MOCK and its request template: without one that
    yields a status, it answers Internal server error. `answer` is the integration response: its key,
    expression and template. `timeout` is a function's, in milliseconds. AWS knows it by its description,
    which is its name here.
    """

    kind = "integration"
    id_name = "IntegrationId"
    read_with = (Api.kind, "route")
    fixed = frozenset({"content_handling"})
    units = {"timeout": "ms"}  # noqa: RUF012
    type: Annotated[str, "IntegrationType"]
    description: Annotated[str, "Description"]
    uri: Annotated[str | None, "IntegrationUri"] = None
    method: Annotated[str | None, "IntegrationMethod"] = None
    request: Told | None = None
    answer: Told | None = None
    timeout: Annotated[int | None, "TimeoutInMillis"] = None
    credentials: Annotated[str, "CredentialsArn"] = ""
    content_handling: Annotated[str | None, "ContentHandlingStrategy"] = None

    def identified(self, desired: Iterable[Resource]) -> list[Self]:
        """Return it under its name, which is lost if somebody changed its description, by what it does.

        What AWS leaves out of a MOCK, or writes in another form, is as it is desired.
        """
        desired = [*desired]
        known = {each.name: each for each in desired if isinstance(each, Integration)}
        alike = next((each for each in known.values() if each.does == self.does), self)
        wanted = known.get(self.name, alike)
        request, answer = _as_wanted(wanted.request, self.request), _as_wanted(wanted.answer, self.answer)
        named = replace(self, name=wanted.name, request=request, answer=answer)
        return super(Integration, named).identified(desired)

    @property
    def does(self) -> object:
        """What it does, whatever it is called."""
        return self.uri or (_meaning(self.answer[-1]) if self.answer else self)

    @classmethod
    def read(cls, cloud: "Cloud", name: str) -> Iterator[Observed]:
        """Read them all: what is told of one MOCK and not of another, that one does not have."""
        found = list(super().read(cloud, name))
        integrations: list[Any] = [each.resource for each in found]
        requests = _missing(each.request for each in integrations)
        answers = _missing(each.answer for each in integrations)
        for observed, each in zip(found, integrations, strict=True):
            request, answer = _filled(each.request, requests), _filled(each.answer, answers)
            yield replace(observed, resource=replace(each, request=request, answer=answer))

    @classmethod
    def attributes(cls, cloud: "Cloud", api: str, answer: Any) -> dict[str, Any]:  # noqa: ANN401
        which, description = answer["IntegrationId"], answer.get("Description", "")
        found = {"name": description or which, "description": description}
        if answer.get("IntegrationType") == "AWS_PROXY":
            return found
        of = {"ApiId": api, "IntegrationId": which}
        return found | {
            "uri": None,
            "method": None,
            "timeout": None,
            "request": _templates(answer, "RequestTemplates"),
            "answer": cloud.ask("answers of MOCK integrations", partial(_answer, cloud), **of),
        }

    def settings(self, cloud: "Cloud") -> dict[str, tuple[str, Any]]:
        return super().settings(cloud) | {
            "request": ("RequestTemplates", self.request and {MOCK_KEY: self.request[1]}),
        }

    def wanted(self, cloud: "Cloud", found: Attributes | None = None) -> dict[str, Any]:
        """Return the parameters as `Resource` does; templates go with the expression that selects them."""
        sent = super().wanted(cloud, found)
        return sent | ({"TemplateSelectionExpression": MOCK_KEY} if "RequestTemplates" in sent else {})

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
            "ResponseTemplates": {MOCK_KEY: template},
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


def _answer(cloud: "Cloud", **of: str) -> Any:  # noqa: ANN401  `Told`, or None
    responses = cloud.pages(cloud.api, "get_integration_responses", "Items[]", **of)
    answer = [(each["IntegrationResponseKey"], *_templates(each, "ResponseTemplates")) for each in responses]
    return tuple(chain(*answer)) or None


def _templates(answer: Mapping[str, Any], name: str) -> tuple[str | None, str | None]:
    """Return the selection expression and the template, whatever its key; None for what AWS leaves out."""
    templates = answer.get(name)
    only = next(iter(templates.values()), "") if templates is not None else None
    return answer.get("TemplateSelectionExpression"), (templates or {}).get(MOCK_KEY, only)


def _missing(told: Iterable[Told | None]) -> list[str | None]:
    """Return what stands for a value that is left out: that there is none, if it is told of others."""
    return ["" if any(values) else None for values in zip_longest(*(each or () for each in told))]


def _filled(told: Told | None, missing: Iterable[str | None]) -> Told | None:
    pairs = zip(told or (), missing, strict=False)
    return told and tuple(other if each is None else each for each, other in pairs)


def _as_wanted(wanted: Told | None, found: Told | None) -> Told | None:
    """Return what was found, but as it is wanted what AWS left out, and JSON that means the same."""
    if not wanted or not found or len(wanted) != len(found):
        return found
    pairs = zip(wanted, found, strict=True)
    return tuple(want if each is None or _meaning(each) == _meaning(want) else each for want, each in pairs)


def _meaning(text: str | None) -> object:
    """Return what JSON means, or a static expression or a key without what may stand around it.

    `200`, `"200"`, `${200}` and `/200/` select the same; a `$` that means itself may have a backslash.
    """
    try:
        found = json.loads(text or "")
    except (RecursionError, ValueError):
        found = text
    return found if isinstance(found, dict | list) else re.sub(r"\$(?={)|[\s\\/\"'{}]", "", str(found))


@dataclass(frozen=True, kw_only=True)
class Route(ApiPart):
    """A route; `name` is its key. Only what a two-way route's function returns reaches the client.

    `two_way` is whether it has a route response, which makes it so even without the selection expression
    (recorded, us-east-1, 2026-09) that the console sets beside it.
    """

    kind = "route"
    id_name = "RouteId"
    read_with = (Api.kind, Integration.kind)
    refers_to = Integration.kind
    renamable = True
    made_anew = frozenset({"request_models", "request_parameters"})
    name: Annotated[str, "RouteKey"]
    integration: str | None
    two_way: bool
    authorization: Annotated[str, "AuthorizationType"] = OPEN
    api_key: Annotated[bool, "ApiKeyRequired"] = False
    request_models: Annotated[str | None, "RequestModels"] = None
    request_parameters: Annotated[str | None, "RequestParameters"] = None

    @classmethod
    def attributes(cls, cloud: "Cloud", api: str, answer: Any) -> dict[str, Any]:  # noqa: ANN401
        selected = answer.get("RouteResponseSelectionExpression", None if cloud.brief else "$default")
        return {
            "integration": answer.get("Target", "").rpartition("/")[2],
            "two_way": selected == "$default"
            and (cloud.brief or cloud.ask("responses of routes", _responds, cloud, api, answer["RouteId"])),
            "authorization": answer.get("AuthorizationType", OPEN),
        }

    def settings(self, cloud: "Cloud") -> dict[str, tuple[str, Any]]:
        target = f"integrations/{cloud.id_of((Integration.kind, str(self.integration)))}"
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
        if (found.two_way and not self.two_way) or self.can_only_be_made_anew(found):
            self.make_anew(found, cloud)
            return
        cloud.ids[self.key] = cloud.id_of(found.key)
        super().update(found, cloud)
        becomes_two_way = self.two_way and not found.two_way
        if becomes_two_way and not _responds(cloud, *self.path(cloud).values()):
            self._create_response(cloud)

    def _create_response(self, cloud: "Cloud") -> None:
        """Make it two-way."""
        cloud.create(cloud.api.create_route_response, **self.path(cloud), RouteResponseKey="$default")


def _responds(cloud: "Cloud", api: str, route: str) -> bool:
    """Tell whether a route has the route response that it needs in order to be two-way."""
    there = cloud.pages(cloud.api, "get_route_responses", "Items[]", ApiId=api, RouteId=route)
    return any(each["RouteResponseKey"] == "$default" for each in there)
