"""What a WebSocket API is made of, as the control plane describes it, and which route a message takes."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

Json = Mapping[str, Any]

PROXY = "AWS_PROXY"
MOCK = "MOCK"
AWS_IAM = "AWS_IAM"
ANYONE = "NONE"
LONGEST_MS = 29_000
DEFAULT = "$default"
VARIABLE = re.compile(r"\$\{stageVariables\.([^{}]*)\}")
PART = re.compile(r"\$\{request\.body\.([^{}]+)\}|^\$request\.body\.([^{}]+)$")


@dataclass(frozen=True)
class Integration:
    """What a route leads to.

    `uri` names a function in the form of an invocation; `timeout` is in seconds; `credentials` is the ARN of
    the role that API Gateway invokes it as, empty where the function's own policy decides. The templates are
    those of a MOCK, None where there is none.
    """

    type: str
    uri: str = ""
    timeout: float = 29.0
    credentials: str = ""
    request_template: str | None = None
    response_template: str | None = None


@dataclass(frozen=True)
class Authorizer:
    """Whom a function lets in; `sources` name what a handshake must have, or the function is not asked."""

    id: str
    function: Integration
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Route:
    """A route; only a two-way one sends back what its integration returns.

    Its route response makes it so, with or without the expression that selects it (recorded, 2026-09).
    """

    key: str
    integration: Integration | None = None
    two_way: bool = False
    authorization: str = ANYONE
    authorizer: Authorizer | None = None


@dataclass(frozen=True)
class Deployment:
    """A snapshot of an API: its route selection expression and its routes, by their keys."""

    selection: str
    routes: Mapping[str, Route] = field(default_factory=dict)


@dataclass(frozen=True)
class Stage:
    """A stage of an API, the deployment that it serves, and the control plane's description of it."""

    api: str
    name: str
    region: str
    account: str
    deployment: Deployment
    description: Json = field(default_factory=dict)

    def arn(self, route_key: str) -> str:
        """Return the ARN that IAM policies and invoke permissions know a route by."""
        return f"{self._api_arn}/{self.name}/{route_key}"

    def authorizer_arn(self, authorizer: Authorizer) -> str:
        """Return the ARN that invoke permissions know an authorizer by (recorded, us-east-1, 2026-09)."""
        return f"{self._api_arn}/authorizers/{authorizer.id}"

    @property
    def _api_arn(self) -> str:
        return f"arn:aws:execute-api:{self.region}:{self.account}:{self.api}"

    def filled(self, integration: Integration) -> Integration:
        """Return an integration with the stage's variables in its URI and its role."""
        uri, role = (fill(text, self.variables) for text in (integration.uri, integration.credentials))
        return replace(integration, uri=uri, credentials=role)

    @property
    def variables(self) -> Json:
        """The stage's variables, by their names."""
        return self.description.get("stageVariables") or {}

    def throttle(self, route_key: str) -> tuple[float, float] | None:
        """Return the throttle of a route, or of all that have none: requests a second, and how many at once.

        Both numbers are set together.
        """
        found = self._settings(route_key, "throttlingRateLimit")
        rate = found.get("throttlingRateLimit")
        return None if rate is None else (rate, found.get("throttlingBurstLimit", rate))

    def setting(self, route_key: str, name: str) -> Any:  # noqa: ANN401  what the control plane has
        """Return a setting of a route, or of all that have none of their own; None if there is none."""
        return self._settings(route_key, name).get(name)

    def _settings(self, route_key: str, name: str) -> Json:
        """Return the settings of a route that have one of a name, else those of all routes."""
        own: Json = (self.description.get("routeSettings") or {}).get(route_key) or {}
        every: Json = self.description.get("defaultRouteSettings") or {}
        return every if own.get(name) is None else own


def fill(text: str, variables: Json) -> str:
    """Return a text with a stage's variables in place of their names; one that is not there is empty."""
    return VARIABLE.sub(lambda match: str(variables.get(match[1], "")), text)


def route_of(deployment: Deployment, message: str) -> Route | None:
    """Return the route of a client's message; without a match `$default`, if there is that route.

    A client can't choose `$connect` or `$disconnect`: those are taken by connecting alone.
    """
    key = select(deployment.selection, message)
    chosen = None if key.startswith("$") else deployment.routes.get(key)
    return chosen or deployment.routes.get(DEFAULT)


