"""WebSocket APIs as the recorded calls made and read them."""

import re
from collections import defaultdict
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.replay.recorded import Line
from wschat.local.gateway.model import Deployment, Stage, read_deployment

DONE = range(200, 300)
OPERATION = re.compile(
    r"(Create|Update|Get|Delete)(Api|IntegrationResponse|Integration|RouteResponse|Route|Deployment|Stage)(s?)"
)
IDS = {
    "Api": "apiId",
    "Deployment": "deploymentId",
    "Integration": "integrationId",
    "IntegrationResponse": "integrationResponseId",
    "Route": "routeId",
    "RouteResponse": "routeResponseId",
    "Stage": "stageName",
}
PARENTS = {"IntegrationResponse": "IntegrationId", "RouteResponse": "RouteId"}
ADDRESS = re.compile(r"(?:/_aws/execute-api/([^/]+))?/([^/]+)(?:/@connections/([^/]+))?/?")
Items = dict[str, Any]


class ControlPlane:
    """What there is of APIs, and of the functions that they invoke, after the calls that it was given."""

    def __init__(self) -> None:
        self._items: defaultdict[tuple[str, str], Items] = defaultdict(dict)
        self._snapshots: dict[tuple[str, str], Deployment] = {}
        self._gone: set[str] = set()
        self._permitted: set[str] = set()
        self._throttled: set[str] = set()

    def take(self, call: Line) -> None:
        """Take a call that was recorded, if it is one of these and was not refused."""
        parameters, operation = call["parameters"], call["operation"]
        if call.get("status") not in DONE:
            return
        if call["service"] == "apigatewayv2" and (found := OPERATION.fullmatch(operation)):
            verb, kind, many = found.groups()
            self._take(verb, kind, many, parameters, call.get("body"))
        elif operation == "AddPermission":
            self._permitted.add(parameters["FunctionName"])
        elif operation == "PutFunctionConcurrency":
            self._throttled.add(parameters["FunctionName"])
        elif operation == "DeleteFunctionConcurrency":
            self._throttled.discard(parameters["FunctionName"])

    def _take(self, verb: str, kind: str, many: str, parameters: Items, body: Any) -> None:  # noqa: ANN401
        api = parameters.get("ApiId", "")
        parent = parameters.get(PARENTS.get(kind, ""), "")
        store = self._items[kind, "" if kind == "Api" else f"{api} {parent}"]
        if verb == "Delete":
            which = IDS[kind][0].upper() + IDS[kind][1:]
            store.pop(parameters[which], None)
            self._gone |= {api} if kind == "Api" else set()
            return
        for item in body["items"] if many else [body]:
            store[item[IDS[kind]]] = item
        if (verb, kind) == ("Create", "Deployment"):
            self._snapshots[api, body["deploymentId"]] = self._deployment(api)

    def knows(self, api: str) -> bool:
        """Tell whether an API was recorded with its routes, or its end."""
        return api in self._gone or bool(self._items["Route", f"{api} "])

    def stage(self, api: str, name: str) -> Stage | None:
        """Return a stage, and what it serves."""
        found = self._items["Stage", f"{api} "].get(name)
        if found is None or api in self._gone:
            return None
        deployment = self._snapshots.get((api, found.get("deploymentId", ""))) or self._deployment(api)
        return Stage(api, name, "us-east-1", "000000000000", deployment, found)

    def _deployment(self, api: str) -> Deployment:
        parts = [self._items[kind, f"{api} "] for kind in ("Route", "Integration")]
        responses = [
            {id_: self._items[kind, f"{api} {id_}"] for id_ in of}
            for kind, of in (("IntegrationResponse", parts[1]), ("RouteResponse", parts[0]))
        ]
        return read_deployment(self._items["Api", ""].get(api, {}), *[*parts, *responses, {}])

    def may_invoke(self, function: str) -> bool:
        """Tell whether a function was given a permission, and not throttled to nothing."""
        return function in self._permitted and function not in self._throttled


def address(url: str) -> tuple[str, str, str]:
    """Return the API, the stage and the connection of a URL; those that it does not have are empty."""
    parts = urlsplit(url)
    found = ADDRESS.fullmatch(unquote(parts.path))
    api, stage, connection = found.groups("") if found else ("", "", "")
    return api or (parts.hostname or "").partition(".")[0], stage, connection
