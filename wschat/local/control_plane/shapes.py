"""Calls about WebSocket APIs in the shapes that AWS's control plane gives them, where MiniStack's differ.

Recorded by stackd, us-east-1, 2026-09: `websocket_lifecycle.json`, `websocket_authorizer_admission.json` and
`websocket_management.json` in https://github.com/radkawar/stackd/tree/HEAD/testdata/aws/apigateway.
"""

from http import HTTPStatus

from wschat.local.gateway.model import Json

WEBSOCKET = "WEBSOCKET"
RECORDED = {"apis", "authorizers", "deployments", "integrations", "routeresponses", "routes", "stages"}
"""The kinds whose answers were recorded; others stay as they are."""
DEFAULTS: Json = {
    "authorizers": {"identitySource": []},
    "integrations": {"payloadFormatVersion": "1.0", "timeoutInMillis": 29000},
}
"""What a create sets where it is not told otherwise, by the kind of part."""
ADDED: Json = {
    "apis": {"ipAddressType": "ipv4"},
    "integrations": {"passthroughBehavior": "WHEN_NO_MATCH"},
    "deployments": {"autoDeployed": False},
}
"""What MiniStack does not know of."""
UNLOGGED: Json = {"dataTraceEnabled": False, "detailedMetricsEnabled": False, "loggingLevel": "OFF"}
UNTOLD: Json = {"disableSchemaValidation": False}
NOT_OF_WEBSOCKETS: Json = {
    "authorizers": ("authorizerPayloadFormatVersion", "authorizerResultTtlInSeconds", "enableSimpleResponses")
}
"""What only HTTP APIs have: AWS refuses it."""
EMPTY: Json = {"stages": {"routeSettings", "stageVariables", "tags"}}
"""What is told also when it is empty, which all else is not."""
LACKING = {"authorizers": "Invalid Authorizer identifier specified"}
"""What is said of a part that is not there, where it was recorded."""
OTHER_STATUS = {("PATCH", "routes"): HTTPStatus.CREATED}
"""The status of an answer, where it is another one: UpdateRoute's is 201, whatever its model says."""


def kind_of(path: str) -> str:
    """Return what a path such as `/v2/apis/API/routes/ROUTE` is about, here `routes`."""
    return (path.strip("/").split("/")[1::2] or [""])[-1]


def complete(kind: str, asked: Json) -> Json:
    """Return what a create asks for, with what AWS sets besides."""
    return {**DEFAULTS.get(kind, {}), **asked}


def shaped(kind: str, answer: Json, url: str) -> Json:
    """Return what AWS answers where MiniStack answers this; routes are listed in the order of their ids.

    `url` is the one under which all APIs are served: this machine has no hosts of their own.
    """
    if "items" in answer:
        items = [shaped(kind, each, url) for each in answer["items"]]
        return {**answer, "items": sorted(items, key=lambda each: str(each.get("routeId")))}
    if kind not in RECORDED or answer.get("protocolType", WEBSOCKET) != WEBSOCKET:
        return answer
    kept = {
        name: value
        for name, value in answer.items()
        if (value not in ("", {}, []) or name in EMPTY.get(kind, ()))
        and (name, value) not in UNTOLD.items()
        and name not in NOT_OF_WEBSOCKETS.get(kind, ())
    }
    if "apiEndpoint" in kept:
        kept["apiEndpoint"] = f"{url}/{kept['apiId']}"
    if "defaultRouteSettings" in answer:
        kept["defaultRouteSettings"] = {**UNLOGGED, **answer["defaultRouteSettings"]}
    return {**ADDED.get(kind, {}), **kept}