def select(expression: str, message: str) -> str:
    """Evaluate a route selection expression, which takes parts of a JSON message by their paths.

    `$request.body.action` and `${request.body.action}` mean the same; in the second form text may stand
    around it, and several may follow each other. A part that is missing is empty. What is not JSON selects
    nothing.
    """
    try:
        body = json.loads(message)
    except (ValueError, RecursionError):  # the latter if it is nested too deeply
        return ""
    return PART.sub(lambda match: _text(_look_up(body, match[1] or match[2])), expression)


def _look_up(body: object, path: str) -> object:
    for name in path.split("."):
        if not isinstance(body, dict) or name not in body:
            return ""
        body = body[name]
    return body


def _text(value: object) -> str:
    """Write what was found as a route key: a list is `[item1, item2]`, a number or a boolean its JSON."""
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    return value if isinstance(value, str) else json.dumps(value)


def read_deployment(
    api: Json,
    routes: Mapping[str, Json],
    integrations: Mapping[str, Json],
    integration_responses: Mapping[str, Mapping[str, Json]],
    route_responses: Mapping[str, Mapping[str, Json]],
    authorizers: Mapping[str, Json],
) -> Deployment:
    """Read the control plane's description of an API; all but the first are by their ids."""
    known = {
        id_: _integration(found, integration_responses.get(id_, {})) for id_, found in integrations.items()
    }
    asked = {id_: _authorizer(id_, found) for id_, found in authorizers.items()}
    read = (
        Route(
            key=found["routeKey"],
            integration=known.get((found.get("target") or "").removeprefix("integrations/")),
            two_way=_default(route_responses.get(id_, {}), "routeResponseKey") is not None,
            authorization=found.get("authorizationType") or ANYONE,
            authorizer=asked.get(found.get("authorizerId") or ""),
        )
        for id_, found in routes.items()
    )
    return Deployment(api.get("routeSelectionExpression") or "", {route.key: route for route in read})


def _integration(found: Json, responses: Mapping[str, Json]) -> Integration:
    request = _template(found, "requestTemplates")
    return Integration(
        type=found.get("integrationType") or "",
        uri=found.get("integrationUri") or "",
        timeout=min(int(found.get("timeoutInMillis") or LONGEST_MS), LONGEST_MS) / 1000,
        credentials=found.get("credentialsArn") or "",
        request_template=request,
        response_template=_template(_response(responses, mock_status(request)), "responseTemplates"),
    )


def _authorizer(id_: str, found: Json) -> Authorizer:
    credentials = found.get("authorizerCredentialsArn") or ""
    function = Integration(PROXY, found.get("authorizerUri") or "", credentials=credentials)
    return Authorizer(id_, function, tuple(found.get("identitySource") or ()))


def mock_status(template: str | None) -> int | None:
    """Return the status that a MOCK's request template yields; None if that is no integer."""
    try:
        status = json.loads(template or "")["statusCode"]
    except (ValueError, LookupError, TypeError):
        status = None
    return status if isinstance(status, int) else None


def _template(found: Json, templates: str) -> str | None:
    """Return the template that the static expression selects, else that for everything, else the first."""
    by_key = found.get(templates) or {}
    selected = (found.get("templateSelectionExpression") or "").replace("\\$", "$")
    keys = (key for key in (selected, DEFAULT, *by_key) if key in by_key)
    template: str | None = by_key.get(next(keys, None))
    return template


def _response(responses: Mapping[str, Json], status: int | None) -> Json:
    """Return the response whose key, an /expression/, matches a status, else that for everything."""
    return next(
        (each for each in responses.values() if _matches(each.get("integrationResponseKey") or "", status)),
        _default(responses, "integrationResponseKey") or {},
    )


def _matches(key: str, status: int | None) -> bool:
    with suppress(re.error):
        return key.startswith("/") and bool(re.fullmatch(key.strip("/"), str(status)))
    return False


def _default(responses: Mapping[str, Json], key: str) -> Json | None:
    """Return the response that is meant for everything, if there is one."""
    return next((each for each in responses.values() if each.get(key) == DEFAULT), None)
