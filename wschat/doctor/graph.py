"""Any WebSocket API of the account, and what its routes lead to, as AWS tells it, whoever made it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from wschat.lab.attributes.answers import UNSEEN, document, listed, milliseconds
from wschat.lab.aws.errors import translated
from wschat.lab.aws.log_groups import log_group_of
from wschat.lab.logs.lines import LogLine, read_line
from wschat.lab.logs.newest import Newest, newest_events
from wschat.local.gateway.model import fill

if TYPE_CHECKING:
    from wschat.lab.aws.cloud import Cloud

URI = re.compile(r"arn:[\w-]+:apigateway:[\w-]+:lambda:path/2015-03-31/functions/(arn:[^/]+)/invocations")
"""What the URI of an integration with a function is, and the function's ARN in it."""
POST, LOG = "execute-api:ManageConnections", "logs:PutLogEvents"
Answer = Mapping[str, Any]
"""An object as AWS answers it, by the names of its reference."""


@dataclass(frozen=True)
class Function:
    """A function that a route leads to.

    Attributes:
        arn: its ARN, as the integration has it.
        found: what GetFunction answers; None if there is none, nothing if nobody may look at it.
        statements: those of its resource policy; None if nobody may look at it.
        role: its role, as GetRole answers; None if there is none, nothing if nobody may look at it.
        posts, logs: whether its role may post to the API's connections, and write its log; None if that can't
            be seen.
    """

    arn: str
    found: Answer | None = None
    statements: tuple[Answer, ...] | None = None
    role: Answer | None = field(default_factory=dict)
    posts: bool | None = None
    logs: bool | None = None

    @property
    def name(self) -> str:
        """Its name, without a qualifier."""
        return self.arn.split(":")[6]

    @property
    def log_group(self) -> str:
        """Where it logs."""
        said = (self.found or {}).get("Configuration", {}).get("LoggingConfig", {}).get("LogGroup")
        return said or log_group_of(self.name)


@dataclass(frozen=True)
class Graph:
    """An API.

    Attributes:
        arn: what the ARNs of its routes begin with.
        stage: the name of the stage that is meant.
        api: what GetApi answers.
        stages, deployments, routes: all there are.
        integrations, authorizers: all there are, by their ids.
        two_way: the ids of the routes that have a route response; None of one that can't be seen.
        functions: what its integrations lead to in this account and region, by their ARNs.
    """

    arn: str
    stage: str
    api: Answer
    stages: tuple[Answer, ...]
    deployments: tuple[Answer, ...]
    routes: tuple[Answer, ...]
    integrations: Mapping[str, Answer]
    authorizers: Mapping[str, Answer]
    two_way: Mapping[str, bool | None]
    functions: Mapping[str, Function]

    @property
    def id(self) -> str:
        """The API's id."""
        return str(self.api["ApiId"])

    def integration(self, route: Answer) -> Answer | None:
        """Return what a route leads to; None if there is none."""
        return self.integrations.get(str(route.get("Target", "")).removeprefix("integrations/"))

    def function(self, route: Answer) -> Function | None:
        """Return the function that a route leads to; None if it is none of this account and region."""
        uri = (self.integration(route) or {}).get("IntegrationUri", "")
        found = URI.fullmatch(str(uri))
        return self.functions.get(found[1]) if found else None

    def routes_to(self, function: Function) -> list[str]:
        """Return the keys of the routes that lead to a function."""
        return [str(each["RouteKey"]) for each in self.routes if self.function(each) is function]


def read(cloud: "Cloud", url: str) -> Graph | None:
    """Return the API of a URL; None if there is none of it in this account and region.

    What may not be looked at is noted at the cloud.

    Raises:
        WschatError: AWS could not be asked.
    """
    address = cloud.lab.address(url)
    with translated("looking at the API of the URL"):
        if not address:
            return None
        api = cloud.ask("the API of the URL", cloud.api.get_api, ApiId=address[0])
        return _read(cloud, api, address[1]) if api else None


