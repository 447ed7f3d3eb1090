"""What the routes of any API, and what they lead to, may be the cause of: by what holds for each of them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from fnmatch import fnmatchcase
from functools import partial

from wschat.doctor.causes import BY_NAME
from wschat.doctor.findings import Finding, Suspicion
from wschat.doctor.graph import LOG, POST, URI, Answer, Function, Graph
from wschat.lab.aws.functions import READY
from wschat.lab.blueprint import FUNCTIONS
from wschat.lab.model.lab import AWS_IAM

OWN = {"$connect", "$disconnect", "$default"}
"""The keys that API Gateway knows by itself."""
UNANSWERED = {"$connect", "$disconnect"}
"""The routes of which a client expects no answer."""
LOW_RATE, LOW_BURST, LOW_TIMEOUT_MS = 1, 10, 1000
"""Requests a second, requests at once, and a function's time, under which a few people meet the limit."""
LIKELY = 0.8
"""How much something says that is right in some APIs."""
Told = tuple[str, str]
"""The name of a cause, and what was seen."""
DEPLOY = "`aws apigatewayv2 create-deployment --api-id ID --stage-name STAGE`; in the console: Deploy API"
BY_HAND = (
    "set right what was seen, in the console or by `aws`; a route or an integration is then to be deployed"
)
MENDS = {
    "nothing-deployed": DEPLOY,
    "old-deployment": DEPLOY,
    "no-route": f"make it, its key in single quotes; then {DEPLOY}",
    "no-stage": "take the URL of a stage that there is, or make that one: `aws apigatewayv2 create-stage`",
    "no-route-response": "in the console: Enable two-way communication, then Deploy API; or let the function"
    " post (`execute-api:ManageConnections`)",
    "no-permission": "`aws lambda add-permission`: the principal apigateway.amazonaws.com, the SourceArn"
    " `…:API/*/ROUTE`",
    "lacks-permission": "add it to the role: `aws iam put-role-policy`; for the log there is the policy"
    " AWSLambdaBasicExecutionRole",
    "wants-signature": "sign, as `wschat chat --sign` does; or set the authorization to NONE, and deploy",
    "no-lab": "take the URL of `aws apigatewayv2 get-apis`, and a stage of it",
    "other-api": "take the URL of `aws apigatewayv2 get-apis`, and a stage of it",
    "raised": "its log shows where: `wschat logs --function NAME`",
}
"""What mends a cause in an API that is not the lab's, which provision does not touch."""


def is_a_lab(graph: Graph) -> bool:
    """Tell whether an API has most of the lab's routes, so that it may be asked what a lab refuses."""
    keys, lab = (
        {each["RouteKey"] for each in graph.routes},
        {each for spec in FUNCTIONS for each in spec.routes},
    )
    return len(keys & lab) * 2 > len(lab)


def mended(finding: Finding) -> Finding:
    """Return what was found in an API that is not the lab's, with what mends it there."""
    cause = finding.cause
    told = BY_HAND if "`wschat provision" in cause.mend or "`wschat status" in cause.mend else cause.mend
    return replace(finding, cause=replace(cause, mend=MENDS.get(cause.name, told)))


def suspicions(graph: Graph) -> Iterator[Suspicion]:
    """Yield what is wrong in an API, whatever it is for: each with the routes that it spoils."""
    connect = frozenset({"$connect"})
    for name, line in (*_api(graph), *_stage(graph)):
        yield Suspicion(BY_NAME[name], connect, (line,))
    for route in graph.routes:
        for name, line in _route(graph, route):
            yield Suspicion(BY_NAME[name], frozenset({str(route["RouteKey"])}), (line,))
        for name, line in _habits(graph, route):
            yield Suspicion(BY_NAME[name], frozenset({str(route["RouteKey"])}), (line,), LIKELY)
    for function in graph.functions.values():
        if function.logs is False:
            line = f"the role of {function.name} may not {LOG}: nobody can see what the function raises"
            yield Suspicion(
                BY_NAME["lacks-permission"], frozenset(graph.routes_to(function)), (line,), LIKELY
            )


