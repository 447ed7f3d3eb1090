"""Changes of a lab by hand: calls of boto3, written down as data, and who makes them."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from wschat.lab import inventory
from wschat.lab.aws.cloud import Cloud
from wschat.lab.aws.roles import POLICY_NAME
from wschat.lab.aws.stages import Stage
from wschat.lab.aws.websocket_api import API_NAME
from wschat.lab.blueprint import STAGE
from wschat.lab.model.resource import Key

CLIENTS = {
    "table": "dynamodb",
    "role": "iam",
    "policy": "iam",
    "log group": "logs",
    "function": "functions",
    "permission": "functions",
}
"""Which of a lab's clients a kind of resource is changed with; the others are API Gateway's."""
KINDS = (*CLIENTS, "API", "integration", "route", "deployment", "stage")
LOGS = "/aws/lambda/"


@dataclass(frozen=True)
class Do:
    """One call, on the resource of its case or on another; what its service needs to know that is put in.

    In the parameters `<…>` stands for what AWS or the lab's prefix decides.
    """

    operation: str
    on: str
    params: dict[str, Any]

    def __str__(self) -> str:
        return called(self.operation, self.params)


def called(operation: str, params: Iterable[str]) -> str:
    """Return the name of a call; of an update, with the parameters that say what it changes."""
    return f"{operation}({', '.join(sorted(params))})" if operation.startswith("Update") else operation


def do(operation: str, on: str = "", **params: Any) -> Do:  # noqa: ANN401  as boto3's
    """Write down a call."""
    return Do(operation, on, params)


@dataclass(frozen=True)
class Case:
    """One change by hand. In texts `<…>` stands for what AWS or the lab's prefix decides.

    Attributes:
        resource: what is changed, as "kind name", without the lab's prefix.
        attribute: what of it differs then; or that it is missing, or too much.
        found: what the attribute is then.
        by_hand: the calls that change it.
        heals: the calls that heal it, in their order.
        words: what was done, as people say it.
        undone: the calls that end it by hand, of what provision only tells.
    """

    resource: str
    attribute: str
    found: object
    by_hand: tuple[Do, ...]
    heals: tuple[str, ...]
    words: str = ""
    undone: tuple[Do, ...] = ()


class Hand:
    """Changes one lab; `actual` is what exists of it before."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud, self._lab, self.actual = cloud, cloud.lab, inventory.look(cloud)
        self._made: dict[str, str] = {}

    def key(self, resource: str) -> Key:
        """Return the key of what is called "kind name" without the lab's prefix."""
        resource = self.put_in(resource)
        kind = next(kind for kind in KINDS if resource.startswith(f"{kind} "))
        name = resource.removeprefix(f"{kind} ")
        if kind == "log group":
            return kind, LOGS + self._lab.name(name)
        if resource == "deployment current":
            stage = self.actual.resources["stage", STAGE]
            assert isinstance(stage, Stage)
            return kind, str(stage.deployment)
        return kind, self._lab.name(name) if kind in {*CLIENTS, "API"} else name

    def change(self, resource: str, what: Do) -> None:
        """Make one call."""
        key = self.key(what.on or resource)
        client = getattr(self._cloud, CLIENTS.get(key[0], "api"))
        params = {name: self.put_in(value) for name, value in what.params.items()}
        needed = client.meta.service_model.operation_model(what.operation).input_shape.required_members
        known = self._identity(client, key)
        params |= {name: known[name] for name in needed if name in known and name not in params}
        method = re.sub(r"(?<!^)(?=[A-Z][a-z])", "_", what.operation).lower()
        self._made |= getattr(client, method)(**params)

    def put_in(self, value: Any) -> Any:  # noqa: ANN401  as boto3's
        """Put in what stands in angle brackets."""
        if isinstance(value, dict):
            return {name: self.put_in(each) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(map(self.put_in, value))
        return re.sub(r"<([^<>]+)>", self._known, value) if isinstance(value, str) else value

    def _known(self, match: re.Match[str]) -> str:
        lab, what = self._lab, match[1]
        first, _, rest = what.partition(" ")
        known: dict[str, Callable[[], str]] = {
            "prefix": lambda: lab.prefix,
            "api": lambda: self.actual.ids.get(self.key(f"API {API_NAME}"), ""),
            "role": lambda: lab.arn("iam", f"role/{lab.name(rest)}"),
            "function": lambda: lab.invoke_arn(lab.name(rest)),
            "made": lambda: self._made[rest],
        }
        return known.get(first, lambda: self.actual.ids[self.key(what)])()

    def _identity(self, client: Any, key: Key) -> dict[str, str]:  # noqa: ANN401  boto3's
        """Return what calls on a resource need in order to know it."""
        (kind, name), lab = key, self._lab
        function, _, statement = name.partition(":")
        api, own = self.put_in("<api>"), self.actual.ids.get(key, "")
        arns = {
            "table": lab.arn("dynamodb", f"table/{name}"),
            "log group": lab.arn("logs", f"log-group:{name}"),
            "function": lab.arn("lambda", f"function:{name}"),
            "API": f"arn:aws:apigateway:{lab.region}::/apis/{api}",
            "stage": f"arn:aws:apigateway:{lab.region}::/apis/{api}/stages/{name}",
        }
        known = {
            **dict.fromkeys(("TableName", "RoleName", "StageName"), name),
            **dict.fromkeys(("logGroupName", "logGroupIdentifier"), name),
            **dict.fromkeys(("ResourceArn", "resourceArn", "Resource"), arns.get(kind, "")),
            **dict.fromkeys(("RouteId", "IntegrationId", "DeploymentId"), own),
            "FunctionName": function,
            "StatementId": statement,
            "PolicyName": POLICY_NAME,
            "ApiId": api,
        }
        if kind in {"route", "integration"} and own:
            responses = getattr(client, f"get_{kind}_responses")
            for found in responses(ApiId=api, **{f"{kind.capitalize()}Id": own})["Items"]:
                answer = f"{kind.capitalize()}ResponseId"
                known[answer] = found[answer]
        return known