def _read(cloud: "Cloud", api: Any, stage: str) -> Graph:  # noqa: ANN401
    lab, run, which = cloud.lab, cloud.clock.run_all, api["ApiId"]
    arn = lab.arn("execute-api", which)
    kinds = ("stages", "deployments", "routes", "integrations", "authorizers")
    parts = dict(zip(kinds, run(partial(_list, cloud, which, kind) for kind in kinds), strict=True))
    routes = parts["routes"]
    two_way = run(partial(_answers, cloud, which, route["RouteId"]) for route in routes)
    served: Answer = next((each for each in parts["stages"] if each["StageName"] == stage), {})
    variables = served.get("StageVariables", {})
    integrations = [
        {**each, "IntegrationUri": fill(str(each.get("IntegrationUri")), variables)}
        for each in parts["integrations"]
    ]
    uris = (URI.fullmatch(each["IntegrationUri"]) for each in integrations)
    arns = sorted({uri[1] for uri in uris if uri} - {UNSEEN})
    here = [each for each in arns if each.startswith(lab.arn("lambda", "function:"))]
    jobs: list[Callable[[], Function]] = [
        partial(_function, cloud, each, f"{arn}/{stage}/POST/@connections/*") for each in here
    ]
    return Graph(
        arn=arn,
        stage=stage,
        api=api,
        stages=parts["stages"],
        deployments=parts["deployments"],
        routes=routes,
        integrations={each["IntegrationId"]: each for each in integrations},
        authorizers={each["AuthorizerId"]: each for each in parts["authorizers"]},
        two_way=dict(zip((each["RouteId"] for each in routes), two_way, strict=True)),
        functions={each.arn: each for each in run(jobs)},
    )


def _list(cloud: "Cloud", api: str, kind: str) -> tuple[Any, ...]:
    what = f"the {kind} of the API"
    return tuple(cloud.ask(what, cloud.pages, cloud.api, f"get_{kind}", "Items[]", ApiId=api) or ())


def _answers(cloud: "Cloud", api: str, route: str) -> bool | None:
    ask = partial(cloud.pages, cloud.api, "get_route_responses", "Items[]", ApiId=api, RouteId=route)
    found = cloud.ask("the route responses of the API", ask)
    return None if found is UNSEEN else bool(found)


def _function(cloud: "Cloud", arn: str, connections: str) -> Function:
    what = f"function {Function(arn).name}"
    found: Any = cloud.ask(what, cloud.functions.get_function, FunctionName=arn)
    if not found:
        return Function(arn, None if found is None else {})
    now = found["Configuration"]
    policy: Any = cloud.ask(f"the policy of {what}", cloud.functions.get_policy, FunctionName=arn)
    statements = listed(document(policy["Policy"])["Statement"]) if policy else ()
    role: Any = cloud.ask(f"the role of {what}", cloud.iam.get_role, RoleName=now["Role"].rpartition("/")[2])
    group = cloud.lab.arn("logs", f"log-group:{Function(arn, found).log_group}:*")
    return Function(
        arn=arn,
        found=found,
        statements=None if policy is UNSEEN else tuple(statements),
        role=role["Role"] if role else None if role is None else {},
        posts=_may(cloud, now["Role"], POST, connections) if role else None,
        logs=_may(cloud, now["Role"], LOG, group) if role else None,
    )


def _may(cloud: "Cloud", role: str, action: str, resource: str) -> bool | None:
    simulate = partial(cloud.iam.simulate_principal_policy, PolicySourceArn=role, ActionNames=[action])
    found: Any = cloud.ask("what the roles may do", simulate, ResourceArns=[resource])
    results = found["EvaluationResults"] if found else ()
    return all(each["EvalDecision"] == "allowed" for each in results) if results else None


def read_log(cloud: "Cloud", function: Function, since_ms: int, now: float) -> list[LogLine]:
    """Return what a function has logged since a time; nothing, and a note, where nobody may look.

    Raises:
        WschatError: AWS could not be asked.
    """
    ask = partial(newest_events, cloud, function.log_group, since_ms, now)
    with translated("logs"):
        found = cloud.ask("the functions' logs", ask)
    events = found.events if isinstance(found, Newest) else ()
    told = (read_line(milliseconds(each["timestamp"]), function.name, each["message"]) for each in events)
    return [line for line in told if line]