def _api(graph: Graph) -> Iterator[Told]:
    api, keys = graph.api, {each["RouteKey"] for each in graph.routes}
    if api.get("ProtocolType") != "WEBSOCKET":
        yield "no-websocket", f"API {graph.id} is of the type {api.get('ProtocolType')}"
    if api.get("DisableExecuteApiEndpoint"):
        yield "endpoint-disabled", f"API {graph.id}; DisableExecuteApiEndpoint: is true"
    selection = str(api.get("RouteSelectionExpression"))
    if "$request." not in selection:
        yield (
            "wrong-selection",
            f"API {graph.id} chooses the route by {selection}, which has no $request in it",
        )
    for key in sorted({each.removeprefix("$") for each in OWN - keys} & keys | {""} & keys):
        yield "no-route", f"there is a route {key!r} without the $: a shell takes it out of double quotes"


def _stage(graph: Graph) -> Iterator[Told]:
    stage = next((each for each in graph.stages if each["StageName"] == graph.stage), None)
    if stage is None:
        names = ", ".join(each["StageName"] for each in graph.stages) or "none"
        yield "no-stage", f"API {graph.id} has no stage {graph.stage}; those it has: {names}"
        return
    serves = stage.get("DeploymentId")
    made = {each["DeploymentId"]: _made(each) for each in graph.deployments}
    newer = [each for each, at in made.items() if at > made.get(serves, 0.0)]
    if not serves:
        yield "nothing-deployed", f"stage {graph.stage} has no deployment"
    elif newer and not stage.get("AutoDeploy"):
        newest = max(newer, key=made.__getitem__)
        yield "old-deployment", f"stage {graph.stage} serves {serves}; the newest is {newest}"
    settings = {"": stage.get("DefaultRouteSettings", {}), **stage.get("RouteSettings", {})}
    for key, each in settings.items():
        rate, burst = each.get("ThrottlingRateLimit"), each.get("ThrottlingBurstLimit")
        if (rate is not None and rate <= LOW_RATE) or (burst is not None and burst <= LOW_BURST):
            where = f"route {key} of stage {graph.stage}" if key else f"stage {graph.stage}"
            yield "throttle", f"{where} takes {rate} requests a second, and {burst} at once"


def _made(deployment: Answer) -> float:
    made = deployment["CreatedDate"]
    return made.timestamp() if isinstance(made, datetime) else 0.0


def _route(graph: Graph, route: Answer) -> Iterator[Told]:
    """Yield what keeps a route from working."""
    key = route["RouteKey"]
    if route.get("ApiKeyRequired"):
        yield "api-key", f"route {key}; ApiKeyRequired: is true"
    yield from _authorized(graph, route)
    integration, target = graph.integration(route), route.get("Target")
    if not target:
        yield "wrong-integration", f"route {key} has no integration"
    elif integration is None:
        yield "wrong-integration", f"route {key} leads to {target}, which does not exist"
    elif integration.get("IntegrationType") in {"AWS", "AWS_PROXY"}:
        yield from _integrated(graph, key, integration)


def _integrated(graph: Graph, key: str, integration: Answer) -> Iterator[Told]:
    uri, timeout = integration.get("IntegrationUri"), integration.get("TimeoutInMillis")
    called = URI.fullmatch(str(uri))
    if timeout is not None and timeout < LOW_TIMEOUT_MS:
        yield "integration-timeout", f"the integration of route {key} waits for {timeout} ms"
    if not called:
        yield "wrong-integration", f"the integration of route {key} has the URI {uri}"
    elif function := graph.functions.get(called[1]):
        yield from _called(graph, key, function, by_policy=not integration.get("CredentialsArn"))
    else:
        yield "wrong-integration", f"route {key} leads to another account or region: {called[1]}"


def _called(graph: Graph, key: str, function: Function, *, by_policy: bool) -> Iterator[Told]:
    """Yield what is wrong with a function, and with who may call it."""
    name, now = function.name, (function.found or {}).get("Configuration", {})
    if function.found is None:
        yield "no-function", f"route {key} leads to function {name}, which does not exist"
        return
    states = [now.get("State", "Active"), now.get("LastUpdateStatus", "Successful")]
    if states[0] not in READY or states[1] == "Failed":
        why = now.get("StateReason") or now.get("LastUpdateStatusReason") or "AWS gives no reason"
        yield "not-ready", f"function {name} is {' and its last update '.join(states)}: {why}"
    if function.found.get("Concurrency", {}).get("ReservedConcurrentExecutions") == 0:
        yield "reserved-concurrency", f"function {name} has a reserved concurrency of 0"
    if now.get("VpcConfig", {}).get("SubnetIds"):
        yield "in-a-vpc", f"function {name} is in the VPC {now['VpcConfig'].get('VpcId')}"
    source = f"{graph.arn}/{graph.stage}/{key}"
    if (
        by_policy
        and function.statements is not None
        and not any(map(partial(_lets_in, source), function.statements))
    ):
        there = ", ".join(_sources(function.statements)) or "none"
        yield "no-permission", f"no statement of {name} lets {source} call it; sources that it names: {there}"
    if function.role is None:
        yield "cannot-assume", f"the role of function {name}, {now.get('Role')}, does not exist"
    elif function.role and "lambda.amazonaws.com" not in str(function.role["AssumeRolePolicyDocument"]):
        yield "cannot-assume", f"the role of function {name} does not trust lambda.amazonaws.com"


def _habits(graph: Graph, route: Answer) -> Iterator[Told]:
    """Yield what is wrong in most APIs, though not in all."""
    key, function = route["RouteKey"], graph.function(route)
    told = route.get("RouteResponseSelectionExpression")
    one_way = graph.two_way.get(route["RouteId"]) is False
    if one_way and told:
        yield "no-route-response", f"route {key} chooses a route response by {told}, and has none"
    elif one_way and key not in UNANSWERED and function and function.posts is False:
        seen = f"route {key} has no route response, and the role of {function.name} may not {POST}"
        yield "no-route-response", f"{seen}: it can answer nobody"


def _authorized(graph: Graph, route: Answer) -> Iterator[Told]:
    key, kind = route["RouteKey"], route.get("AuthorizationType", "NONE")
    if kind == AWS_IAM:
        yield "wants-signature", f"route {key}; AuthorizationType: is {kind}"
    elif kind == "CUSTOM":
        found = graph.authorizers.get(str(route.get("AuthorizerId")))
        sources = ", ".join((found or {}).get("IdentitySource", ()))
        why = "which does not exist" if found is None else f"which reads {sources or 'nothing'}"
        header = ": a browser can send no header" if "request.header" in sources else ""
        yield "authorizer", f"route {key} has the authorizer {route.get('AuthorizerId')}, {why}{header}"


def _lets_in(source: str, statement: Answer) -> bool:
    """Tell whether a statement lets API Gateway call for a route."""
    actions, who = str(statement.get("Action")), str(statement.get("Principal"))
    fits = [fnmatchcase(source, each) for each in _sources([statement])] or [True]
    return (
        statement.get("Effect") == "Allow"
        and any(each in actions for each in ("lambda:InvokeFunction", "lambda:*"))
        and ("apigateway.amazonaws.com" in who or "*" in who)
        and any(fits)
    )


def _sources(statements: Iterable[Answer]) -> list[str]:
    """Return the ARNs from which statements let call; those without a condition name none."""
    found = list[str]()
    for statement in statements:
        for tests in dict(statement.get("Condition") or {}).values():
            for name, value in dict(tests).items():
                if name.lower() == "aws:sourcearn":
                    found += value if isinstance(value, list) else [value]
    return found
